package io.anymq.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** The names of the commands, for whoever typed another one. The launcher says the same. */
final class CommandNames {

  /** So many letters may be wrong in a word that was meant to be another one. */
  private static final int NEAR = 2;

  private CommandNames() {}

  /** What to say about a word that is no command. */
  static String unknown(CommandLine commands, String word) {
    List<String> names = visible(commands);
    Optional<String> meant = names.stream().filter(name -> isNear(name, word)).findFirst();
    return "There is no command '%s'%s; there are %s. Try: mq --help"
        .formatted(
            word,
            meant.map(name -> " (did you mean " + name + "?)").orElse(""),
            String.join(", ", names));
  }

  /** Those that the help shows. */
  static List<String> visible(CommandLine commands) {
    return commands.getSubcommands().entrySet().stream()
        .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static boolean isNear(String name, String word) {
    return name.startsWith(word) || word.startsWith(name) || distance(name, word) <= NEAR;
  }

  /** How many letters have to be put in, left out or changed (Levenshtein). */
  private static int distance(String one, String other) {
    int[] above = new int[other.length() + 1];
    for (int column = 0; column <= other.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= one.length(); row++) {
      int[] current = new int[other.length() + 1];
      current[0] = row;
      for (int column = 1; column <= other.length(); column++) {
        int change = one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(above[column - 1] + change, Math.min(above[column], current[column - 1]) + 1);
      }
      above = current;
    }
    return above[other.length()];
  }
}
