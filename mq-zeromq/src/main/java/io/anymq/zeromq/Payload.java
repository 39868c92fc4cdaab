package io.anymq.zeromq;

/**
 * The bytes of one message, shared by all queues and subscriptions that hold it. Never decoded. For
 * the hub's thread.
 */
final class Payload {

  /** Object, array header and references: an estimate for a 64-bit JVM, not a measurement. */
  private static final int OVERHEAD_BYTES = 56;

  private final byte[] bytes;
  private int holders;

  Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  static long cost(int length) {
    return (long) OVERHEAD_BYTES + length;
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
