package io.anymq.cli.variants;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherExecutionRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A JVM that runs tests until one fails, and prints which: the last line of its output begins with
 * {@value #NOTICED} or {@value #PASSED}. Its arguments are names of test classes, and directories
 * of them.
 */
final class FirstFailure implements TestExecutionListener {

  static final String NOTICED = "NOTICED ";
  static final String PASSED = "PASSED ";

  private final CancellationToken rest = CancellationToken.create();
  private final AtomicReference<@Nullable String> first = new AtomicReference<>();
  private final AtomicInteger finished = new AtomicInteger();

  private FirstFailure() {}

  /** Runs what the arguments name. */
  @SuppressWarnings("SystemOut") // the parent reads it
  public static void main(String[] arguments) {
    FirstFailure listener = new FirstFailure();
    String end = listener.run(arguments);
    PrintStream out = System.out;
    out.println();
    out.println(end);
    out.flush();
    System.exit(0); // A fault may leave threads behind that would keep this JVM.
  }

  private String run(String[] arguments) {
    List<DiscoverySelector> selectors = new ArrayList<>();
    for (String each : arguments) {
      if (each.contains("/")) {
        selectors.addAll(DiscoverySelectors.selectClasspathRoots(Set.of(Path.of(each))));
      } else {
        selectors.add(DiscoverySelectors.selectClass(each));
      }
    }
    LauncherDiscoveryRequest tests =
        LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
    LauncherExecutionRequest execution =
        LauncherExecutionRequestBuilder.request(tests)
            .cancellationToken(rest)
            .listeners(this)
            .build();
    LauncherFactory.create().execute(execution);
    String failure = first.get();
    return failure == null ? PASSED + finished.get() : NOTICED + failure;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      finished.incrementAndGet();
    }
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      String why = result.getThrowable().map(Throwable::toString).orElse("");
      boolean unused =
          first.compareAndSet(null, place(test) + ": " + why.lines().findFirst().orElse(""));
      rest.cancel();
    }
  }

  /** The class is in the id of each test: {@code [class:io.anymq.core.WaitsTest]}. */
  private static String place(TestIdentifier test) {
    String id = test.getUniqueId();
    int at = id.indexOf("[class:");
    String type = at < 0 ? "" : id.substring(at + 7, id.indexOf(']', at));
    return type.substring(type.lastIndexOf('.') + 1) + " " + test.getDisplayName();
  }
}
