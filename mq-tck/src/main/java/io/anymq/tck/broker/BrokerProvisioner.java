package io.anymq.tck.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Gets real brokers.
 *
 * <p>The ways are tried in this order, and the first that is open is taken: {@code external} (when
 * {@code anymq.tck.<name>.url} is set), {@code container} (when Docker answers), {@code
 * local-process}, {@code embedded}. The property {@code anymq.tck.<name>.provisioning}, or {@code
 * anymq.tck.provisioning} for all, gives another order or a choice, as a list with commas. What was
 * chosen is announced in a sentence, with the reason against each way that comes before it.
 *
 * <p>Each setting may also stand in the environment, in capitals: {@code ANYMQ_TCK_RABBITMQ_URL}.
 * Immutable and safe for use by several threads; several brokers may be started at once.
 */
public final class BrokerProvisioner {

  private static final List<Provisioning> DEFAULT_ORDER = List.of(Provisioning.values());

  private final BrokerSettings settings;
  private final Consumer<String> announcer;
  private final Map<String, BrokerSupport> supports;

  private BrokerProvisioner(
      BrokerSettings settings, Consumer<String> announcer, Map<String, BrokerSupport> supports) {
    this.settings = settings;
    this.announcer = announcer;
    this.supports = supports;
  }

  /** A provisioner with this JVM's settings, which announces on the standard error output. */
  public static BrokerProvisioner system() {
    return with(BrokerSettings.system());
  }

  /** A provisioner with those settings, which announces on the standard error output. */
  public static BrokerProvisioner with(BrokerSettings settings) {
    Map<String, BrokerSupport> supports = new TreeMap<>();
    for (BrokerSupport builtIn :
        List.of(new RabbitMqSupport(), new ActiveMqSupport(), new KafkaSupport())) {
      supports.put(builtIn.name(), builtIn);
    }
    for (BrokerSupport found : ServiceLoader.load(BrokerSupport.class)) {
      supports.put(found.name(), found);
    }
    return new BrokerProvisioner(settings, BrokerProvisioner::print, supports);
  }

  /**
   * Not to the log: tests keep that quiet, and which broker a result is about must never be in
   * doubt.
   */
  private static void print(String sentence) {
    System.err.println("anymq: " + sentence);
  }

  /** The same provisioner, with its announcements going there. */
  public BrokerProvisioner announcingTo(Consumer<String> listener) {
    return new BrokerProvisioner(settings, listener, supports);
  }

  /** The backends that there are, by name. */
  public SortedSet<String> names() {
    return new TreeSet<>(supports.keySet());
  }

  /**
   * A broker set up with {@link BrokerOptions#none()}; see {@link #start(String, BrokerOptions)}.
   */
  public BrokerHandle start(String name) {
    return start(name, BrokerOptions.none());
  }

  /**
   * A broker of one's own, which answers; close it.
   *
   * @param name the backend's name; with a version behind it, such as {@code rabbitmq@4}, a broker
   *     of that version
   * @throws IllegalArgumentException when there is no backend of that name, or a setting is wrong
   * @throws BrokerUnavailableException when no way to get one is open; the message has the reason
   *     for each
   * @throws BrokerException when one was started and did not come up
   */
  public BrokerHandle start(String name, BrokerOptions options) {
    BrokerRequest request = new BrokerRequest(name, options, settings, announcer);
    BrokerSupport support = supports.get(request.kind());
    if (support == null) {
      throw new IllegalArgumentException(
          "There is no broker called '" + request.kind() + "'; known are " + supports.keySet());
    }
    List<BrokerUnavailableException> closedWays = new ArrayList<>();
    for (BrokerStrategy strategy : inOrder(support, request)) {
      try {
        BrokerHandle broker = start(strategy, request);
        announcer.accept(choice(broker, closedWays));
        return broker;
      } catch (BrokerUnavailableException e) {
        closedWays.add(
            new BrokerUnavailableException(
                strategy.provisioning().label() + ": " + e.getMessage(), e));
      }
    }
    throw none(name, closedWays);
  }

  private static BrokerHandle start(BrokerStrategy strategy, BrokerRequest request) {
    if (request.version().isPresent() && !strategy.choosesVersion()) {
      throw new BrokerUnavailableException("it has one version only, and none is chosen there");
    }
    BrokerHandle broker = strategy.start(request);
    if (!request.accepts(broker.version())) {
      String found = "its version is %s, and %s is asked for";
      String sentence = found.formatted(broker.version(), request.name());
      broker.close();
      throw strategy.provisioning() == Provisioning.EXTERNAL
          ? new BrokerException(
              "anymq.tck.%s.url is set, but %s".formatted(request.name(), sentence))
          : new BrokerUnavailableException(sentence);
    }
    return broker;
  }

  private List<BrokerStrategy> inOrder(BrokerSupport support, BrokerRequest request) {
    Optional<String> asked =
        request.setting("provisioning").or(() -> settings.get("anymq.tck.provisioning"));
    List<Provisioning> order =
        asked
            .map(
                list ->
                    Arrays.stream(list.split(",", -1))
                        .map(String::strip)
                        .map(Provisioning::ofLabel)
                        .toList())
            .orElse(DEFAULT_ORDER);
    return support.strategies().stream()
        .filter(strategy -> order.contains(strategy.provisioning()))
        .sorted(Comparator.comparingInt(strategy -> order.indexOf(strategy.provisioning())))
        .toList();
  }

  private static String choice(BrokerHandle broker, List<BrokerUnavailableException> closedWays) {
    StringBuilder text = new StringBuilder();
    text.append(broker.name()).append(' ').append(broker.version());
    text.append(" (").append(broker.provisioning().label()).append(')');
    for (int i = 0; i < closedWays.size(); i++) {
      text.append(i == 0 ? "; not " : "; nor ").append(closedWays.get(i).getMessage());
    }
    return text.toString();
  }

  private static BrokerUnavailableException none(
      String name, List<BrokerUnavailableException> closedWays) {
    StringBuilder text = new StringBuilder("There is no " + name + " broker to be had:");
    closedWays.forEach(way -> text.append("\n  ").append(way.getMessage()));
    BrokerUnavailableException failure = new BrokerUnavailableException(text.toString());
    closedWays.forEach(failure::addSuppressed);
    return failure;
  }

  /**
   * The broker of that kind which all tests of this JVM share, with this JVM's settings; started
   * when it is first asked for and ended with the JVM. Whoever takes it down has to bring it up
   * again before others use it.
   *
   * @throws BrokerException as {@link #start(String)}; asking again tries again
   */
  public static BrokerHandle shared(String name) {
    return SharedBrokers.get(name);
  }
}
