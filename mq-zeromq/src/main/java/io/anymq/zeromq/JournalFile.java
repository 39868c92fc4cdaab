package io.anymq.zeromq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads a segment piece by piece. The file is not mapped into memory: as long as it were, Windows
 * would let nobody cut or delete it. For one thread.
 */
final class JournalFile {

  /** What is read ahead; and no more at once, for Java keeps a native copy of that. */
  private static final int WINDOW_BYTES = 1 << 20;

  private final FileChannel file;
  private final long size;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowAt;

  JournalFile(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  long size() {
    return size;
  }

  boolean has(long position, long bytes) {
    return bytes >= 0 && bytes <= size - position;
  }

  /** A piece that the file has; good until the next one is asked for. */
  ByteBuffer at(long position, int length) throws IOException {
    if (position < windowAt || position + length > windowAt + window.limit()) {
      fill(position, length);
    }
    return window.slice((int) (position - windowAt), length);
  }

  private void fill(long position, int length) throws IOException {
    if (window.capacity() < length) {
      window = ByteBuffer.allocate(length);
    }
    windowAt = position;
    window.clear();
    int count = 0;
    while (window.hasRemaining() && count >= 0) {
      int chunk = Math.min(window.remaining(), WINDOW_BYTES);
      count = file.read(window.slice(window.position(), chunk), position + window.position());
      window.position(window.position() + Math.max(0, count));
    }
    window.flip();
  }
}
