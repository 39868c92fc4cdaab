package io.anymq.zeromq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what came from outside, big-endian. Every read checks its bounds first, and no length is
 * believed before it has been compared with what is there. For one thread.
 */
final class WireReader {

  private static final VarHandle SHORT = handle(short[].class);
  private static final VarHandle INT = handle(int[].class);
  private static final VarHandle LONG = handle(long[].class);

  private final byte[] bytes;
  private final int end;
  private int position;

  WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  WireReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  private static VarHandle handle(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.BIG_ENDIAN);
  }

  int remaining() {
    return end - position;
  }

  int position() {
    return position;
  }

  byte[] bytes() {
    return bytes;
  }

  int u8() throws MalformedFrameException {
    return bytes[advance(1)] & 0xFF;
  }

  int u16() throws MalformedFrameException {
    return (short) SHORT.get(bytes, advance(Short.BYTES)) & 0xFFFF;
  }

  int i32() throws MalformedFrameException {
    return (int) INT.get(bytes, advance(Integer.BYTES));
  }

  long u32() throws MalformedFrameException {
    return i32() & 0xFFFF_FFFFL;
  }

  long i64() throws MalformedFrameException {
    return (long) LONG.get(bytes, advance(Long.BYTES));
  }

  /** A count of things that take at least {@code bytesEach}: more than can be there is refused. */
  int count(int bytesEach) throws MalformedFrameException {
    long count = u32();
    if (count * bytesEach > remaining()) {
      throw new MalformedFrameException("a count of " + count + " where no room is for so many");
    }
    return (int) count;
  }

  /** A length that must fit into what is left. */
  int length() throws MalformedFrameException {
    return count(1);
  }

  /** A text with a length of two bytes. */
  String text() throws MalformedFrameException {
    return text(u16());
  }

  /** A text with a length of four bytes. */
  String longText() throws MalformedFrameException {
    return text(length());
  }

  /** A text whose length is known. */
  String text(int length) throws MalformedFrameException {
    int from = advance(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("a text that is not UTF-8");
    }
  }

  /** A copy of the next bytes. */
  byte[] copy(int length) throws MalformedFrameException {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, advance(length), copy, 0, length);
    return copy;
  }

  /** A reader of the next bytes alone; this one goes on behind them. */
  WireReader slice(int length) throws MalformedFrameException {
    return new WireReader(bytes, advance(length), length);
  }

  void requireEnd() throws MalformedFrameException {
    if (remaining() != 0) {
      throw new MalformedFrameException(remaining() + " bytes more than belong there");
    }
  }

  private int advance(int length) throws MalformedFrameException {
    if (length < 0 || length > end - position) {
      throw new MalformedFrameException(
          "%d bytes were to follow, and there are %d".formatted(length, end - position));
    }
    int from = position;
    position += length;
    return from;
  }
}
