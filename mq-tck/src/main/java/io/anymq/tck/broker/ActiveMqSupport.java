package io.anymq.tck.broker;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ActiveMQ Classic: a persistent broker with scheduler and statistics, on one OpenWire connector.
 */
final class ActiveMqSupport implements BrokerSupport {

  static final String NAME = "activemq";
  private static final String MAIN = "io.anymq.tck.broker.activemq.ActiveMqBrokerMain";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(new LocalJvm());
  }

  static String url(String host, int port) {
    return "activemq:tcp://" + host + ":" + port;
  }

  private static final class LocalJvm implements BrokerStrategy {

    @Override
    public Provisioning provisioning() {
      return Provisioning.LOCAL_PROCESS;
    }

    @Override
    public BrokerHandle start(BrokerRequest request) {
      List<Path> classPath = new BrokerJars(request).classPath();
      return JvmBroker.named(NAME)
          .mainClass(MAIN)
          .classPath(classPath)
          .arguments(place -> List.of(writeSettings(place, request).toString()))
          .url(port -> url("127.0.0.1", port))
          .probe(
              place -> new OpenWireProbe(PortReservation.loopback(place.port(BrokerPlace.CLIENTS))))
          .start();
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
}
