package io.anymq.cli;

import io.anymq.tck.report.Report;
import io.anymq.tck.report.Report.BackendReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes what a comparison has come to when Ctrl-C ends it, which may be after a quarter of an
 * hour. The brokers get the interrupt too, so no result counts that comes later.
 */
final class InterruptedReport {

  private final CompareProgress progress;
  private final Path directory;
  private final String version;
  private final String startedAt = Instant.now().toString();
  private final AtomicBoolean done = new AtomicBoolean();

  private InterruptedReport(CompareProgress progress, Path directory, String version) {
    this.progress = progress;
    this.directory = directory;
    this.version = version;
  }

  static InterruptedReport watch(CompareProgress progress, Path directory, String version) {
    InterruptedReport report = new InterruptedReport(progress, directory, version);
    Runtime.getRuntime().addShutdownHook(new Thread(report::interrupted, "mq-compare-interrupted"));
    return report;
  }

  /** The run has ended by itself, or has failed; false when it was interrupted before. */
  boolean finish() {
    return done.compareAndSet(false, true);
  }

  private void interrupted() {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    List<BackendReport> soFar = progress.stop();
    Report report =
        new Report(new Report.Tool("anymq", version), startedAt, Report.Host.here(), soFar, true);
    try {
      CompareCommand.write(report, directory, progress.out());
    } catch (IOException e) {
      progress.out().println("mq: no report was written: " + Failures.sentence(e));
      progress.out().flush();
    }
  }
}
