package io.anymq.cli;

import io.anymq.tck.report.Report;
import io.anymq.tck.report.ReportFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        "Writes the help of the commands beside the sources, the options into docs/options.md, and into README.md the"
            + " program and the capabilities that a report.json of all backends holds. Tests fail when something is"
            + " out of date.")
final class DocsCommand implements Callable<Integer> {

  private static final String PROGRAM = "samples/src/main/java/io/anymq/samples/Quickstart.java";

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
    HelpPages.write(home);
    options(home).write(OptionTable.lines());
    program(home).write(programLines(home));
    if (report != null) {
      Report read = ReportFile.read(report);
      capabilities(home).write(CapabilityTable.lines(read.backends()));
    }
    return 0;
  }

  /** The tables of options. */
  static MarkedText options(Path home) {
    return new MarkedText(home.resolve("docs/options.md"), "options");
  }

  /** The table of capabilities. */
  static MarkedText capabilities(Path home) {
    return new MarkedText(home.resolve("README.md"), "capabilities");
  }

  /** The program in the README. */
  static MarkedText program(Path home) {
    return new MarkedText(home.resolve("README.md"), "program");
  }

  /** That program's source, its package left out, as a block of Markdown. */
  static List<String> programLines(Path home) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(home.resolve(PROGRAM)));
    lines.subList(0, 2).clear();
    lines.add(0, "```java");
    lines.add("```");
    return lines;
  }
}
