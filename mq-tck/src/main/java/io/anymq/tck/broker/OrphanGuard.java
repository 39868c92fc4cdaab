package io.anymq.tck.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Takes a broker away when this JVM ends without having done so, be it by SIGKILL.
 *
 * <p>A small shell waits for the end of its standard input, which the kernel brings about when this
 * JVM is gone, however it went; then it kills the broker's process and deletes its directory. One
 * shell lives as long as the broker's handle, so that the directory of a broker that is down just
 * then goes away too. It works for a frozen broker, which could not watch for itself.
 */
final class OrphanGuard implements AutoCloseable {

  /**
   * Interrupts from the terminal reach every process in front of it; this one has to outlive them.
   */
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      pid=
      while read -r line; do pid=$line; done
      if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null; fi
      tries=0
      while [ -e "$1" ] && [ $tries -lt 100 ]; do
        rm -rf "$1" 2>/dev/null
        tries=$((tries + 1))
        if [ -e "$1" ]; then sleep 0.1; fi
      done
      """;

  private static final long END_SECONDS = 15;

  private final Process shell;
  private final OutputStream line;

  private OrphanGuard(Process shell) {
    this.shell = shell;
    this.line = shell.getOutputStream();
  }

  /** Begins to watch over that directory. */
  static OrphanGuard over(Path directory) {
    try {
      return new OrphanGuard(
          new ProcessBuilder("sh", "-c", SCRIPT, "anymq-guard", directory.toString())
              .directory(directory.getRoot().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new BrokerException("No shell to watch over the broker: " + e.getMessage(), e);
    }
  }

  /** This is the process to kill. */
  synchronized void watch(long pid) {
    tell(Long.toString(pid));
  }

  /** There is no process just now. */
  synchronized void forget() {
    tell("");
  }

  private void tell(String what) {
    try {
      line.write((what + "\n").getBytes(StandardCharsets.US_ASCII));
      line.flush();
    } catch (IOException e) {
      throw new BrokerException("The shell that watches over the broker has ended by itself", e);
    }
  }

  /** Ends the watch, which deletes the directory if it is still there. */
  @Override
  public synchronized void close() {
    try {
      line.close();
      if (!shell.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
      }
    } catch (IOException e) {
      throw new BrokerException("The shell that watches over the broker does not end", e);
    } catch (InterruptedException e) {
      shell.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
