package io.anymq.zeromq;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the records of a batch whose check sum was right, so that what does not fit is another
 * version's or a fault of the hub, and no damage. For one thread.
 */
final class JournalInput {

  private final Path file;
  private final ByteBuffer bytes;
  private final long offset;

  /**
   * Reads a batch.
   *
   * @param file where it is
   * @param records what is in it
   * @param offset where in the file that begins
   */
  JournalInput(Path file, ByteBuffer records, long offset) {
    this.file = file;
    this.bytes = records;
    this.offset = offset;
  }

  boolean hasMore() {
    return bytes.hasRemaining();
  }

  /** How far it has been read. */
  int position() {
    return bytes.position();
  }

  int u8() {
    return bytes.get() & 0xFF;
  }

  int i32() {
    return bytes.getInt();
  }

  long i64() {
    return bytes.getLong();
  }

  String text() {
    byte[] utf8 = new byte[bytes.getShort() & 0xFFFF];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  byte[] blob() {
    byte[] blob = new byte[bytes.getInt()];
    bytes.get(blob);
    return blob;
  }

  RuntimeException unknown(String what) {
    return JournalFormat.corrupt(file, offset + bytes.position(), what);
  }
}
