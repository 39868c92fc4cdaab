package io.anymq.tck.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a broker has of this machine for itself: a directory and some ports, from before its first
 * start until it is closed, over all restarts.
 *
 * <p>Safe for use by several threads.
 */
public final class BrokerPlace implements AutoCloseable {

  /** The role of the port that clients connect to. */
  public static final String CLIENTS = "clients";

  private final Path directory;
  private final Map<String, PortReservation> ports = new LinkedHashMap<>();
  private final TcpProxy proxy;
  private volatile long runStart;

  private BrokerPlace(Path directory, TcpProxy proxy) {
    this.directory = directory;
    this.proxy = proxy;
  }

  /** Makes a place under the directory for temporary files. */
  static BrokerPlace create(String name) {
    Path directory = null;
    try {
      directory = Files.createTempDirectory(prefix() + name + "-");
      return new BrokerPlace(directory, TcpProxy.open(name));
    } catch (IOException e) {
      if (directory != null) {
        delete(directory);
      }
      throw new BrokerException("There is no place for a broker: " + e.getMessage(), e);
    }
  }

  /** Names the process, so that what is left behind can be traced to whoever left it. */
  static String prefix() {
    return "anymq-" + ProcessHandle.current().pid() + "-";
  }

  /** The directory; it goes away with everything in it when the broker is closed. */
  public Path directory() {
    return directory;
  }

  /** The file that the broker's output goes to. */
  public Path log() {
    return directory.resolve("broker.log");
  }

  /** What the log holds from now on is from a new run of the broker. */
  void newRun() {
    runStart = log().toFile().length();
  }

  /** Where in the log the present run of the broker begins, in bytes. */
  long runStart() {
    return runStart;
  }

  /**
   * The port for that role, free on the loopback interface; the same one each time the same role is
   * asked for.
   */
  public synchronized int port(String role) {
    return ports.computeIfAbsent(role, any -> PortReservation.reserve()).port();
  }

  /** The port that the proxy listens on. */
  public int proxyPort() {
    return proxy.port();
  }

  TcpProxy proxy() {
    return proxy;
  }

  /** Writes a file in the directory and gives its path. */
  public Path write(String file, String content) {
    try {
      return Files.writeString(directory.resolve(file), content);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write " + directory.resolve(file), e);
    }
  }

  @Override
  public synchronized void close() {
    proxy.close();
    ports.values().forEach(PortReservation::close);
    ports.clear();
    delete(directory);
  }

  /** Deletes a directory and all that is in it; one that is not there is fine. */
  static void delete(Path directory) {
    try {
      Files.walkFileTree(directory, new Deleter());
    } catch (NoSuchFileException gone) {
      return;
    } catch (IOException e) {
      throw new BrokerException("Could not delete " + directory + ": " + e, e);
    }
  }

  /** A file that vanishes meanwhile is as good as deleted. */
  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(dir);
      return FileVisitResult.CONTINUE;
    }
  }
}
