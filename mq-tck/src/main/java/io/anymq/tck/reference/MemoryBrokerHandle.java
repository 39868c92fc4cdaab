package io.anymq.tck.reference;

import io.anymq.tck.broker.BrokerControl;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.Provisioning;
import java.util.EnumSet;
import java.util.Set;

/** A broker in memory that can be hurt like a real one. */
final class MemoryBrokerHandle implements BrokerHandle {

  private static final String PROXY = "proxy";

  private final String name;
  private final MemoryBroker broker;

  MemoryBrokerHandle(String name) {
    this.name = name;
    this.broker = MemoryBroker.named(name);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Provisioning provisioning() {
    return Provisioning.EMBEDDED;
  }

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public String url() {
    return "memory:" + name;
  }

  @Override
  public String proxiedUrl() {
    return url() + "/" + PROXY;
  }

  @Override
  public Set<BrokerControl> controls() {
    return EnumSet.allOf(BrokerControl.class);
  }

  @Override
  public void kill() {
    broker.stop();
  }

  @Override
  public void stop() {
    broker.stop();
  }

  @Override
  public void pause() {
    broker.freeze();
  }

  @Override
  public void resume() {
    broker.thaw();
  }

  @Override
  public void restart() {
    broker.stop();
    broker.start();
  }

  @Override
  public void ensureUp() {
    broker.start();
  }

  @Override
  public void cutNetwork() {
    broker.cut(PROXY);
  }

  @Override
  public void swallowRequests() {
    broker.swallowRequests(PROXY);
  }

  @Override
  public void swallowAnswers() {
    broker.swallowAnswers(PROXY);
  }

  @Override
  public void restoreNetwork() {
    broker.restore(PROXY);
  }

  @Override
  public String logTail() {
    return "";
  }

  @Override
  public void close() {
    broker.remove();
  }
}
