package io.anymq.cli;

import io.anymq.bench.BenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: one sub-command for each thing a user can ask for. */
@Command(
    name = "mq",
    description = "One messaging API over ZeroMQ, RabbitMQ, ActiveMQ and Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    subcommands = {
      DemoCommand.class,
      BrokerCommand.class,
      CompareCommand.class,
      TestCommand.class,
      BenchCommand.class,
      DocsCommand.class,
    },
    footerHeading = "%n",
    footer = {
      "What one command takes: mq COMMAND --help",
      "A first look, with nothing to install: mq demo"
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show the log and the stack traces of failures.")
  private boolean verbose;

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
    Main main = new Main();
    CommandLine commands = new CommandLine(main);
    commands.addSubcommand(new CommandLine(new SampleCommand()).setStopAtPositional(true));
    commands.getSubcommands().values().forEach(Main::addHelp);
    commands.getSubcommands().values().forEach(Main::leaveOptionsToMaven);
    return commands
        .setExecutionStrategy(
            parsed -> {
              Logging.set(main.verbose);
              return new RunLast().execute(parsed);
            })
        .setParameterExceptionHandler(Failures::misuse)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failures.report(failure, command, main.verbose));
  }

  private static void leaveOptionsToMaven(CommandLine command) {
    if (command.getCommandSpec().userObject() instanceof TestCommand) {
      command.setUnmatchedOptionsArePositionalParams(true);
    }
  }

  private static void addHelp(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.findOption("--help") == null) {
      spec.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help message and exit.")
              .build());
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}
