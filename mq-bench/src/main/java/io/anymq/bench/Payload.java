package io.anymq.bench;

import java.nio.ByteBuffer;
import java.util.Random;

/** The bodies: a number, then bytes that no compression shrinks. */
final class Payload {

  /** The size of every body. */
  static final int BYTES = 1024;

  private static final byte[] PATTERN = pattern();

  private Payload() {}

  /** A body of its own for that message, as a program would have it. */
  static byte[] of(int number) {
    byte[] body = PATTERN.clone();
    ByteBuffer.wrap(body).putInt(0, number);
    return body;
  }

  /**
   * The number in a body.
   *
   * @throws BenchException when the body has another size than it was sent with
   */
  static int number(ByteBuffer body) {
    if (body.remaining() != BYTES) {
      throw new BenchException("A body arrived with " + body.remaining() + " bytes, not " + BYTES);
    }
    return body.getInt(body.position());
  }

  /** As {@link #number(ByteBuffer)}. */
  static int number(byte[] body) {
    return number(ByteBuffer.wrap(body));
  }

  private static byte[] pattern() {
    byte[] pattern = new byte[BYTES];
    new Random(BYTES).nextBytes(pattern);
    return pattern;
  }
}
