package io.anymq.activemq;

import io.anymq.InvalidMessageException;
import java.io.UTFDataFormatException;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.util.MarshallingSupport;
import org.fusesource.hawtbuf.UTF8Buffer;

/**
 * Texts in properties, and names in texts. The native client writes them in Java's modified UTF-8
 * and reads them as UTF-8, so that it cannot read back its own characters beyond the basic plane,
 * nor U+0000.
 */
final class NativeText {

  private static final char REPLACEMENT = '\uFFFD';

  private NativeText() {}

  /**
   * Whether a text comes back when the broker itself, which has the same fault, reads and writes
   * it: plain and modified UTF-8 are the same for it.
   */
  static boolean isSafe(String text) {
    return text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c));
  }

  /** A destination as messages name it: {@code queue 'orders'}. */
  static String of(ActiveMQDestination destination) {
    return "%s '%s'"
        .formatted(destination.isQueue() ? "queue" : "topic", destination.getPhysicalName());
  }

  /** The text as it was written. The two encodings differ only where plain UTF-8 is invalid. */
  static String of(UTF8Buffer buffer) {
    String plain = buffer.toString();
    return plain.indexOf(REPLACEMENT) < 0 ? plain : modified(buffer);
  }

  private static String modified(UTF8Buffer buffer) {
    try {
      return MarshallingSupport.convertUTF8WithBuf(
          buffer.data, new char[buffer.length], buffer.offset, buffer.length);
    } catch (UTFDataFormatException e) {
      throw new InvalidMessageException("A text in a property is not of the native encoding", e);
    }
  }
}
