package io.anymq.zeromq;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerPlace;
import io.anymq.tck.broker.BrokerRequest;
import io.anymq.tck.broker.BrokerStrategy;
import io.anymq.tck.broker.BrokerSupport;
import io.anymq.tck.broker.JvmBroker;
import io.anymq.tck.broker.Provisioning;
import java.util.List;
import java.util.regex.Pattern;

/** The hub for the kit: {@link HubMain} in a JVM of its own, with a data directory. */
public final class ZeroMqHubSupport implements BrokerSupport {

  private static final Pattern READY = Pattern.compile("anymq hub (\\S+) ready at ");

  /** Made by {@link java.util.ServiceLoader}. */
  public ZeroMqHubSupport() {}

  @Override
  public String name() {
    return ZeroMqBackend.NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(new HubProcess());
  }

  private static final class HubProcess implements BrokerStrategy {

    @Override
    public Provisioning provisioning() {
      return Provisioning.LOCAL_PROCESS;
    }

    @Override
    public BrokerHandle start(BrokerRequest request) {
      return JvmBroker.named(request.name())
          .mainClass(HubMain.class.getName())
          .classPath(JvmBroker.ownClassPath())
          .arguments(
              place ->
                  List.of(
                      "--bind",
                      "tcp://127.0.0.1:" + place.port(BrokerPlace.CLIENTS),
                      "--data",
                      place.directory().resolve("data").toString()))
          .url(port -> "zeromq:tcp://127.0.0.1:" + port)
          .probe(place -> JvmBroker.logLine(place, READY))
          .start();
    }
  }
}
