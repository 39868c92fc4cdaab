package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionOptions;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** CONF: URLs, options and configuration. */
final class ConfigurationScenarios {

  private static final String SECRET = "Geheimnis-4711";

  /** The rest of a secret, or another one. */
  private static final String MORE = "Losung-0815";

  private ConfigurationScenarios() {}

  @Scenario(
      id = "CONF-01",
      title = "A malformed URL is refused before anything is connected",
      intent = "The sentence says which form is expected.")
  static void malformedUrl(ScenarioContext t) {
    String url = t.harness().malformedUrl();
    String scheme = url.substring(0, url.indexOf(':'));
    InvalidOptionException refusal = refused(() -> ConnectionFactory.of(url), "the URL " + url);
    mentions(refusal, scheme, "the expected form, beginning with the scheme");
  }

  @Scenario(
      id = "CONF-02",
      title = "An unknown scheme is refused with a list of those that are there",
      intent = "A missing adapter is found from the message alone.")
  static void unknownScheme(ScenarioContext t) {
    InvalidOptionException refusal =
        refused(() -> ConnectionFactory.of("nosuchscheme://host"), "an unknown scheme");
    mentions(refusal, "nosuchscheme", "the scheme that was asked for");
    String own = t.broker().url().substring(0, t.broker().url().indexOf(':'));
    mentions(refusal, own, "the schemes that are there");
    for (String none : List.of("", "no-colon-at-all", ":x")) {
      refused(() -> ConnectionFactory.of(none), "the URL '" + none + "'");
    }
  }

  @Scenario(
      id = "CONF-03",
      title = "An unknown option is refused",
      intent = "A typing error in an option is not a default.")
  static void unknownOption(ScenarioContext t) {
    InvalidOptionException refusal =
        refused(() -> t.factory().option("prefetsch", "10").build(), "an unknown option");
    mentions(refusal, "prefetsch", "the option's name");
    String url = t.harness().url(t.broker());
    String query = url + (url.contains("?") ? "&" : "?") + "prefetsch=10";
    mentions(
        refused(() -> ConnectionFactory.of(query), "an unknown option in the URL"),
        "prefetsch",
        "the option's name");
  }

  @Scenario(
      id = "CONF-04",
      title = "All faults of a configuration are named at once",
      intent = "Nobody has to mend and try five times.")
  static void allFaults(ScenarioContext t) {
    InvalidOptionException refusal =
        refused(
            () ->
                t.factory()
                    .option("prefetch", "many")
                    .option("connect-timeout", "-5s")
                    .option("recovery", "perhaps")
                    .option("nonsense", "1")
                    .build(),
            "four faults");
    for (String key : List.of("prefetch", "connect-timeout", "recovery", "nonsense")) {
      mentions(refusal, key, "every wrong option");
    }
  }

  @Scenario(
      id = "CONF-05",
      title = "No secret is printed",
      intent = "Logs and error messages can be shown to anybody.")
  static void secrets(ScenarioContext t) {
    String url = t.harness().urlOfPort(FreePort.closed()).replaceFirst("//[^/@]*@", "//");
    Map<String, String> once = Map.of("connect-timeout", "2s", "recovery", "false");
    Map<String, String> options = new HashMap<>(once);
    options.put("user", "somebody");
    options.put("password", SECRET);
    noSecret(t, t.factory(url, options)::build);
    noSecret(t, t.factory(url.replaceFirst("//", "//somebody:" + SECRET + "@"), once)::build);
    for (String malformed : withBadSecrets(url.contains("//") ? url : url.replace(":", "://"))) {
      noSecret(t, t.factory(malformed, once)::build);
      String name = "tck" + t.freshName().hashCode() + "secrets";
      set(t, "anymq." + name + ".url", malformed);
      once.forEach((key, value) -> set(t, "anymq." + name + "." + key, value));
      noSecret(t, () -> ConnectionFactory.fromConfig(name));
    }
  }

  /** Passwords with signs that should be escaped, and one for each of two hosts. */
  private static List<String> withBadSecrets(String url) {
    List<String> urls = new ArrayList<>();
    for (String sign : List.of("/", "?", "@", "#")) {
      urls.add(url.replaceFirst("//", "//somebody:" + SECRET + sign + MORE + "@"));
    }
    String each = "somebody:" + SECRET + "@$1";
    urls.add(url.replaceFirst("//([^/?]*)", "//" + each + "," + each.replace(SECRET, MORE)));
    return urls;
  }

