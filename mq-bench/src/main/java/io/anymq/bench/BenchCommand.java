package io.anymq.bench;

import io.anymq.MessagingException;
import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.tck.report.FormerFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mq bench}: measures AnyMQ against the native clients, prints a table, and writes {@code
 * bench.json}. Ends with 0 when all chosen backends were measured, with 1 when a broker was not to
 * be had or a message was lost, with 2 when the arguments made no sense.
 */
@Command(
    name = "bench",
    description = "Measures AnyMQ against the native clients, side by side on real brokers.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "The backends, with commas; all by default.")
  private List<String> backends = BenchBackend.labels();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where bench.json goes; the working directory by default. One that is there already becomes bench-1.json.")
  private Path out = Path.of("");

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How many rounds count; ${DEFAULT-VALUE} by default.")
  private int rounds = BenchOptions.DEFAULT_ROUNDS;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description =
          "How many messages a case has; by default as many as take about two seconds to receive.")
  private @Nullable Integer messages;

  /** For picocli. */
  public BenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    BenchOptions options = options();
    PrintWriter console = spec.commandLine().getOut();
    BenchRunner runner = new BenchRunner(BrokerProvisioner.system(), line -> print(console, line));
    List<BenchResult> results = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (String backend : options.backends()) {
      try {
        results.addAll(runner.run(backend, options));
      } catch (BrokerException | BenchException | MessagingException e) {
        failures.add(backend + " was not measured: " + e.getMessage());
      }
    }
    report(new BenchReport(BenchReport.Host.current(), results), console);
    failures.forEach(failure -> print(spec.commandLine().getErr(), failure));
    return failures.isEmpty() ? 0 : 1;
  }

  private BenchOptions options() {
    try {
      return new BenchOptions(
          backends, rounds, messages == null ? OptionalInt.empty() : OptionalInt.of(messages));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void report(BenchReport report, PrintWriter console) throws IOException {
    Optional<Path> former = FormerFile.keep(out.resolve(BenchJson.NAME));
    Path file = BenchJson.write(report, out);
    print(console, "");
    BenchTable.lines(report).forEach(line -> print(console, line));
    print(console, "");
    former.ifPresent(kept -> print(console, "The former one is now " + kept.getFileName()));
    print(console, "Written to " + file.toAbsolutePath().normalize());
  }

  private static void print(PrintWriter to, String line) {
    to.println(line);
    to.flush();
  }
}
