package io.anymq.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root of the command line: one sub-command for each thing a user can ask for. */
@Command(
    name = "mq",
    description = "One messaging API over ZeroMQ, RabbitMQ, ActiveMQ and Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class)
public final class Main {

  private Main() {}

  /**
   * Runs the command that the arguments name and ends the process with its exit code.
   *
   * @param args the command and its options, as the user typed them
   */
  public static void main(String... args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
