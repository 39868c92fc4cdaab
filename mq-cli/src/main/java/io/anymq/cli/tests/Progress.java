package io.anymq.cli.tests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Shows how the modules go on: a line when one begins and when its tests are over, a line for each
 * failure at once, and in between what is going on. For one thread.
 */
final class Progress {

  /** A run that goes wrong altogether must not fill the screen. */
  private static final int MAX_FAILURES_SHOWN = 15;

  /** After so many lines about what goes on, in a file or pipe, they come half as often. */
  private static final int LINES_PER_INTERVAL = 10;

  private static final long FIRST_INTERVAL = Duration.ofMinutes(1).toNanos();

  private final Screen screen;
  private final Results results;
  private final long begun;
  private final Map<String, ModuleState> modules = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private int failuresShown;
  private long interval = FIRST_INTERVAL;
  private long nextLine;
  private int lines;

  Progress(Screen screen, Results results, long now) {
    this.screen = screen;
    this.results = results;
    begun = now;
    nextLine = now + interval;
  }

  /** Maven has printed a line. */
  void maven(MavenLine line, long now) {
    if (line.kind() == MavenLine.Kind.LEFT_OUT) {
      leftOut.add(results.modules().ids().getOrDefault(line.module(), line.module()));
      return;
    }
    if (!results.modules().directories().containsKey(line.module())) {
      return;
    }
    ModuleState state = modules.get(line.module());
    if (state == null) {
      state = new ModuleState(now);
      modules.put(line.module(), state);
      if (results.hasSources(line.module())) {
        show(now, line.module(), "begins");
      }
    }
    if (state.goal(line)) {
      end(line.module(), state, now);
    }
  }

  /** A test has begun or ended. */
  void test(TestEvent event, long now) {
    results
        .modules()
        .at(event.directory())
        .ifPresent(
            module -> {
              modules.computeIfAbsent(module, key -> new ModuleState(now)).add(event, now);
              if (event.kind() == TestEvent.Kind.FAILED && failuresShown++ < MAX_FAILURES_SHOWN) {
                show(now, module, "FAILED: " + event.className() + " " + event.name());
              }
            });
  }

  /** Time passes. */
  void tick(long now) {
    if (screen.terminal()) {
      screen.status(clock(now - begun) + "  " + current(now), now);
    } else if (now - nextLine >= 0) {
      screen.line(clock(now - begun) + "  " + current(now));
      lines++;
      if (lines % LINES_PER_INTERVAL == 0) {
        interval *= 2;
      }
      nextLine = now + interval;
    }
  }

  /** Maven has ended: modules that it left in the middle are done with. */
  void ended(long now) {
    modules.forEach(
        (module, state) -> {
          if (!state.ended()) {
            end(module, state, now);
          }
        });
    if (!leftOut.isEmpty()) {
      screen.text("", "Not run because of what failed before: " + String.join(", ", leftOut));
    }
  }

  private void end(String module, ModuleState state, long now) {
    if (!state.ended()) {
      state.end();
      if (results.hasSources(module)) {
        Counts counts = results.of(module).counts();
        long seconds = Duration.ofNanos(now - state.begunAt()).toSeconds();
        show(now, module, counts.sentence() + ", " + seconds + " s");
      }
    }
  }

  private String current(long now) {
    return modules.entrySet().stream()
        .filter(each -> !each.getValue().ended() && results.hasSources(each.getKey()))
        .map(each -> each.getKey() + ": " + each.getValue().now(now))
        .collect(Collectors.joining("; "));
  }

  private void show(long now, String module, String what) {
    screen.line("%s  %-23s %s".formatted(clock(now - begun), module, what));
  }

  /** Minutes and seconds, in a column. */
  static String clock(long nanos) {
    long seconds = Duration.ofNanos(nanos).toSeconds();
    return "%3d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
