package io.anymq.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * The help of each command as a file, which the launcher shows without building anything; a word
 * without such a file is no command to it. A test fails when a file is out of date; {@code mq docs}
 * writes them.
 */
final class HelpPages {

  private static final String PLACE = "mq-cli/src/main/resources/io/anymq/cli/help";

  private HelpPages() {}

  /** The pages by their files' names. */
  static Map<String, String> pages() {
    CommandLine commands = Main.commandLine();
    Map<String, String> pages = new TreeMap<>();
    pages.put("mq.txt", usage(commands));
    commands.getSubcommands().forEach((name, command) -> pages.put(name + ".txt", usage(command)));
    return pages;
  }

  private static String usage(CommandLine command) {
    StringWriter text = new StringWriter();
    command.usage(new PrintWriter(text), Ansi.OFF);
    return text.toString()
        .lines()
        .map(line -> line.stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  static Path directory(Path home) {
    return home.resolve(PLACE);
  }

  /** Writes them all. */
  static void write(Path home) throws IOException {
    Files.createDirectories(directory(home));
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Files.writeString(directory(home).resolve(page.getKey()), page.getValue());
    }
  }
}
