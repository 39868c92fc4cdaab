package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where this system gets its packages from, for another release of the same distribution. */
final class AptSources {

  private static final Path SYSTEM = Path.of("/etc/apt");

  private final String there;
  private final Pattern suite;

  /**
   * From one release to another.
   *
   * @param here this system's codename
   * @param there the other one's
   */
  AptSources(String here, String there) {
    this.there = there;
    suite = Pattern.compile("(^|\\s)" + Pattern.quote(here) + "(-updates|-security)?(?=\\s|$)");
  }

  /** Writes them into a directory; the other release has the suites that this one has. */
  static void writeFor(String codename, Path directory) throws IOException {
    String here =
        DebianPackages.value(
                Files.readString(Path.of("/etc/os-release"), StandardCharsets.UTF_8),
                "VERSION_CODENAME")
            .orElseThrow(() -> new IOException("/etc/os-release tells no codename"));
    AptSources sources = new AptSources(here, codename);
    int count = 0;
    for (Path file : files()) {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      boolean stanzas = file.toString().endsWith(".sources");
      String kept = stanzas ? sources.stanzas(text) : sources.lines(text);
      if (!kept.isBlank()) {
        String name = count++ + (stanzas ? ".sources" : ".list");
        Files.writeString(directory.resolve(name), kept);
      }
    }
    if (count == 0) {
      throw new IOException("no source of " + here + " was found under " + SYSTEM);
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> found = Files.walk(SYSTEM, 2)) {
      return found
          .filter(file -> file.toString().endsWith(".list") || file.toString().endsWith(".sources"))
          .sorted()
          .toList();
    }
  }

  /** Of a file with stanzas, those of this release's suites, for the other release. */
  String stanzas(String text) {
    return Arrays.stream(text.split("\n\\s*\n", -1))
        .filter(this::isOfThisRelease)
        .map(this::moved)
        .collect(Collectors.joining("\n\n", "", "\n"));
  }

  private boolean isOfThisRelease(String stanza) {
    return stanza
        .lines()
        .filter(line -> line.startsWith("Suites:"))
        .anyMatch(line -> suite.matcher(line).find());
  }

  /** Of a file with lines, those of this release's suites, for the other release. */
  String lines(String text) {
    return text.lines()
        .filter(line -> line.startsWith("deb ") && suite.matcher(line).find())
        .map(this::moved)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private String moved(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> suite.matcher(line).replaceAll(each -> moved(each.group(1), each.group(2))))
        .collect(Collectors.joining("\n"));
  }

  private String moved(String before, @Nullable String pocket) {
    return before + there + (pocket == null ? "" : pocket);
  }
}
