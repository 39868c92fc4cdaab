package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * A directory for what takes long to get and stays the same: {@code anymq.cache} or {@code
 * ANYMQ_CACHE} where set, or else {@code $XDG_CACHE_HOME/anymq}, {@code ~/.cache/anymq}, or one
 * under the directory for temporary files where there is no home to write to.
 *
 * <p>Each entry is a directory that is either whole or not there: it is made beside its place and
 * moved into it. Several JVMs may want the same one at the same time; one makes it, under a lock on
 * a file, and the others wait.
 */
final class CacheDirectory {

  private static final Duration LOCK_LIMIT = Duration.ofMinutes(15);
  private static final Set<PosixFilePermission> ONLY_ME =
      PosixFilePermissions.fromString("rwx------");
  private static final long LOCK_POLL_MILLIS = 200;
  private static final Object IN_THIS_JVM = new Object();

  private final Path root;

  private CacheDirectory(Path root) {
    this.root = root;
  }

  /** The directory that the settings ask for. */
  static CacheDirectory of(BrokerSettings settings) {
    return new CacheDirectory(
        settings
            .get("anymq.cache")
            .map(Path::of)
            .or(() -> settings.variable("XDG_CACHE_HOME").map(base -> Path.of(base, "anymq")))
            .orElseGet(CacheDirectory::underHome)
            .toAbsolutePath());
  }

  private static Path underHome() {
    Path home = Path.of(System.getProperty("user.home"));
    if (Files.isDirectory(home) && Files.isWritable(home)) {
      return home.resolve(".cache").resolve("anymq");
    }
    return ownedByUs(
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "anymq-cache-" + System.getProperty("user.name")));
  }

  /** Programs are run from here, so nobody else may have made it in a place where all can write. */
  private static Path ownedByUs(Path directory) {
    String me = System.getProperty("user.name");
    try {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ONLY_ME));
      }
      String owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).getName();
      if (!owner.equals(me)) {
        throw new IOException("it belongs to " + owner);
      }
      return directory;
    } catch (IOException e) {
      throw new BrokerUnavailableException(
          "cannot use " + directory + " as a cache (" + e.getMessage() + "); set anymq.cache", e);
    }
  }

  /**
   * The entry of that name, made now if it is not there.
   *
   * @param name a relative path
   * @param maker fills a directory, which is under another name at that time: the second argument
   *     is where it will be
   */
  Path entry(String name, Maker maker) {
    Path entry = root.resolve(name);
    if (Files.isDirectory(entry)) {
      return entry;
    }
    synchronized (IN_THIS_JVM) {
      try {
        Files.createDirectories(entry.getParent());
        return lockAndMake(entry, maker);
      } catch (IOException e) {
        throw new BrokerUnavailableException("Could not make " + entry + ": " + e.getMessage(), e);
      }
    }
  }

  private static Path lockAndMake(Path entry, Maker maker) throws IOException {
    Path lockFile = entry.resolveSibling(entry.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = acquire(channel, lockFile)) {
      if (!Files.isDirectory(entry) && lock.isValid()) {
        make(entry, maker);
      }
      return entry;
    }
  }

  private static void make(Path entry, Maker maker) throws IOException {
    Path part = entry.resolveSibling(entry.getFileName() + ".part");
    BrokerPlace.delete(part);
    Files.createDirectories(part);
    try {
      maker.make(part, entry);
      Files.move(part, entry, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      BrokerPlace.delete(part);
    }
  }

  private static FileLock acquire(FileChannel channel, Path file) throws IOException {
    long deadline = System.nanoTime() + LOCK_LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      pause();
    }
    throw new IOException(
        "Another process has held " + file + " for " + LOCK_LIMIT.toMinutes() + " minutes");
  }

  private static void pause() {
    try {
      Thread.sleep(LOCK_POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("Interrupted while waiting for another process", e);
    }
  }

  /** Makes an entry. */
  @FunctionalInterface
  interface Maker {
    /**
     * Fills a directory.
     *
     * @param part the directory to fill
     * @param place where it will be moved when it is whole
     * @throws IOException when that fails
     */
    void make(Path part, Path place) throws IOException;
  }
}
