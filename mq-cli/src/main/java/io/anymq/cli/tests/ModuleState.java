package io.anymq.cli.tests;

import java.util.LinkedHashMap;
import java.util.Map;

/** How far a module is. For one thread. */
final class ModuleState {

  private final long begunAt;
  private final Map<String, Running> running = new LinkedHashMap<>();
  private String activity = "";
  private int done;
  private int failed;
  private boolean testing;
  private boolean ended;

  private record Running(String name, long since) {}

  ModuleState(long now) {
    begunAt = now;
  }

  /** A goal begins; whether the module's tests are over by that. */
  boolean goal(MavenLine line) {
    activity = line.activity();
    boolean testsEnded = testing && !line.runsTests();
    testing = line.runsTests();
    return testsEnded;
  }

  void add(TestEvent event, long now) {
    switch (event.kind()) {
      case BEGUN -> running.put(event.id(), new Running(event.name(), now));
      case PASSED, SKIPPED -> done++;
      case FAILED -> {
        done++;
        failed++;
      }
    }
    if (event.kind() != TestEvent.Kind.BEGUN) {
      running.remove(event.id());
    }
  }

  /** What it does now; of its tests the one that has been running for the longest time. */
  String now(long now) {
    if (!testing || (done == 0 && running.isEmpty())) {
      return activity;
    }
    String tests = done + (done == 1 ? " test" : " tests");
    String sum = tests + (failed == 0 ? "" : ", " + failed + " FAILED");
    return running.values().stream()
        .findFirst()
        .map(test -> sum + ", now " + name(test) + time(now - test.since()))
        .orElse(sum);
  }

  /** A rule's number says enough. */
  private static String name(Running test) {
    return test.name().replaceFirst("^([A-Z]+-\\d+) .*", "$1");
  }

  private static String time(long nanos) {
    long seconds = nanos / 1_000_000_000L;
    return seconds < 2 ? "" : " for " + seconds + " s";
  }

  long begunAt() {
    return begunAt;
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }
}
