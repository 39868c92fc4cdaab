package io.anymq.tck.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * The report of one or more backends, in the form of {@code report.json}. The form is stable.
 *
 * @param tool what made it
 * @param startedAt when, as ISO 8601
 * @param host where
 * @param backends what came of each backend
 * @param incomplete whether the run was interrupted; left out of the file when it was not
 */
@JsonPropertyOrder({"tool", "startedAt", "host", "incomplete", "backends"})
public record Report(
    Tool tool,
    String startedAt,
    Host host,
    List<BackendReport> backends,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean incomplete) {

  /** A complete report. */
  public Report(Tool tool, String startedAt, Host host, List<BackendReport> backends) {
    this(tool, startedAt, host, backends, false);
  }

  /**
   * What made the report.
   *
   * @param name its name
   * @param version its version
   */
  public record Tool(String name, String version) {}

  /**
   * Where the report was made.
   *
   * @param os the operating system
   * @param cpus the number of processors
   * @param java the version of Java
   */
  public record Host(String os, int cpus, String java) {

    /** This machine. */
    public static Host here() {
      String os = System.getProperty("os.name") + " " + System.getProperty("os.version");
      return new Host(os, Runtime.getRuntime().availableProcessors(), Runtime.version().toString());
    }
  }

  /**
   * What came of one backend.
   *
   * @param name its name
   * @param brokerVersion the broker's own version; empty when there was none
   * @param clientVersion the native client's version; empty when there was no connection
   * @param provisioning {@code external}, {@code container}, {@code local-process} or {@code
   *     embedded}; empty when there was no broker
   * @param capabilities how each capability is come by
   * @param rules what came of each rule
   */
  public record BackendReport(
      String name,
      String brokerVersion,
      String clientVersion,
      String provisioning,
      Map<String, String> capabilities,
      List<RuleReport> rules) {

    /**
     * How many rules came out like that.
     *
     * @param result PASSED, FAILED, REFUSED or NOT_RUN
     */
    public long count(String result) {
      return rules.stream().filter(rule -> rule.result().equals(result)).count();
    }
  }

  /**
   * What came of one rule.
   *
   * @param id its number
   * @param title its title
   * @param result PASSED, FAILED, REFUSED or NOT_RUN
   * @param millis how long it took
   * @param message a sentence; empty where there is nothing to say
   */
  public record RuleReport(String id, String title, String result, long millis, String message) {}

  /** Whether no rule failed and every one was run. */
  public boolean clean() {
    return !incomplete
        && backends.stream().allMatch(each -> each.count("FAILED") + each.count("NOT_RUN") == 0);
  }
}
