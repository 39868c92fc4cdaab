package io.anymq.core;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionListener;
import io.anymq.ConnectionOptions;
import io.anymq.Option;
import io.anymq.Options;
import io.anymq.Support;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A backend whose links a test scripts: it makes {@link FakeLink}s, and refuses when told to. */
final class FakeBackend implements Backend {

  final List<FakeLink> links = new CopyOnWriteArrayList<>();

  /** What the next attempts to connect throw, one each. */
  final Queue<RuntimeException> refusals = new ConcurrentLinkedQueue<>();

  final Map<Capability, Support> capabilities = new EnumMap<>(Capability.class);
  Function<LinkRequest, FakeLink> maker = request -> new FakeLink(this, request);

  FakeBackend() {
    for (Capability each : Capability.values()) {
      capabilities.put(each, Support.NATIVE);
    }
    capabilities
        .keySet()
        .removeAll(Set.of(Capability.ATOMIC_TRANSACTIONS, Capability.TRANSACTIONS));
  }

  /** Options for a quick test: pauses of a millisecond, and time-outs that a test reaches. */
  static Options quick() {
    return Options.none()
        .with(ConnectionOptions.RECOVERY_MIN_PAUSE, Duration.ofMillis(1))
        .with(ConnectionOptions.RECOVERY_MAX_PAUSE, Duration.ofMillis(5))
        .with(ConnectionOptions.CLOSE_TIMEOUT, Duration.ofSeconds(20));
  }

  DefaultConnectionFactory factory(Options options) {
    BrokerUrl url = new BrokerUrl("fake", "//host", Optional.empty(), Optional.empty());
    return new DefaultConnectionFactory(this, url, options, NativeNames.none(), Set.of());
  }

  CoreConnection connect(Options options) {
    return connect(options, (connection, state, cause) -> {});
  }

  CoreConnection connect(Options options, ConnectionListener listener) {
    Connection connection = factory(options).connect(listener);
    return (CoreConnection) connection;
  }

  CoreConnection connect() {
    return connect(quick());
  }

  FakeLink link() {
    return links.get(links.size() - 1);
  }

  /** Waits for the link with this number, from 0. */
  FakeLink link(int number) {
    Eventually.until("link " + number, () -> links.size() > number);
    return links.get(number);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("fake");
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public void validate(BrokerUrl url) {}

  @Override
  public Link connect(LinkRequest request) {
    RuntimeException refusal = refusals.poll();
    if (refusal != null) {
      throw refusal;
    }
    FakeLink link = maker.apply(request);
    links.add(link);
    return link;
  }
}
