package io.anymq.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line: one sub-command for each thing a user can ask for. */
@Command(
    name = "mq",
    description = "One messaging API over ZeroMQ, RabbitMQ, ActiveMQ and Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class)
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the command that the arguments name and ends the process with its exit code: 0 when it
   * succeeded, 1 when it failed, 2 when the arguments made no sense.
   *
   * @param args the command and its options, as the user typed them
   */
  public static void main(String... args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}
