package io.anymq.tck.broker;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The brokers that a whole JVM shares. {@link LiveBrokers} ends them. */
final class SharedBrokers {

  private static final Map<String, BrokerHandle> BROKERS = new ConcurrentHashMap<>();

  private SharedBrokers() {}

  /**
   * Brokers of different kinds may start at the same time; of one kind and version there is only
   * one.
   */
  static BrokerHandle get(String name) {
    return BROKERS.computeIfAbsent(
        name, each -> new Shared(BrokerProvisioner.system().start(each)));
  }

  /** Passes everything on but the close. */
  private record Shared(BrokerHandle broker) implements BrokerHandle {

    @Override
    public String name() {
      return broker.name();
    }

    @Override
    public Provisioning provisioning() {
      return broker.provisioning();
    }

    @Override
    public String version() {
      return broker.version();
    }

    @Override
    public String url() {
      return broker.url();
    }

    @Override
    public String proxiedUrl() {
      return broker.proxiedUrl();
    }

    @Override
    public Optional<String> managementUrl() {
      return broker.managementUrl();
    }

    @Override
    public Set<BrokerControl> controls() {
      return broker.controls();
    }

    @Override
    public void kill() {
      broker.kill();
    }

    @Override
    public void stop() {
      broker.stop();
    }

    @Override
    public void pause() {
      broker.pause();
    }

    @Override
    public void resume() {
      broker.resume();
    }

    @Override
    public void restart() {
      broker.restart();
    }

    @Override
    public void ensureUp() {
      broker.ensureUp();
    }

    @Override
    public void cutNetwork() {
      broker.cutNetwork();
    }

    @Override
    public void swallowRequests() {
      broker.swallowRequests();
    }

    @Override
    public void swallowAnswers() {
      broker.swallowAnswers();
    }

    @Override
    public void restoreNetwork() {
      broker.restoreNetwork();
    }

    @Override
    public String logTail() {
      return broker.logTail();
    }

    @Override
    public void close() {
      // Others use it still; it ends with the JVM.
    }
  }
}
