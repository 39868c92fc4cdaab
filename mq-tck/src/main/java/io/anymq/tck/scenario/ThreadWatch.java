package io.anymq.tck.scenario;

import java.util.Set;
import java.util.stream.Collectors;

/** Watches threads of the library, which are named {@code anymq-…}. */
final class ThreadWatch {

  private ThreadWatch() {}

  /** Those that run now. */
  static Set<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("anymq-"))
        .collect(Collectors.toSet());
  }

  /** Fails unless those that were not there before end soon. */
  static void noneBeyond(Set<Thread> before) {
    Check.eventually(
        () -> beyond(before).isEmpty(),
        "no thread named anymq-… beyond those before",
        () -> beyond(before).stream().map(Thread::getName).sorted().toList(),
        "what is left running");
  }

  private static Set<Thread> beyond(Set<Thread> before) {
    Set<Thread> now = ours();
    now.removeAll(before);
    return now;
  }
}
