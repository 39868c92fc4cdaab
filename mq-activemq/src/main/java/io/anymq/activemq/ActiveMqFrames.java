package io.anymq.activemq;

import io.anymq.InvalidMessageException;
import io.anymq.MessageTooLargeException;
import java.io.IOException;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;

/** What fits a command on the wire; no I/O. */
final class ActiveMqFrames {

  /** For ids, destinations and numbers. */
  private static final long ENVELOPE_BYTES = 4 << 10;

  /** For what a dead letter has beyond the message itself. */
  private static final long MARKS_BYTES = 8 << 10;

  /** The largest record of Artemis's journal by default. */
  private static final long ARTEMIS_RECORD_BYTES = 490 << 10;

  /** The longest encoding of a character in a header. */
  private static final int BYTES_OF_CHARACTER = 3;

  private static final OpenWireFormat FORMAT = new OpenWireFormat();

  private ActiveMqFrames() {}

  /** Encodes body and properties, which is left to the sending thread otherwise. */
  static void encode(ActiveMQMessage message) {
    try {
      message.beforeMarshall(FORMAT);
    } catch (IOException e) {
      throw new InvalidMessageException(
          "The message cannot be encoded for the broker: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses what the broker would not take, also as a dead letter.
   *
   * @param message the encoded message
   * @param limit the largest command
   * @param isLetter whether it has the marks of a dead letter already
   */
  static void checkSize(ActiveMQMessage message, long limit, boolean isLetter) {
    long size =
        length(message.getContent())
            + length(message.getMarshalledProperties())
            + length(message.getCorrelationId())
            + length(message.getType())
            + ENVELOPE_BYTES;
    if (size + (isLetter ? 0 : MARKS_BYTES) > limit) {
      throw new MessageTooLargeException(
          "The message takes %d bytes on the wire, and the broker takes %d, of which %d are kept for the marks of a dead letter; raise wireFormat.maxFrameSize in the broker's transport connector, or send less"
              .formatted(size, limit, MARKS_BYTES));
    }
  }

  /**
   * Refuses properties that Artemis could not store. It writes them with two bytes for each
   * character into one record of its journal, whose size is 490 KiB unless it is configured
   * otherwise; bodies may be larger.
   */
  static void checkArtemisRecord(ActiveMQMessage message, boolean isLetter) {
    long size = 2 * length(message.getMarshalledProperties()) + ENVELOPE_BYTES;
    if (size + (isLetter ? 0 : 2 * MARKS_BYTES) > ARTEMIS_RECORD_BYTES) {
      throw new MessageTooLargeException(
          "The message's properties take %d bytes in the broker's journal, which holds %d in a record, of which %d are kept for the marks of a dead letter; put what is large into the body"
              .formatted(size, ARTEMIS_RECORD_BYTES, 2 * MARKS_BYTES));
    }
  }

  private static long length(ByteSequence bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static long length(String text) {
    return text == null ? 0 : (long) text.length() * BYTES_OF_CHARACTER;
  }
}
