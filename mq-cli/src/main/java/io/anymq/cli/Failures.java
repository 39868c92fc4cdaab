package io.anymq.cli;

import io.anymq.InvalidOptionException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells the user in a sentence what went wrong. */
final class Failures {

  private static final int LAST_LINES = 8;

  private Failures() {}

  /** The arguments made no sense. */
  static int misuse(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    Optional<String> unknown = unknownCommand(failure);
    if (unknown.isPresent()) {
      err.println("mq: " + CommandNames.unknown(command, unknown.get()));
      return CommandLine.ExitCode.USAGE;
    }
    err.println("mq: " + sentence(failure));
    boolean suggested = UnmatchedArgumentException.printSuggestions(failure, err);
    if (args.length == 0) {
      command.usage(err);
    } else if (!suggested) {
      err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return CommandLine.ExitCode.USAGE;
  }

  private static String sentence(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      return word.startsWith("-")
          ? "There is no option '" + word + "'"
          : "'" + word + "' is one argument too many";
    }
    return String.valueOf(failure.getMessage());
  }

  private static Optional<String> unknownCommand(ParameterException failure) {
    return failure instanceof UnmatchedArgumentException unmatched
            && failure.getCommandLine().getParent() == null
        ? unmatched.getUnmatched().stream().filter(word -> !word.startsWith("-")).findFirst()
        : Optional.empty();
  }

  /** The command failed. */
  static int report(Exception failure, CommandLine command, boolean verbose) {
    String sentence = sentence(failure);
    command
        .getErr()
        .println("mq: " + (verbose ? sentence : shortened(sentence, "are shown with --verbose")));
    if (verbose) {
      failure.printStackTrace(command.getErr());
    }
    boolean misused =
        failure instanceof InvalidOptionException || failure instanceof IllegalArgumentException;
    return misused ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  /**
   * A broker's log may follow its failure; its end is what matters.
   *
   * @param whole where all lines are
   */
  static String shortened(String sentence, String whole) {
    List<String> lines = sentence.lines().toList();
    int tail = lines.size() - LAST_LINES;
    if (tail <= LAST_LINES) {
      return sentence;
    }
    return "%s%n(all %d lines %s)%n%s"
        .formatted(
            lines.get(0),
            lines.size(),
            whole,
            String.join(System.lineSeparator(), lines.subList(tail, lines.size())));
  }

  static String sentence(Exception failure) {
    String message = failure.getMessage();
    if (failure instanceof NoSuchFileException) {
      return "There is no file " + message;
    }
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
