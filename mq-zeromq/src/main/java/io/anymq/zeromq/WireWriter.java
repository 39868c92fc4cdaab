package io.anymq.zeromq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Builds frames and messages, big-endian, in a buffer that grows. For one thread. */
final class WireWriter {

  private static final VarHandle SHORT = handle(short[].class);
  private static final VarHandle INT = handle(int[].class);
  private static final VarHandle LONG = handle(long[].class);
  private static final int FIRST_CAPACITY = 512;

  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int size;
  private int command = -1;
  private int markedSize;
  private int markedCommand = -1;

  private static VarHandle handle(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.BIG_ENDIAN);
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  WireWriter u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  WireWriter u16(int value) {
    ensure(Short.BYTES);
    SHORT.set(bytes, size, (short) value);
    size += Short.BYTES;
    return this;
  }

  WireWriter i32(int value) {
    ensure(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
    return this;
  }

  WireWriter i64(long value) {
    ensure(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
    return this;
  }

  /** Writes a number over one that was written before. */
  void patch(int at, int value) {
    INT.set(bytes, at, value);
  }

  /** A number that was written before. */
  int intAt(int at) {
    return (int) INT.get(bytes, at);
  }

  /** Writes a short number over one that was written before. */
  void patchShort(int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  /** A text with a length of two bytes; longer texts are the caller's fault. */
  WireWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 0xFFFF) {
      throw new IllegalArgumentException("a text of " + utf8.length + " bytes");
    }
    return u16(utf8.length).raw(utf8, 0, utf8.length);
  }

  /** Bytes with a length of four bytes before them. */
  WireWriter blob(byte[] blob) {
    return i32(blob.length).raw(blob, 0, blob.length);
  }

  WireWriter raw(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
    return this;
  }

  WireWriter raw(ByteBuffer source) {
    int length = source.remaining();
    ensure(length);
    source.get(bytes, size, length);
    size += length;
    return this;
  }

  /** Remembers where it is. */
  void mark() {
    markedSize = size;
    markedCommand = command;
  }

  /** Goes back to the mark, or to the beginning of a frame that was begun behind it. */
  void undo(boolean toBeginning) {
    size = toBeginning ? 0 : markedSize;
    command = toBeginning ? -1 : markedCommand;
  }

  /** Begins a command, and ends the one before. */
  WireWriter begin(int opcode) {
    end();
    command = size;
    return u8(opcode).u8(0).i32(0);
  }

  /** Ends the command that was begun last; harmless when none is open. */
  WireWriter end() {
    if (command >= 0) {
      patch(command + 2, size - command - Wire.HEADER_BYTES);
      command = -1;
    }
    return this;
  }

  /** Tag ranges with their count before them. */
  WireWriter ranges(List<TagRange> ranges) {
    i32(ranges.size());
    ranges.forEach(range -> i64(range.first()).i32(range.count()));
    return this;
  }

  /**
   * What was written, in an array of its own; this writer is empty afterwards and keeps its buffer.
   */
  byte[] copyAndClear() {
    byte[] copy = Arrays.copyOf(bytes, size);
    clear();
    return copy;
  }

  /** Ends the frame and hands it over, ready to be read; this writer begins with a new buffer. */
  ByteBuffer take() {
    end();
    ByteBuffer frame = ByteBuffer.wrap(bytes, 0, size).slice();
    bytes = new byte[Math.max(FIRST_CAPACITY, Math.min(size, Wire.FRAME_TARGET_BYTES))];
    clear();
    return frame;
  }

  void clear() {
    size = 0;
    command = -1;
  }

  private void ensure(int more) {
    if (more > bytes.length - size) {
      int needed = Math.addExact(size, more);
      bytes = Arrays.copyOf(bytes, Math.max(needed, grown(bytes.length)));
    }
  }

  private static int grown(int capacity) {
    return capacity > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE - 8 : capacity * 2;
  }
}
