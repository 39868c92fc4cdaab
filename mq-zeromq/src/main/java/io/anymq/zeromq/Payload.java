package io.anymq.zeromq;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one message, shared by all queues and subscriptions that hold it. Of what is in it
 * the hub looks at the priority, the delay, the expiry and, where somebody asks for their order,
 * the key. For the hub's thread.
 */
final class Payload {

  /** Objects and references: an estimate for a 64-bit JVM, not a measurement. */
  private static final int OVERHEAD_BYTES = 40;

  private static final int FLAGS_AT = 1;
  private static final int PRIORITY_AT = 2;
  private static final int USUAL_PRIORITY = 4;
  private static final int HIGHEST_PRIORITY = 9;

  /** For what is no message. */
  static final Payload NONE = new Payload(new byte[0]);

  private final byte[] bytes;
  private int holders;
  private long position;
  private @Nullable StoredMessage stored;

  Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The priority of the encoded message; of another encoding, the usual one. */
  int priority() {
    if (bytes.length <= PRIORITY_AT || bytes[0] != MessageCodec.ENCODING) {
      return USUAL_PRIORITY;
    }
    return Math.min(bytes[PRIORITY_AT] & 0xFF, HIGHEST_PRIORITY);
  }

  /** Whether it is to survive its hub; of another encoding, it is. */
  boolean isPersistent() {
    return bytes.length <= FLAGS_AT
        || bytes[0] != MessageCodec.ENCODING
        || (bytes[FLAGS_AT] & MessageCodec.PERSISTENT) != 0;
  }

  /** What the journal has of it, as long as it needs it. */
  @Nullable StoredMessage stored() {
    return stored;
  }

  void stored(@Nullable StoredMessage by) {
    stored = by;
  }

  /** The delay that the encoded message asks for; of another encoding, and of nonsense, none. */
  long delayMillis() {
    if (bytes.length <= MessageCodec.FIELDS_AT || bytes[0] != MessageCodec.ENCODING) {
      return 0;
    }
    return MessageCodec.peekDelay(bytes);
  }

  /** When it expires, in milliseconds since 1970; 0 when it does not, or nobody can know. */
  long expiresAtMillis() {
    if (bytes.length <= MessageCodec.FIELDS_AT || bytes[0] != MessageCodec.ENCODING) {
      return 0;
    }
    return MessageCodec.peekExpiry(bytes);
  }

  /** Its timestamp, in milliseconds since 1970; 0 when it has none, or nobody can know. */
  long timestampMillis() {
    if (bytes.length <= MessageCodec.FIELDS_AT || bytes[0] != MessageCodec.ENCODING) {
      return 0;
    }
    return MessageCodec.peekTimestamp(bytes);
  }

  /** Its place among all that was ever sent to topics of this hub; 0: it was sent to none. */
  long position() {
    return position;
  }

  void position(long given) {
    position = given;
  }

  /** The key of the encoded message, in UTF-8; of another encoding, and of nonsense, none. */
  @Nullable ByteBuffer key() {
    if (bytes.length <= MessageCodec.FIELDS_AT || bytes[0] != MessageCodec.ENCODING) {
      return null;
    }
    return MessageCodec.peekKey(bytes);
  }

  long cost() {
    return cost(bytes.length);
  }

  static long cost(int length) {
    return OVERHEAD_BYTES + HeapCost.ofArray(length);
  }

  void hold(HubMemory memory) {
    if (holders++ == 0) {
      memory.take(cost(bytes.length));
    }
  }

  void letGo(HubMemory memory) {
    if (--holders == 0) {
      memory.give(cost(bytes.length));
    }
  }
}
