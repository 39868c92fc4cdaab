package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.ConsumerOptions;
import io.anymq.Message;
import io.anymq.MissingDestination;
import io.anymq.Option;
import io.anymq.ProducerOptions;
import io.anymq.RedeliveryDelay;
import io.anymq.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every default that Javadoc names ("Default: 10 seconds.", "The default is true.") is the one that
 * the code has.
 */
class JavadocDefaultsTest {

  private static final Path API = Path.of("../mq-api/src/main/java/io/anymq");

  /** The Javadoc and the key of an option that is a constant. */
  private static final Pattern OPTION =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:public )?static final Option<\\S+> \\w+\\s*=\\s*"
              + "Option\\.\\w+\\(\\s*\"([a-z-]+)\"",
          Pattern.DOTALL);

  /** The Javadoc and the name of an accessor. */
  private static final Pattern ACCESSOR =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public [\\w<>]+ (\\w+)\\(\\) \\{", Pattern.DOTALL);

  private static final Pattern DEFAULT =
      Pattern.compile("(?:Default:|[Tt]he default is) (\\{.*?\\}|.*?)(?=[.;](\\s|$)|, )");

  @Test
  void connectionOptionsNameTheirDefaults() throws IOException {
    Map<String, String> documented = documented(OPTION, API.resolve("ConnectionOptions.java"));
    Map<String, String> actual = new TreeMap<>();
    for (Option<?> option : ConnectionOptions.all()) {
      if (documented.containsKey(option.key())) {
        actual.put(option.key(), text(option.defaultValue()));
      }
    }
    assertThat(documented).hasSizeGreaterThan(10).isEqualTo(actual);
  }

  @Test
  void adaptersOptionsNameTheirDefaults() throws IOException {
    Map<String, String> actual = new HashMap<>();
    ServiceLoader.load(Backend.class)
        .forEach(
            backend ->
                backend
                    .options()
                    .forEach(
                        option ->
                            actual.put(
                                backend.name() + " " + option.key(), text(option.defaultValue()))));
    for (String adapter : List.of("zeromq", "rabbit", "activemq", "kafka")) {
      for (Path source : optionSources(Path.of("../mq-" + adapter + "/src/main/java"))) {
        String backend = adapter.equals("rabbit") ? "rabbitmq" : adapter;
        documented(OPTION, source)
            .forEach((key, value) -> assertThat(actual).containsEntry(backend + " " + key, value));
      }
    }
  }

  @Test
  void optionsOfConsumersNameTheirDefaults() throws IOException {
    Map<String, Object> actual = new HashMap<>();
    ConsumerOptions options = ConsumerOptions.DEFAULT;
    actual.put("concurrency", options.concurrency());
    actual.put("maxDeliveries", "{@value #DEFAULT_MAX_DELIVERIES}");
    actual.put("redeliveryDelay", options.redeliveryDelay());
    actual.put("missingDestination", options.missingDestination());
    actual.put("keyOrdered", options.keyOrdered());
    assertThat(options.maxDeliveries()).isEqualTo(ConsumerOptions.DEFAULT_MAX_DELIVERIES);
    compare(API.resolve("ConsumerOptions.java"), actual);
  }

  @Test
  void optionsOfProducersNameTheirDefaults() throws IOException {
    compare(
        API.resolve("ProducerOptions.java"),
        Map.of("missingDestination", ProducerOptions.DEFAULT.missingDestination()));
  }

  @Test
  void messageNamesItsDefaults() throws IOException {
    Message message = Message.text("text");
    assertThat(message.priority()).isEqualTo(Message.DEFAULT_PRIORITY);
    compare(
        API.resolve("Message.java"),
        Map.of("priority", "{@value #DEFAULT_PRIORITY}", "persistent", message.persistent()));
  }

  private static void compare(Path source, Map<String, Object> actual) throws IOException {
    Map<String, String> documented = documented(ACCESSOR, source);
    assertThat(documented).isNotEmpty();
    documented.forEach(
        (name, value) ->
            assertThat(value).as("%s of %s", name, source).isEqualTo(text(actual.get(name))));
  }

  private static List<Path> optionSources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith("Options.java")).toList();
    }
  }

  /** What the Javadoc in a source says, by what it says it of. */
  private static Map<String, String> documented(Pattern pattern, Path source) throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    Matcher matcher = pattern.matcher(Files.readString(source));
    while (matcher.find()) {
      String javadoc = matcher.group(1).replaceAll("\\s+\\* ?|\\s+", " ").strip();
      Matcher found = DEFAULT.matcher(javadoc + " ");
      if (found.find()) {
        defaults.put(matcher.group(2), found.group(1).replaceAll("(?<=\\d),(?=\\d)", ""));
      }
    }
    return defaults;
  }

  /** As Javadoc says it. */
  private static String text(@Nullable Object value) {
    if (value instanceof Duration duration) {
      return text(duration);
    }
    if (value == RedeliveryDelay.DEFAULT) {
      return "{@link RedeliveryDelay#DEFAULT}";
    }
    if (value == MissingDestination.CREATE) {
      return "it is made";
    }
    if (value instanceof Enum<?>) {
      return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return String.valueOf(value);
  }

  private static String text(Duration duration) {
    if (duration.toMillis() % 1000 != 0) {
      return duration.toMillis() + " ms";
    }
    boolean minutes = duration.toSeconds() % ChronoUnit.MINUTES.getDuration().toSeconds() == 0;
    return minutes ? duration.toMinutes() + " minutes" : duration.toSeconds() + " seconds";
  }
}
