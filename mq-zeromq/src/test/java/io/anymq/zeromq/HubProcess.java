package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A hub in a process of its own, on a data directory, at a port of its own. */
final class HubProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final String url;

  HubProcess(Path data) throws IOException {
    this(data, List.of(), List.of());
  }

  private HubProcess(Path data, List<String> ofTheJvm, List<String> more) throws IOException {
    process = start(data, ofTheJvm, more);
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    url = urlFrom(output);
  }

  /** A hub with a heap of its own size. */
  static HubProcess withHeap(Path data, String heap, String... more) throws IOException {
    return new HubProcess(data, List.of(heap), List.of(more));
  }

  /** A hub that need not come up. */
  static Process start(Path data, List<String> ofTheJvm, List<String> more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ofTheJvm);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            HubMain.class.getName(),
            "--bind=tcp://127.0.0.1:0",
            "--data=" + data));
    command.addAll(more);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  String url() {
    return url;
  }

  Process process() {
    return process;
  }

  /** What it still says, until it ends. */
  List<String> rest() {
    return output.lines().toList();
  }

  private static String urlFrom(BufferedReader output) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains(" ready at ")) {
        return line.substring(line.indexOf("zeromq:"));
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("The hub ended: " + said);
  }

  Connection connect() {
    return ConnectionFactory.builder().url(url).option("recovery", "false").build().connect();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
