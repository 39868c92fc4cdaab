package io.anymq.tck.scenario;

import io.anymq.ConnectionFactory;
import io.anymq.InvalidOptionException;
import io.anymq.tck.Scenario;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CONF: settings that mean nothing, wherever they stand. */
final class SettingScenarios {

  private static final String FILE = "mq.properties";

  private SettingScenarios() {}

  /**
   * The file is one that only this thread finds, and the system property is one that other
   * connections pass over: settings of the whole JVM would disturb what runs beside this.
   */
  @Scenario(
      id = "CONF-52",
      title = "A setting that means nothing is refused wherever it stands",
      intent = "A typing error never ends at a default connection, which confirms in memory.")
  static void meaningless(ScenarioContext t) {
    String name = "settings" + Integer.toHexString(t.freshName().hashCode());
    String own = "anymq." + name + ".";
    List<String> lines = new ArrayList<>();
    lines.add(own + "url=" + t.harness().url(t.broker()));
    t.harness().options().forEach((key, value) -> lines.add(own + key + "=" + value));
    requireUsable(name, lines);
    Map<String, String> bad =
        Map.of(
            "an option of the connection", own + "prefetsch",
            "an option of the connection without a name", "anymq.prefetsch",
            "an option of another connection", "anymq." + name + "2.prefetsch",
            "a key without the prefix", "uri",
            "the URL of the connection, misspelled", own + "ulr");
    bad.forEach(
        (what, key) -> {
          List<String> more = new ArrayList<>(lines);
          more.add("anymq." + name + "2.url=" + t.harness().url(t.broker()));
          more.add(key + "=1");
          refused(name, more, key.substring(key.lastIndexOf('.') + 1), what + " in " + FILE);
        });
    String query = lines.get(0) + (lines.get(0).contains("?") ? "&" : "?") + "prefetsch=1";
    refused(name, List.of(query), "prefetsch", "an option in the query of a configured URL");
    set(t, own + "url", t.harness().url(t.broker())); // so that others know whose the next one is
    set(t, own + "native-queue.a name", "x");
    refused(name, lines, "a name", "a native name of no queue, as a system property");
  }

  private static void set(ScenarioContext t, String key, String value) {
    System.setProperty(key, value);
    t.onClose(() -> System.clearProperty(key));
  }

  /** Otherwise all refusals could be about what is meant to be right. */
  private static void requireUsable(String name, List<String> lines) {
    with(
        lines,
        () -> {
          String url = ConnectionFactory.fromConfig(name).url();
          Check.that(lines.get(0).contains(url.substring(0, url.indexOf(':'))), "it", url, FILE);
        });
  }

  private static void refused(String name, List<String> lines, String word, String what) {
    with(
        lines,
        () -> {
          InvalidOptionException refusal =
              Check.refused(
                  InvalidOptionException.class,
                  () -> ConnectionFactory.fromConfig(name),
                  what,
                  "what is looked for among the settings");
          String text = String.valueOf(refusal.getMessage());
          Check.that(text.contains(word), "a message that names " + what, text, "the message");
        });
  }

  private static void with(List<String> lines, Runnable action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(new Settings(before, String.join("\n", lines)));
    try {
      action.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Finds these settings on the class path, and all else where it is. */
  private static final class Settings extends ClassLoader {

    private final String text;

    Settings(@Nullable ClassLoader parent, String text) {
      super(parent);
      this.text = text;
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
      return name.equals(FILE)
          ? new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1))
          : super.getResourceAsStream(name);
    }
  }
}
