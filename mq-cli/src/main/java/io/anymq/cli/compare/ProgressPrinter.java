package io.anymq.cli.compare;

import io.anymq.tck.RuleResult;
import io.anymq.tck.RuleResult.Outcome;
import io.anymq.tck.TckRun;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows how a run goes on: a line for each area of rules with a mark for each rule as it is done,
 * and each failure's sentence at once.
 */
public final class ProgressPrinter {

  private final PrintWriter out;
  private String area = "";
  private long begun;

  /** Prints there. */
  public ProgressPrinter(PrintWriter out) {
    this.out = out;
  }

  void opens(String backend) {
    begun = System.nanoTime();
    area = "";
    out.println();
    out.println(backend + ": getting a broker");
    out.flush();
  }

  void started(TckRun run) {
    run.broker()
        .ifPresent(
            broker ->
                out.printf(
                    "%s: %s, %s%n",
                    run.backend(), broker.version(), broker.provisioning().label()));
    out.print("  . holds   r refused as declared   F failed   - not run");
    out.flush();
  }

  void finished(RuleResult result) {
    if (!result.rule().area().equals(area)) {
      area = result.rule().area();
      out.printf("%n  %-8s ", area);
    }
    out.print(mark(result.outcome()));
    if (result.outcome() == Outcome.FAILED) {
      out.printf(" %s: %s%n  %-8s ", result.rule().id(), firstLine(result.message()), "");
    }
    out.flush();
  }

  void ended(BackendRun run) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    out.printf(
        "%n  %d hold, %d refused, %d failed, %d not run, in %d s%n",
        run.count(Outcome.PASSED),
        run.count(Outcome.REFUSED),
        run.count(Outcome.FAILED),
        run.count(Outcome.NOT_RUN),
        took.toSeconds());
    if (run.info().isEmpty()) {
      out.println("  " + run.results().get(0).message());
    }
    out.flush();
  }

  private static String mark(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> ".";
      case REFUSED -> "r";
      case FAILED -> "F";
      case NOT_RUN -> "-";
    };
  }

  static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
