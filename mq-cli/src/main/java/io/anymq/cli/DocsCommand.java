package io.anymq.cli;

import io.anymq.tck.report.Report;
import io.anymq.tck.report.ReportFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings the pages up to date that are made from the code. */
@Command(
    name = "docs",
    hidden = true,
    header = "Bring the tables in README.md and docs/ up to date.",
    description =
        "Writes the options into docs/options.md, and the capabilities that a report.json of all backends holds into"
            + " README.md. Tests fail when either is out of date.")
final class DocsCommand implements Callable<Integer> {

  static final String CAPABILITIES = "capabilities";
  static final String OPTIONS = "options";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "What mq compare wrote. Without it: the capabilities stay as they are.")
  private @Nullable Path report;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The project's directory. Without it: the working directory.")
  private Path home = Path.of("");

  @Override
  public Integer call() throws IOException {
    options(home).write(OptionTable.lines());
    if (report != null) {
      Report read = ReportFile.read(report);
      capabilities(home).write(CapabilityTable.lines(read.backends()));
    }
    return 0;
  }

  static MarkedText options(Path home) {
    return new MarkedText(home.resolve("docs/options.md"), OPTIONS);
  }

  static MarkedText capabilities(Path home) {
    return new MarkedText(home.resolve("README.md"), CAPABILITIES);
  }
}
