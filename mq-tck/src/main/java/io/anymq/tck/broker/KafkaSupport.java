package io.anymq.tck.broker;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kafka: one node that is broker and controller.
 *
 * <p>Clients are sent on to the address that the broker advertises, so a proxy in front needs a
 * listener of its own that advertises the proxy's port; {@code DIRECT} and {@code PROXIED} are
 * those two.
 */
final class KafkaSupport implements BrokerSupport {

  static final String NAME = "kafka";
  static final Pattern RELEASE = Pattern.compile("Kafka version: (\\S+)");
  private static final String PROXIED = "proxied";
  private static final String MAIN = "io.anymq.tck.broker.kafka.KafkaBrokerMain";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(new LocalJvm());
  }

  /** The URL for a bootstrap server. */
  static String url(String host, int port) {
    return "kafka://" + host + ":" + port;
  }

  /**
   * What a lone node needs: one replica of everything, few partitions for the internal topics
   * because each costs time when it is made, no wait for further members of a group, and no topic
   * that springs up because somebody mistyped a name.
   */
  static Map<String, String> loneNode() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put(
        "listener.security.protocol.map",
        "DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "DIRECT");
    settings.put("controller.listener.names", "CONTROLLER");
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(topic + ".replication.factor", "1");
      settings.put(topic + ".num.partitions", "3");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "200");
    settings.put("auto.create.topics.enable", "false");
    return settings;
  }

  static void requireNoCredentials(BrokerRequest request) {
    if (request.options().credentials() != null) {
      throw new IllegalArgumentException(
          "The kit's Kafka broker has no accounts: leave the credentials out");
    }
  }

  private static final class LocalJvm implements BrokerStrategy {

    @Override
    public Provisioning provisioning() {
      return Provisioning.LOCAL_PROCESS;
    }

    @Override
    public BrokerHandle start(BrokerRequest request) {
      requireNoCredentials(request);
      List<Path> classPath = new BrokerJars(request).classPath();
      return JvmBroker.named(NAME)
          .mainClass(MAIN)
          .classPath(classPath)
          .arguments(place -> List.of(writeSettings(place, request).toString()))
          .url(port -> url("127.0.0.1", port))
          .proxied(PROXIED)
          .probe(
              place ->
                  new KafkaProbe(
                      PortReservation.loopback(place.port(BrokerPlace.CLIENTS)),
                      JvmBroker.logLine(place, RELEASE)))
          .start();
    }

    private static Path writeSettings(BrokerPlace place, BrokerRequest request) {
      int direct = place.port(BrokerPlace.CLIENTS);
      int controller = place.port("controller");
      Map<String, String> settings = loneNode();
      settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
      settings.put(
          "listeners",
          "DIRECT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
              .formatted(direct, place.port(PROXIED), controller));
      settings.put(
          "advertised.listeners",
          "DIRECT://127.0.0.1:%d,PROXIED://127.0.0.1:%d".formatted(direct, place.proxyPort()));
      settings.put("log.dirs", place.directory().resolve("data").toString());
      settings.putAll(request.options().settings());
      return place.write("server.properties", lines(settings));
    }
  }

  static String lines(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().replace("\\", "\\\\"))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
