package io.anymq.cli;

import io.anymq.tck.BackendHarness;
import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import io.anymq.tck.TckRunner;
import io.anymq.tck.VersionedHarness;
import io.anymq.tck.report.FormerFile;
import io.anymq.tck.report.Report;
import io.anymq.tck.report.ReportFile;
import io.anymq.tck.report.ReportTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the kit on several backends, and shows the rules by backend. */
@Command(
    name = "compare",
    header = "Run the compatibility kit on real brokers, side by side.",
    description =
        "Shows what every rule comes to on every backend, and writes report.json; one that is there already becomes"
            + " report-1.json. The log goes to compare.log beside it. Ctrl-C writes what there is, marked as"
            + " incomplete. Ends with 0 only when no rule failed and no chosen backend was missing.")
final class CompareCommand implements Callable<Integer> {

  /** The backends that the project stands for, in the order in which tables show them. */
  static final List<String> OURS = List.of("zeromq", "rabbitmq", "activemq", "kafka");

  @Spec private CommandSpec spec;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description =
          "Which backends, with commas; rabbitmq@4 asks for a version of the broker. Without it: ${DEFAULT-VALUE}.")
  private List<String> backends = OURS;

  @Option(
      names = "--rules",
      split = ",",
      paramLabel = "RULE",
      description = "Which rules (SEND-03) or areas of rules (SEND), with commas. Without it: all.")
  private List<String> words = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where report.json goes. Without it: the working directory.")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException {
    List<Rule> rules = rules();
    List<BackendHarness> harnesses = harnesses();
    Path place = directory.toAbsolutePath().normalize();
    requireWritable(place);
    Logging.toFile(place.resolve("compare.log"));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d rules on %s%n",
        rules.size(),
        harnesses.stream().map(BackendHarness::label).collect(Collectors.joining(", ")));
    CompareProgress progress = new CompareProgress(out);
    String version = VersionProvider.version();
    InterruptedReport interrupted = InterruptedReport.watch(progress, place, version);
    try {
      Report report = TckRunner.of(rules).tellingTo(progress).run(harnesses, version);
      return interrupted.finish() ? conclude(report, place, out) : 1;
    } finally {
      interrupted.finish();
    }
  }

  private static int conclude(Report report, Path place, PrintWriter out) throws IOException {
    out.println();
    out.println(ReportTable.of(report));
    write(report, place, out);
    return report.clean() ? 0 : 1;
  }

  /** Writes a report, and keeps the one that was there. */
  static void write(Report report, Path directory, PrintWriter out) throws IOException {
    FormerFile.keep(directory.resolve(ReportFile.NAME))
        .ifPresent(former -> out.println("The former report is now " + former.getFileName()));
    out.println("Written to " + ReportFile.write(report, directory));
    out.flush();
  }

  /** Now, and not when all is done. */
  private void requireWritable(Path place) {
    try {
      ReportFile.requireWritable(place);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--out is of no use: " + Failures.sentence(e), e);
    }
  }

  private List<Rule> rules() {
    RuleCatalogue kit = RuleCatalogue.kit();
    try {
      return words.isEmpty() ? kit.rules() : kit.select(words);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private List<BackendHarness> harnesses() {
    try {
      return harnesses(backends);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /**
   * The harnesses of backends.
   *
   * @throws IllegalArgumentException when there is no backend of such a name; lists those there are
   */
  static List<BackendHarness> harnesses(List<String> names) {
    Map<String, BackendHarness> known = new TreeMap<>();
    ServiceLoader.load(BackendHarness.class).forEach(each -> known.put(each.name(), each));
    List<BackendHarness> chosen = new ArrayList<>();
    for (String name : names) {
      String[] nameAndVersion = name.strip().split("@", 2);
      BackendHarness harness = known.get(nameAndVersion[0]);
      if (harness == null) {
        throw new IllegalArgumentException(
            "There is no backend '%s'; there are %s."
                .formatted(nameAndVersion[0], String.join(", ", known.keySet())));
      }
      chosen.add(nameAndVersion.length == 1 ? harness : versioned(harness, nameAndVersion[1]));
    }
    return chosen;
  }

  private static BackendHarness versioned(BackendHarness harness, String version) {
    if (!version.matches("[0-9]+(\\.[0-9]+)*")) {
      throw new IllegalArgumentException(
          "'%s' is no version; write %s@4 or %s@4.0."
              .formatted(version, harness.name(), harness.name()));
    }
    return new VersionedHarness(harness, version);
  }
}
