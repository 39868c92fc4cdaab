package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Option;
import io.anymq.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What docs/options.md, {@code --help} and Javadoc say of a hub's options is what the code has. */
class HubFiguresTest {

  private static final Path PAGE = Path.of("../docs/options.md");
  private static final String SECTION = "## Options of a ZeroMQ hub";
  private static final Path BUILDER = Path.of("src/main/java/io/anymq/zeromq/ZeroMqHub.java");

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (.*?) \\| ");

  /** The Javadoc and the name of a method of the builder. */
  private static final Pattern METHOD =
      Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public Builder (\\w+)\\(\\w", Pattern.DOTALL);

  private static final Pattern DEFAULT = Pattern.compile("[Tt]he default is (.+?)\\.( |$)");

  private static final Options DEFAULTS = Options.none();
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  @Test
  void pageNamesEveryOptionAndItsDefault() throws IOException {
    Map<String, String> named = new LinkedHashMap<>();
    Matcher row = ROW.matcher(section());
    while (row.find()) {
      named.put(row.group(1), row.group(2));
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (Option<?> option : HubOptions.all()) {
      options.put(option.key(), shown(option.defaultValue()));
    }
    options.put(HubOptions.MAX_MESSAGE_BYTES.key(), largest("of the heap"));
    assertThat(named).containsExactlyEntriesOf(options);
  }

  @Test
  void pageNamesWhatIsLeftOfTheDisk() throws IOException {
    assertThat(section())
        .contains("less than %d MiB free".formatted(DiskSpace.RESERVE_BYTES >> 20));
  }

  @Test
  void helpNamesTheDefaultsThatDependOnTheHeap() {
    assertThat(HubOptions.MEMORY_LIMIT.documentation()).contains("half of the heap by default");
    assertThat(shown(DEFAULTS.get(HubOptions.MEMORY_LIMIT))).isEqualTo("half of the heap");
    assertThat(HubOptions.REPLAY_MEMORY.documentation()).contains("a sixteenth of the heap by");
    assertThat(shown(DEFAULTS.get(HubOptions.REPLAY_MEMORY))).isEqualTo("a sixteenth of the heap");
    assertThat(HubOptions.MAX_MESSAGE_BYTES.documentation())
        .contains("by default 32 MiB, or less where the heap has less than 512 MiB");
    assertThat(largest("of the heap")).startsWith("32 MiB, or a sixteenth");
  }

  @Test
  void javadocOfTheBuilderNamesTheDefaults() throws IOException {
    String heap = "of this JVM's maximum heap";
    assertThat(defaults())
        .isEqualTo(
            Map.of(
                "open", String.valueOf(DEFAULTS.get(HubOptions.OPEN)),
                "memoryLimit", part(DEFAULTS.get(HubOptions.MEMORY_LIMIT)) + " " + heap,
                "maxMessageBytes", largest(heap),
                "heartbeat", seconds(DEFAULTS.get(HubOptions.HEARTBEAT)) + " s",
                "replay",
                    "%,d messages, and %s %s"
                        .formatted(
                            DEFAULTS.get(HubOptions.REPLAY_MESSAGES),
                            part(DEFAULTS.get(HubOptions.REPLAY_MEMORY)),
                            heap)));
  }

  @Test
  void javadocOfTheBuilderNamesTheAddressAndTheBounds() throws IOException {
    Map<String, String> javadoc = javadoc();
    assertThat(javadoc.get("bind"))
        .contains("Without any it is {@code %s}.".formatted(DEFAULTS.get(HubOptions.BIND)));
    assertThat(javadoc.get("maxMessageBytes")).contains("at least 1024 bytes");
    assertThat(HubOptions.MAX_MESSAGE_BYTES.form()).contains("1024");
    assertThat(javadoc.get("heartbeat")).contains("five times as long", "50 ms to 10 minutes");
    assertThat(Wire.MISSED_HEARTBEATS).isEqualTo(5);
    assertThat(HubSettings.MIN_HEARTBEAT).isEqualTo(Duration.ofMillis(50));
    assertThat(HubSettings.MAX_HEARTBEAT).isEqualTo(Duration.ofMinutes(10));
  }

  private static String section() throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(page.indexOf(SECTION));
  }

  private static Map<String, String> defaults() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    javadoc()
        .forEach(
            (method, text) -> {
              Matcher found = DEFAULT.matcher(text);
              if (found.find()) {
                defaults.put(method, found.group(1));
              }
            });
    return defaults;
  }

  private static Map<String, String> javadoc() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    Matcher method = METHOD.matcher(Files.readString(BUILDER));
    while (method.find()) {
      texts.put(method.group(2), method.group(1).replaceAll("\\s+(\\* ?)?", " ").strip());
    }
    return texts;
  }

  /** As the page shows a default. */
  private static String shown(@Nullable Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Duration time) {
      return "`%ds`".formatted(seconds(time));
    }
    return value instanceof Long bytes && bytes > HEAP / 32
        ? part(bytes) + " of the heap"
        : "`" + value + "`";
  }

  private static String part(long bytes) {
    return bytes == HEAP / 2 ? "half" : bytes == HEAP / 16 ? "a sixteenth" : bytes + " bytes";
  }

  private static String largest(String ofTheHeap) {
    long most = 32 << 20;
    assertThat((long) DEFAULTS.get(HubOptions.MAX_MESSAGE_BYTES))
        .isEqualTo(Math.min(most, HEAP / 16));
    return "32 MiB, or a sixteenth %s where that is less".formatted(ofTheHeap);
  }

  private static long seconds(Duration time) {
    assertThat(time.toMillis() % 1000).isZero();
    return time.toSeconds();
  }
}
