package io.anymq.zeromq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A disk that knows what was forced to it. When its power fails, each file keeps that; of the rest
 * each page is there, or is not, or holds something else. For one thread.
 */
final class UnsafeDisk implements JournalDirectory.Opener {

  private static final int PAGE_BYTES = 64;

  private final Map<String, byte[]> forced = new HashMap<>();
  private boolean closes = true;
  private boolean writes = true;
  private int stillOpen;

  /** From now on no file is closed without a failure. */
  void refuseToClose() {
    closes = false;
  }

  /** From now on every write fails. */
  void refuseToWrite() {
    writes = false;
  }

  /** How many files have been opened and not closed. */
  int stillOpen() {
    return stillOpen;
  }

  @Override
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    return new Channel(file, FileChannel.open(file, options));
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".new", "");
  }

  /** The power fails, when nobody has a file open. */
  void fail(Path directory, Random random) throws IOException {
    for (Path file : files(directory)) {
      Files.write(
          file,
          torn(forced.getOrDefault(name(file), new byte[0]), Files.readAllBytes(file), random));
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().startsWith("journal-"))
          .sorted()
          .toList();
    }
  }

  private static byte[] torn(byte[] safe, byte[] written, Random random) {
    int least = Math.min(safe.length, written.length);
    int most = Math.max(safe.length, written.length);
    byte[] left = Arrays.copyOf(safe, least + random.nextInt(most - least + 1));
    for (int from = 0; from < left.length; from += PAGE_BYTES) {
      byte[] page = page(written, from, random);
      int to = Math.min(left.length, from + PAGE_BYTES);
      for (int at = Math.max(from, safe.length); at < to; at++) {
        left[at] = page[at - from];
      }
    }
    return left;
  }

  private static byte[] page(byte[] written, int from, Random random) {
    byte[] page = new byte[PAGE_BYTES];
    switch (random.nextInt(4)) {
      case 0 -> random.nextBytes(page);
      case 1 -> {} // it reads as zeros
      default -> page = Arrays.copyOfRange(written, from, from + PAGE_BYTES);
    }
    return page;
  }

  private final class Channel extends FileChannel {

    private final Path path;
    private final FileChannel file;

    Channel(Path path, FileChannel file) {
      this.path = path;
      this.file = file;
      stillOpen++;
    }

    @Override
    public void force(boolean withMetadata) throws IOException {
      file.force(withMetadata);
      Path now = Files.exists(path) ? path : path.resolveSibling(name(path));
      forced.put(name(path), Files.readAllBytes(now));
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      return file.read(to, position);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      if (!writes) {
        throw new IOException("no write, for the test");
      }
      return file.write(from);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
      stillOpen--;
      if (!closes) {
        throw new IOException("no closing, for the test");
      }
    }

    @Override
    public int read(ByteBuffer to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException("a mapped file can be neither cut nor deleted");
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
