package io.anymq.cli.tests;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the project's tests by Maven and shows how they go. What Maven prints goes to {@value #LOG},
 * and what the tests print to Surefire's files. When this JVM is interrupted, Maven and all that it
 * has started are ended first.
 */
public final class TestRun {

  /** Where Maven's output goes, in the project's directory. */
  public static final String LOG = "mq-test.log";

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final int SIGNALLED = 128;

  private final Path home;
  private final Screen screen;
  private final long begun = System.nanoTime();
  private final CountDownLatch concluded = new CountDownLatch(1);
  private volatile boolean stopping;

  private TestRun(Path home, Screen screen) {
    this.home = home;
    this.screen = screen;
  }

  /**
   * Runs them.
   *
   * @param home the project's directory
   * @param arguments what Maven gets besides what it always gets
   * @param out where to show it
   * @param terminal whether that is a terminal, whose last line may be written over
   * @param columns how wide it is
   * @return Maven's exit code
   * @throws IOException when Maven cannot be started or a file cannot be read or written
   * @throws InterruptedException when the thread is interrupted
   */
  public static int run(
      Path home, List<String> arguments, PrintStream out, boolean terminal, int columns)
      throws IOException, InterruptedException {
    return new TestRun(home, new Screen(out, terminal, columns)).run(arguments);
  }

  private int run(List<String> arguments) throws IOException, InterruptedException {
    Path log = home.resolve(LOG);
    Results results = new Results(Modules.in(home), FileTime.from(Instant.now()));
    try (EventsClassPath events = EventsClassPath.create();
        PrintWriter logWriter = new PrintWriter(log.toFile(), StandardCharsets.UTF_8);
        EventFile eventFile = new EventFile(events.file())) {
      MavenProcess maven = MavenProcess.start(command(events, arguments), home, logWriter);
      Thread hook = new Thread(() -> stop(maven), "mq-test-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      int code = follow(maven, eventFile, results);
      if (!stopping) {
        Runtime.getRuntime().removeShutdownHook(hook);
        new Conclusion(screen, home).show(results, code, log);
      }
      return code;
    } finally {
      concluded.countDown();
    }
  }

  /** The adapters' kits mostly wait: two modules at a time, each with its own broker. */
  private static List<String> command(EventsClassPath events, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-ntp", "-fae"));
    command.add("-Dstyle.color=never");
    command.add("-Dmaven.test.redirectTestOutputToFile=true");
    command.addAll(events.arguments());
    command.add("verify");
    command.addAll(arguments);
    command.addAll(List.of("-T", "2")); // of two such options Maven takes the first
    return command;
  }

  private int follow(MavenProcess maven, EventFile events, Results results)
      throws IOException, InterruptedException {
    Progress progress = new Progress(screen, results, begun);
    while (maven.running() && !stopping) {
      @Nullable String line = maven.poll(TICK);
      long now = System.nanoTime();
      events.next().forEach(event -> progress.test(event, now));
      if (line != null) {
        MavenLine.parse(line).ifPresent(each -> progress.maven(each, now));
      }
      progress.tick(now);
    }
    int code = maven.exitCode();
    if (!stopping && code < SIGNALLED) {
      progress.ended(System.nanoTime());
    }
    return code;
  }

  /** At the end of this JVM, which comes before Maven's when it is interrupted. */
  private void stop(MavenProcess maven) {
    stopping = true;
    maven.stop();
    try {
      if (!concluded.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String after = Progress.clock(System.nanoTime() - begun).strip();
    screen.line("Stopped after " + after + "; nothing runs on. What Maven printed: " + LOG);
  }
}
