package io.anymq.cli.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.anymq.BackendInfo;
import io.anymq.tck.RuleResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code report.json} holds; its form is stable, and names and nesting follow these records.
 *
 * @param tool what made it
 * @param startedAt when the comparison began, in UTC
 * @param host where it ran
 * @param backends what came of each backend
 */
public record Report(Tool tool, String startedAt, Host host, List<Backend> backends) {

  /** The name of the file. */
  public static final String FILE = "report.json";

  private static final String NONE = "none";

  /** What made the report. */
  record Tool(String name, String version) {}

  /** The machine. */
  record Host(String os, int cpus, String java) {}

  /** One backend; versions and provisioning are {@code none} where there was no broker. */
  record Backend(
      String name,
      String brokerVersion,
      String clientVersion,
      String provisioning,
      Map<String, String> capabilities,
      List<Result> rules) {}

  /** One rule. */
  record Result(String id, String title, String result, long millis, String message) {}

  /** A report of these runs. */
  public static Report of(String version, Instant startedAt, List<BackendRun> runs) {
    Host host =
        new Host(
            System.getProperty("os.name") + " " + System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"));
    return new Report(
        new Tool("anymq", version),
        startedAt.toString(),
        host,
        runs.stream().map(Report::backend).toList());
  }

  /**
   * Writes it.
   *
   * @param directory where to; it is made when it is not there
   * @return the file
   * @throws IOException when it cannot be written
   */
  public Path writeTo(Path directory) throws IOException {
    Path file = Files.createDirectories(directory.toAbsolutePath()).resolve(FILE);
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(file, mapper.writeValueAsString(this) + "\n");
    return file.normalize();
  }

  private static Backend backend(BackendRun run) {
    Map<String, String> capabilities = new TreeMap<>();
    run.capabilities()
        .ifPresent(
            declared ->
                declared
                    .support()
                    .forEach((key, value) -> capabilities.put(key.name(), value.name())));
    return new Backend(
        run.name(),
        run.info().map(BackendInfo::brokerVersion).orElse(NONE),
        run.info().map(BackendInfo::clientVersion).orElse(NONE),
        run.provisioning().orElse(NONE),
        capabilities,
        run.results().stream().map(Report::result).collect(Collectors.toList()));
  }

  private static Result result(RuleResult result) {
    return new Result(
        result.rule().id(),
        result.rule().title(),
        result.outcome().name(),
        result.took().toMillis(),
        result.message());
  }
}
