package io.anymq.tck.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.testcontainers.DockerClientFactory;

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
  private static final String IMAGE = "apache/kafka:4.4.0";
  private static final String CLUSTER = "AnyMQ-test-cluster-AAA";
  private static final int PROXIED_PORT = 9094;
  private static final int CONTROLLER_PORT = 9093;
  private static final String CONTAINER_SETTINGS = "/tmp/anymq.properties";
  private static final String CONTAINER_DATA = "/tmp/anymq-data";
  private static final int DEFAULT_PORT = 9092;
  private static final String PROXIED = "proxied";
  private static final String MAIN = "io.anymq.tck.broker.kafka.KafkaBrokerMain";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(
        ExternalBroker.strategy(DEFAULT_PORT, KafkaProbe::new, false),
        new ContainerStrategy(IMAGE, KafkaSupport::container),
        new LocalJvm());
  }

  /** The URL for a bootstrap server. */
  static String url(String host, int port) {
    return "kafka://" + host + ":" + port;
  }

  /**
   * What a lone node needs: one replica of everything, few partitions for the internal topics
   * because each costs time when it is made, no wait for further members of a group nor for the
   * session of a broker that was killed, and no topic that springs up because somebody mistyped a
   * name.
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
    // A member that was cut off holds its group this long: 45 s by default, which no test waits
    // for.
    settings.put("group.share.min.session.timeout.ms", "4000");
    settings.put("group.share.session.timeout.ms", "4000");
    settings.put("group.share.min.heartbeat.interval.ms", "1000");
    settings.put("group.share.heartbeat.interval.ms", "1000");
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "200");
    settings.put("auto.create.topics.enable", "false");
    return settings;
  }

  /** The listeners: which ports to bind, on which interface, and what to tell clients. */
  private static Map<String, String> listeners(
      String bind,
      int direct,
      int proxied,
      int controller,
      String advertised,
      int advertisedPort,
      int proxyPort) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners",
        "DIRECT://%1$s:%2$d,PROXIED://%1$s:%3$d,CONTROLLER://127.0.0.1:%4$d"
            .formatted(bind, direct, proxied, controller));
    settings.put(
        "advertised.listeners",
        "DIRECT://%s:%d,PROXIED://127.0.0.1:%d".formatted(advertised, advertisedPort, proxyPort));
    return settings;
  }

  private static ContainerBroker.Spec container(BrokerRequest request, BrokerPlace place) {
    requireNoCredentials(request);
    Map<String, String> settings = loneNode();
    String host = DockerClientFactory.instance().dockerHostIpAddress();
    settings.putAll(
        listeners(
            "0.0.0.0",
            DEFAULT_PORT,
            PROXIED_PORT,
            CONTROLLER_PORT,
            host,
            place.port(BrokerPlace.CLIENTS),
            place.proxyPort()));
    settings.put("log.dirs", CONTAINER_DATA);
    settings.putAll(request.options().settings());
    String script =
        "cd /opt/kafka/bin && { [ -f %1$s/meta.properties ] || ./kafka-storage.sh format -t %2$s -c %3$s; } && exec ./kafka-server-start.sh %3$s"
            .formatted(CONTAINER_DATA, CLUSTER, CONTAINER_SETTINGS);
    return new ContainerBroker.Spec(
        NAME,
        place,
        Map.of(BrokerPlace.CLIENTS, DEFAULT_PORT, PROXIED, PROXIED_PORT),
        List.of("sh", "-c", script),
        Map.of(CONTAINER_SETTINGS, lines(settings)),
        KafkaSupport::url,
        PROXIED,
        (address, log) -> new KafkaProbe(address).then(() -> release(log.text())));
  }

  private static String release(String log) throws IOException {
    Matcher matcher = RELEASE.matcher(log);
    if (!matcher.find()) {
      throw new IOException("The broker's log does not name its version yet");
    }
    return matcher.group(1);
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
                  new KafkaProbe(PortReservation.loopback(place.port(BrokerPlace.CLIENTS)))
                      .then(JvmBroker.logLine(place, RELEASE)))
          .start();
    }

    private static Path writeSettings(BrokerPlace place, BrokerRequest request) {
      Map<String, String> settings = loneNode();
      int direct = place.port(BrokerPlace.CLIENTS);
      settings.putAll(
          listeners(
              "127.0.0.1",
              direct,
              place.port(PROXIED),
              place.port("controller"),
              "127.0.0.1",
              direct,
              place.proxyPort()));
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
