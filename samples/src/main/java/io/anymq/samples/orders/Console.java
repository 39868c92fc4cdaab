package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.ConnectionListener;
import io.anymq.ConnectionState;
import io.anymq.MessagingException;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the demo prints: whole lines, each with the time it took so far, so that it reads well on a
 * terminal and in a file. Safe for use by several threads.
 */
final class Console {

  private final PrintStream out;
  private final Clock clock;
  private volatile boolean stopped;

  Console(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /** The demo was interrupted: says so, and nothing of what breaks by that. */
  void stop(String sentence) {
    stopped = true;
    always(sentence);
  }

  /** Prints a sentence, even after that. */
  void always(String sentence) {
    out.println(sentence);
  }

  /** Whether the demo was interrupted. */
  boolean stopped() {
    return stopped;
  }

  /** Prints a line with the time before it. */
  void event(String format, @Nullable Object... values) {
    double seconds = clock.elapsed().toMillis() / 1000.0;
    line("%5.1f s  " + format, prepend(seconds, values));
  }

  /** Prints a line. */
  void line(String format, @Nullable Object... values) {
    if (!stopped) {
      out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }
  }

  /** Prints what becomes of a connection after it was opened. */
  ConnectionListener states(String name) {
    return new ConnectionListener() {
      private boolean lost;

      @Override
      public void stateChanged(
          Connection connection, ConnectionState state, @Nullable MessagingException cause) {
        if (state == ConnectionState.RECOVERING) {
          lost = true;
          event("%-10s  connection of the %s is lost; waiting for the broker", state, name);
        } else if (state == ConnectionState.OPEN && lost) {
          event("%-10s  connection of the %s is back", state, name);
        } else if (state == ConnectionState.CLOSED && cause != null) {
          event("%-10s  connection of the %s: %s", state, name, cause.getMessage());
        }
      }
    };
  }

  private static @Nullable Object[] prepend(Object first, @Nullable Object... rest) {
    @Nullable Object[] all = new @Nullable Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
