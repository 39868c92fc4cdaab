package io.anymq.tck.broker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * ActiveMQ Classic: a persistent broker with scheduler and statistics, on one OpenWire connector.
 */
final class ActiveMqSupport implements BrokerSupport {

  static final String NAME = "activemq";
  private static final String IMAGE = "apache/activemq-classic:6.3.1";
  private static final String CONTAINER_SETTINGS = "/opt/apache-activemq/conf/anymq.xml";
  private static final int DEFAULT_PORT = 61616;
  private static final String MAIN = "io.anymq.tck.broker.activemq.ActiveMqBrokerMain";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(
        ExternalBroker.strategy(DEFAULT_PORT, OpenWireProbe::new, true),
        new ContainerStrategy(IMAGE, ActiveMqSupport::container),
        new LocalJvm());
  }

  static String url(String host, int port) {
    return "activemq:tcp://" + host + ":" + port;
  }

  /**
   * With settings of our own in place of the image's, which the image edits when it starts and
   * which have neither scheduler nor statistics.
   */
  private static ContainerBroker.Spec container(BrokerRequest request, BrokerPlace place) {
    return new ContainerBroker.Spec(
        NAME,
        place,
        Map.of(BrokerPlace.CLIENTS, DEFAULT_PORT),
        List.of("activemq", "console", "xbean:file:" + CONTAINER_SETTINGS),
        Map.of(CONTAINER_SETTINGS, springSettings(request.options())),
        ActiveMqSupport::url,
        BrokerPlace.CLIENTS,
        (address, log) -> new OpenWireProbe(address));
  }

  private static String springSettings(BrokerOptions options) {
    Map<String, String> settings = options.settings();
    String statistics =
        settings.getOrDefault("statistics", "true").equals("true")
            ? "<statisticsBrokerPlugin/>"
            : "";
    return """
        <beans xmlns="http://www.springframework.org/schema/beans"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="http://www.springframework.org/schema/beans
              http://www.springframework.org/schema/beans/spring-beans.xsd
              http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
          <broker xmlns="http://activemq.apache.org/schema/core" brokerName="anymq" useJmx="false"
              dataDirectory="/opt/apache-activemq/data" persistent="%s" schedulerSupport="%s">
            <plugins>%s%s</plugins>
            <transportConnectors>
              <transportConnector name="openwire" uri="tcp://0.0.0.0:%d"/>
            </transportConnectors>
          </broker>
        </beans>
        """
        .formatted(
            settings.getOrDefault("persistent", "true"),
            settings.getOrDefault("scheduler", "true"),
            statistics,
            account(options.credentials()),
            DEFAULT_PORT);
  }

  private static String account(BrokerOptions.@Nullable Credentials only) {
    if (only == null) {
      return "";
    }
    return "<simpleAuthenticationPlugin><users><authenticationUser username=\"%s\" password=\"%s\" groups=\"users\"/></users></simpleAuthenticationPlugin>"
        .formatted(escape(only.user()), escape(only.password()));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private static final class LocalJvm implements BrokerStrategy {

    @Override
    public Provisioning provisioning() {
      return Provisioning.LOCAL_PROCESS;
    }

    @Override
    public BrokerHandle start(BrokerRequest request) {
      return local(
          NAME,
          MAIN,
          request,
          place -> new OpenWireProbe(PortReservation.loopback(place.port(BrokerPlace.CLIENTS))));
    }
  }

  /** A broker with an OpenWire connector, in a JVM of its own. */
  static BrokerHandle local(
      String name, String main, BrokerRequest request, Function<BrokerPlace, BrokerProbe> probe) {
    List<Path> classPath = new BrokerJars(request).classPath();
    return JvmBroker.named(name)
        .mainClass(main)
        .classPath(classPath)
        .arguments(place -> List.of(writeSettings(place, request).toString()))
        .url(port -> url(accountInUrl(request) + "127.0.0.1", port))
        .probe(probe)
        .start();
  }

  /** The user and the password in the form of a URL, where the broker asks for them. */
  private static String accountInUrl(BrokerRequest request) {
    BrokerOptions.Credentials only = request.options().credentials();
    return only == null ? "" : encode(only.user()) + ":" + encode(only.password()) + "@";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Path writeSettings(BrokerPlace place, BrokerRequest request) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("connector", "tcp://127.0.0.1:" + place.port(BrokerPlace.CLIENTS));
    settings.put("data", place.directory().resolve("data").toString());
    BrokerOptions.Credentials credentials = request.options().credentials();
    if (credentials != null) {
      settings.put("user", credentials.user());
      settings.put("password", credentials.password());
    }
    settings.putAll(request.options().settings());
    return place.write("broker.properties", KafkaSupport.lines(settings));
  }
}
