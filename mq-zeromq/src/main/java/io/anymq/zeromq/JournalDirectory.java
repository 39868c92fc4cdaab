package io.anymq.zeromq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a journal, held by one hub at a time. It has a file {@code lock} and segments,
 * {@code journal-000000000001} and so on; what else is in it is left alone. For the hub's thread.
 */
final class JournalDirectory implements Closeable {

  private static final Pattern SEGMENT = Pattern.compile("journal-([0-9]{12,19})");
  private static final String UNFINISHED = ".new";

  /**
   * What this JVM holds. POSIX gives up a process's lock when it closes any descriptor of the file,
   * so nobody else here may so much as open a lock file that is held.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** Opens the files of a journal. */
  interface Opener {
    FileChannel open(Path file, OpenOption... options) throws IOException;
  }

  private final Path path;
  private final Opener opener;
  private final Path held;
  private final FileChannel lockFile;
  private boolean closed;

  private JournalDirectory(Path path, Opener opener, Path held, FileChannel lockFile) {
    this.path = path;
    this.opener = opener;
    this.held = held;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory if it is not there, and takes hold of it.
   *
   * @param path where it is
   * @param opener opens its segments
   * @throws MessagingException when that cannot be, or another hub has it
   */
  static JournalDirectory open(Path path, Opener opener) {
    try {
      Files.createDirectories(path);
      Path real = path.toRealPath();
      FileChannel file = HELD.add(real) ? lock(real) : null;
      if (file == null) {
        throw new MessagingException(
            ErrorCode.BACKEND_FAILURE,
            "Another hub uses the data directory %s: stop it, or take another directory"
                .formatted(path));
      }
      return new JournalDirectory(path, opener, real, file);
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  static MessagingException unusable(Path path, IOException cause) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "Cannot use %s as data directory: %s".formatted(path, cause),
        cause);
  }

  /** The locked lock file of a directory that nobody else in this JVM has; null: others have it. */
  private static @Nullable FileChannel lock(Path real) throws IOException {
    FileChannel locked = null;
    try {
      FileChannel file =
          FileChannel.open(
              real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        locked = tryLock(file) == null ? null : file;
      } finally {
        if (locked == null) {
          file.close();
        }
      }
    } finally {
      if (locked == null) {
        HELD.remove(real);
      }
    }
    return locked;
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held inside this JVM, by classes that another loader has loaded.
      return null;
    }
  }

  Path path() {
    return path;
  }

  /** The segments, by their numbers, the oldest first. */
  Map<Long, Path> segments() throws IOException {
    Map<Long, Path> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (name.matches()) {
          found.put(Long.parseLong(name.group(1)), file);
        }
      }
    }
    return found;
  }

  Path segment(long number) {
    return path.resolve("journal-%012d".formatted(number));
  }

  /** A file for a segment that does not count yet. */
  FileChannel begin(long number) throws IOException {
    return opener.open(
        unfinished(number),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** A segment that is there, to be read and perhaps cut. */
  FileChannel reopen(Path segment) throws IOException {
    return opener.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** What was begun, and has been forced, counts from now on. */
  void finish(long number) throws IOException {
    Files.move(unfinished(number), segment(number), StandardCopyOption.ATOMIC_MOVE);
    force();
  }

  private Path unfinished(long number) {
    return path.resolve(segment(number).getFileName() + UNFINISHED);
  }

  /** Deletes segments that nothing needs. */
  void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.delete(file);
    }
    force();
  }

  /** Makes the names of files durable, where the system lets a directory be opened. */
  private void force() throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    // Closed once: afterwards the directory may be another hub's.
    if (!closed) {
      closed = true;
      try {
        lockFile.close();
      } finally {
        HELD.remove(held);
      }
    }
  }
}
