package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backends=kafka,nats | no backend called 'nats'; known are [zeromq, rabbitmq, activemq, kafka]",
        "--rounds=0 | number of rounds must be at least 1",
        "--messages=0 | number of messages must be at least 1",
        "--rounds=many | --rounds"
      })
  void argumentThatMakesNoSenseIsRefusedBeforeAnythingStarts(String argument, String sentence) {
    StringWriter errors = new StringWriter();
    CommandLine command = new CommandLine(new BenchCommand()).setErr(new PrintWriter(errors));

    assertThat(command.execute(argument)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains(sentence);
  }
}
