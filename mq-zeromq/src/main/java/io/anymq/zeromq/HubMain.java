package io.anymq.zeromq;

import io.anymq.MessagingException;
import io.anymq.Option;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A hub as a process: {@code java io.anymq.zeromq.HubMain [--bind ADDRESS]... [--open true]
 * [--memory-limit BYTES] [--max-message-bytes N] [--heartbeat TIME] [--data DIR] [--watch-stdin]}.
 *
 * <p>Prints {@code anymq hub VERSION ready at URL} for each address when it serves, and ends in
 * order on SIGTERM or SIGINT, or, with {@code --watch-stdin}, at the end of its standard input;
 * then it prints {@code anymq hub stopped}. Exit status: 0 after the end of its standard input, 143
 * after SIGTERM and 130 after SIGINT, 1 when it failed (its journal could not be written any more,
 * or it ended by a fault, such as no memory), 2 when the options are wrong, an address cannot be
 * bound, or the data directory cannot be used.
 */
public final class HubMain {

  private static final String WATCH_STDIN = "--watch-stdin";
  private static final String HELP = "--help";

  /** A hub that is stuck goes too when it is told to. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

  private HubMain() {}

  /**
   * Runs a hub until it is told to end.
   *
   * @param arguments the options
   */
  public static void main(String[] arguments) {
    if (List.of(arguments).contains(HELP)) {
      usage(System.out);
      return;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, fault) -> die(thread.getName() + " has ended by a fault: " + fault));
    try {
      run(List.of(arguments));
    } catch (MessagingException e) {
      System.err.println("anymq hub: " + e.getMessage());
      System.exit(2);
    }
  }

  /** At once: what is confirmed is on the disk, and an orderly end could wait for a dead thread. */
  private static void die(String reason) {
    System.err.println("anymq hub: " + reason);
    System.err.flush();
    Runtime.getRuntime().halt(1);
  }

  private static void run(List<String> arguments) {
    CompletableFuture<String> end = new CompletableFuture<>();
    CountDownLatch closed = new CountDownLatch(1);
    try {
      serve(arguments, end, closed);
    } finally {
      closed.countDown();
    }
  }

  private static void serve(
      List<String> arguments, CompletableFuture<String> end, CountDownLatch closed) {
    try (ZeroMqHub hub = builder(arguments).start()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(end, closed), "anymq-hub-end"));
      if (arguments.contains(WATCH_STDIN)) {
        watch(System.in, end);
      }
      hub.urls().forEach(url -> System.out.println(ready(url)));
      System.out.flush();
      String failure = end.applyToEither(hub.ended(), why -> why).join();
      if (!failure.isEmpty()) {
        die(failure);
      }
    }
    System.out.println("anymq hub stopped");
    System.out.flush();
  }

  private static String ready(String url) {
    return "anymq hub %s ready at %s".formatted(Version.product(), url);
  }

  /** The JVM goes when this hook returns: not before the peers have been told. */
  private static void finish(CompletableFuture<String> end, CountDownLatch closed) {
    end.complete("");
    try {
      if (!closed.await(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("anymq hub: it has not ended in order in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void watch(InputStream in, CompletableFuture<String> end) {
    Thread watcher =
        new Thread(
            () -> {
              try {
                in.transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("anymq hub: standard input broke: " + e.getMessage());
              } finally {
                end.complete("");
              }
            },
            "anymq-hub-stdin");
    watcher.setDaemon(true);
    watcher.start();
  }

  private static ZeroMqHub.Builder builder(List<String> arguments) {
    ZeroMqHub.Builder builder = ZeroMqHub.builder();
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals(WATCH_STDIN)) {
        continue;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (equals < 0 && i + 1 == arguments.size()) {
        faults.add("'" + name + "' is unknown or lacks its value");
        continue;
      }
      String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
      try {
        set(builder, name, value);
      } catch (MessagingException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
    }
    if (!faults.isEmpty()) {
      throw new io.anymq.InvalidOptionException(String.join("; ", faults) + "; see --help");
    }
    return builder;
  }

  private static void set(ZeroMqHub.Builder builder, String name, String value) {
    if (name.equals("--" + HubOptions.BIND.key())) {
      builder.bind(value);
      return;
    }
    for (Option<?> option : HubOptions.all()) {
      if (name.equals("--" + option.key())) {
        parse(builder, option, value);
        return;
      }
    }
    throw new io.anymq.InvalidOptionException("'" + name + "' is unknown");
  }

  private static <T> void parse(ZeroMqHub.Builder builder, Option<T> option, String value) {
    builder.with(option, option.parse(value));
  }

  private static void usage(PrintStream out) {
    out.println("A hub for AnyMQ's ZeroMQ adapter. Options:");
    for (Option<?> option : HubOptions.all()) {
      out.printf("  --%s VALUE%n      %s%n", option.key(), option.documentation());
      Object otherwise = option.defaultValue();
      out.printf("      %s; default %s%n", option.form(), otherwise == null ? "none" : otherwise);
    }
    out.printf("  %s%n      ends when standard input does%n", WATCH_STDIN);
  }
}
