package io.anymq.bench;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.zeromq.ZeroMqHub;
import java.util.function.Consumer;

/**
 * A broker for one backend. ZeroMQ has none of its own, so a hub in this JVM stands for it, behind
 * loopback tcp: the processors are shared either way, and nothing has to be started.
 */
final class BenchBroker implements AutoCloseable {

  private final String url;
  private final Runnable end;

  private BenchBroker(String url, Runnable end) {
    this.url = url;
    this.end = end;
  }

  /**
   * Starts one.
   *
   * @throws io.anymq.tck.broker.BrokerException when there is none to be had
   */
  static BenchBroker start(
      BenchBackend backend, BrokerProvisioner brokers, Consumer<String> progress) {
    if (backend == BenchBackend.ZEROMQ) {
      ZeroMqHub hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
      progress.accept(backend.label() + " (a hub in this JVM, at " + hub.url() + ")");
      return new BenchBroker(hub.url(), hub::close);
    }
    BrokerHandle broker = brokers.start(backend.label());
    return new BenchBroker(broker.url(), broker::close);
  }

  /** The URL for a connection factory. */
  String url() {
    return url;
  }

  /** Ends it, with all it keeps. */
  @Override
  public void close() {
    end.run();
  }
}
