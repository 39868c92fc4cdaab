package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Queue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code mq broker} as its user meets it: it prints a URL, and is killed. */
class BrokerCommandTest {

  private final PipedWriter printed = new PipedWriter();

  @Test
  void brokerThatWasKilledComesBackAtItsUrlAndEndsWithTheCommand() throws Exception {
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try (BufferedReader lines = new BufferedReader(new PipedReader(printed, 1 << 16))) {
      Thread command =
          new Thread(
              () -> code.complete(execute("broker", "zeromq", "--restart-after", "100ms")),
              "broker-command");
      command.start();
      String url = after(lines, "URL:");
      long pid = Long.parseLong(after(lines, "PID:"));
      roundTrip(url);

      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      long next = Long.parseLong(after(lines, "PID:"));
      assertThat(next).isNotEqualTo(pid);
      roundTrip(url);

      command.interrupt();
      assertThat(code.get(30, TimeUnit.SECONDS)).isNotZero();
      assertThat(ProcessHandle.of(next).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  private static void roundTrip(String url) {
    try (Connection connection = ConnectionFactory.of(url).connect()) {
      Queue queue = Queue.of("broker-command-test");
      connection.declare(queue);
      assertThat(connection.depth(queue).atRest()).isZero();
    }
  }

  private static String after(BufferedReader lines, String label) throws IOException {
    String line = lines.readLine();
    while (!line.startsWith(label)) {
      line = lines.readLine();
    }
    return line.substring(label.length()).strip();
  }

  private int execute(String... args) {
    PrintWriter writer = new PrintWriter(printed, true);
    return Main.commandLine().setOut(writer).setErr(writer).execute(args);
  }
}