  private static void noSecret(ScenarioContext t, Supplier<ConnectionFactory> factories) {
    Exception failure =
        Check.refused(
            io.anymq.MessagingException.class,
            () -> {
              ConnectionFactory factory = t.under(factories.get());
              String shown = factory + " " + factory.url();
              Check.that(!isSecret(shown), "no password in the factory", shown, "toString");
              t.keep(factory.connect());
            },
            "connecting where nobody listens",
            "the connect");
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String text = each.toString();
      Check.that(!isSecret(text), "no password in a failure", text, "what is put into it");
    }
  }

  private static boolean isSecret(String text) {
    return text.contains(SECRET) || text.contains(MORE);
  }

  @Scenario(
      id = "CONF-06",
      title = "An option of the builder wins over the URL's, a typed one over text",
      intent = "The nearer word counts.")
  static void precedence(ScenarioContext t) {
    String url = t.harness().url(t.broker());
    String query = url + (url.contains("?") ? "&" : "?") + "max-message-bytes=10";
    Queue queue = t.queue();
    Message eleven = Message.bytes(new byte[11]);
    Connection byUrl = t.connect(t.factory(query, Map.of()));
    Check.refused(
        MessageTooLargeException.class,
        () -> byUrl.send(queue, eleven),
        "11 bytes, where the URL allows 10,",
        "options in the URL's query");
    t.connect(t.factory(query, Map.of()).option("max-message-bytes", "11")).send(queue, eleven);
    ConnectionFactory.Builder both = t.factory(query, Map.of()).option("max-message-bytes", "5");
    t.connect(both.option(ConnectionOptions.MAX_MESSAGE_BYTES, 11)).send(queue, eleven);
  }

  @Scenario(
      id = "CONF-07",
      title = "A connection can be configured from outside",
      intent = "The backend is changed without touching the program.")
  static void fromConfig(ScenarioContext t) {
    String name = "tck" + t.freshName().hashCode();
    Map<String, String> settings = new java.util.LinkedHashMap<>();
    settings.put("url", t.harness().url(t.broker()));
    settings.putAll(t.harness().options());
    settings.put("max-message-bytes", "20");
    settings.forEach((key, value) -> set(t, "anymq." + name + "." + key, value));
    Queue queue = t.queue();
    Connection connection = t.keep(t.under(ConnectionFactory.fromConfig(name)).connect());
    Messages.send(connection, queue, "a");
    String text = Messages.takeText(connection.createConsumer(queue));
    Check.equal("a", text, "the message", "ConnectionFactory.fromConfig");
    Check.refused(
        MessageTooLargeException.class,
        () -> connection.send(queue, Message.bytes(new byte[21])),
        "21 bytes, where the configuration allows 20,",
        "that options of a named connection are read");
    set(t, "anymq." + name + ".prefetch", "none");
    mentions(
        refused(() -> ConnectionFactory.fromConfig(name), "a bad value in the configuration"),
        "prefetch",
        "the property that is wrong");
  }

  @Scenario(
      id = "CONF-08",
      title = "A connection that is not configured is refused by its name",
      intent = "A missing setting is not a default connection.")
  static void notConfigured(ScenarioContext t) {
    mentions(
        refused(() -> ConnectionFactory.fromConfig("nobody-set-this"), "an unknown name"),
        "nobody-set-this",
        "the connection's name");
  }

  @Scenario(
      id = "CONF-09",
      title = "Values out of range are refused where they are set",
      intent = "An option never means something else than it says.")
  static void ranges(ScenarioContext t) {
    Map<String, Check.Action> actions =
        Map.of(
            "prefetch 0", () -> ConsumerOptions.builder().prefetch(0),
            "concurrency 0", () -> ConsumerOptions.builder().concurrency(0),
            "maxDeliveries 0", () -> ConsumerOptions.builder().maxDeliveries(0),
            "window 0", () -> ProducerOptions.builder().window(0),
            "sendTimeout 0", () -> ProducerOptions.builder().sendTimeout(Duration.ZERO),
            "maxLength 0", () -> QueueOptions.builder().maxLength(0));
    actions.forEach((what, action) -> refused(action, what));
    Consumer consumer = t.connect().createConsumer(t.queue());
    refused(() -> consumer.receiveBatch(0, Duration.ofMillis(10)), "receiveBatch(0)");
  }

  @Scenario(
      id = "CONF-10",
      title = "A factory says its URL",
      intent = "A log line can say where a program connects.")
  static void url(ScenarioContext t) {
    String url = t.under(t.factory().build()).url();
    String scheme = t.broker().url().substring(0, t.broker().url().indexOf(':'));
    Check.that(url.startsWith(scheme + ":"), "a URL of scheme " + scheme, url, "url()");
  }

  @Scenario(
      id = "CONF-11",
      title = "A required capability that is there lets the connection open",
      intent = "A program can say what it depends on, and trust the answer.")
  static void required(ScenarioContext t) {
    Capability[] declared =
        java.util.Arrays.stream(Capability.values()).filter(t::supports).toArray(Capability[]::new);
    Connection built = t.connect(o -> o.require(declared));
    Connection asked = t.keep(t.under(t.factory().build()).require(declared).connect());
    for (Connection connection : List.of(built, asked)) {
      Check.equal(
          t.capabilities().support(),
          connection.capabilities().support(),
          "what two connections to one broker declare",
          "how capabilities are found out");
    }
  }

  private static InvalidOptionException refused(Check.Action action, String what) {
    return Check.refused(InvalidOptionException.class, action, what, "the checks of options");
  }

  private static void mentions(Exception refusal, String word, String what) {
    String text = String.valueOf(refusal.getMessage());
    Check.that(text.contains(word), "a message that names " + what, text, "the message");
  }

  private static void set(ScenarioContext t, String key, String value) {
    System.setProperty(key, value);
    t.onClose(() -> System.clearProperty(key));
  }
}
