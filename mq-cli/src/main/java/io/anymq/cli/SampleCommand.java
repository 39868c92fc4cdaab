package io.anymq.cli;

import io.anymq.samples.Chat;
import io.anymq.samples.Hello;
import io.anymq.samples.Quickstart;
import io.anymq.samples.Weather;
import io.anymq.samples.Work;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one of the small samples. */
@Command(
    name = "sample",
    header = "Run one of the small programs that show the API.",
    description = "Their sources are in samples/src/main/java/io/anymq/samples.",
    customSynopsis = "mq sample [-hv] NAME [--url URL] [ARGUMENT...]",
    footerHeading = "%nThe names:%n",
    footer = {
      "  quickstart  send, ask for the depth, receive (ANYMQ_URL, no --url)",
      "  hello       request and reply over two queues",
      "  weather     publish and subscribe",
      "  work        tasks, competing workers, and a sink that collects",
      "  chat        a chat room: [--name NAME] [--room ROOM], or --script"
    })
final class SampleCommand implements Callable<Integer> {

  /** A program. */
  @FunctionalInterface
  private interface Program {
    void run(String... args) throws Exception;
  }

  private static final Map<String, Program> PROGRAMS =
      Map.of(
          "quickstart", Quickstart::main,
          "hello", Hello::main,
          "weather", Weather::main,
          "work", Work::main,
          "chat", Chat::main);

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = "Which one.")
  private String name;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "What it takes.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws Exception {
    Program program = PROGRAMS.get(name);
    if (program == null) {
      throw new ParameterException(
          spec.commandLine(),
          "There is no sample '"
              + name
              + "'; there are "
              + String.join(", ", PROGRAMS.keySet().stream().sorted().toList())
              + ".");
    }
    if (arguments.contains("--help") || arguments.contains("-h")) {
      spec.commandLine().usage(spec.commandLine().getOut());
      return 0;
    }
    if (name.equals("quickstart") && !arguments.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "The sample 'quickstart' takes no arguments; set ANYMQ_URL to choose its backend.");
    }
    program.run(arguments.toArray(String[]::new));
    return 0;
  }
}
