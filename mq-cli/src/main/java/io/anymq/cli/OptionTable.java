package io.anymq.cli;

import io.anymq.ConnectionOptions;
import io.anymq.Option;
import io.anymq.spi.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The options of a connection, as tables in Markdown: those of all backends, then each one's. */
final class OptionTable {

  /** Serves the kit's own tests, and no application. */
  private static final String REFERENCE = "memory";

  private OptionTable() {}

  /** The lines of all tables. */
  static List<String> lines() {
    List<String> lines = new ArrayList<>();
    add(lines, "All backends", ConnectionOptions.all());
    Map<String, Backend> backends = new TreeMap<>();
    ServiceLoader.load(Backend.class).forEach(each -> backends.put(each.name(), each));
    backends.remove(REFERENCE);
    backends.forEach((name, backend) -> add(lines, name, backend.options()));
    return lines;
  }

  private static void add(List<String> lines, String title, List<Option<?>> options) {
    if (options.isEmpty()) {
      return;
    }
    lines.addAll(
        List.of("", "### " + title, "", "| option | default | what it is |", "|---|---|---|"));
    for (Option<?> option : options) {
      lines.add(
          "| `%s` | %s | %s |"
              .formatted(option.key(), value(option.defaultValue()), option.documentation()));
    }
  }

  private static String value(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text = String.valueOf(value);
    if (value instanceof Duration duration) {
      text = text(duration);
    } else if (value instanceof Enum<?>) {
      text = text.toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return "`" + text + "`";
  }

  /** As a user would write it: {@code PT0.1S} is {@code 100ms}. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
