package io.anymq.zeromq;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Purger;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/** One session with a hub. */
final class ZeroMqLink implements Link, DepthQuery, Purger, AtomicCommit {

  private final LinkLoop loop;
  private final NativeNames names;
  private final LinkCommits commits;
  private final Welcome hub;
  private final AtomicInteger consumerIds = new AtomicInteger();

  private ZeroMqLink(LinkLoop loop, LinkRequest request, Welcome hub) {
    this.loop = loop;
    this.names = request.names();
    this.hub = hub;
    this.commits = new LinkCommits(loop, names, hub.maxMessageBytes());
  }

  static ZeroMqLink connect(HubAddress address, LinkRequest request) {
    LinkLoop loop = loop(address, request);
    return new ZeroMqLink(loop, request, loop.connect());
  }

  private static LinkLoop loop(HubAddress address, LinkRequest request) {
    if (address.transport() != HubAddress.Transport.INPROC) {
      return new LinkLoop(address, request, new SharedContext(), () -> {});
    }
    InprocHubs.Lease lease = InprocHubs.lease(address.rest());
    return new LinkLoop(address, request, lease.context(), lease::release);
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo(ZeroMqBackend.NAME, hub.version(), Version.jeromq());
  }

  @Override
  public Map<Capability, Support> capabilities() {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    for (Capability capability :
        List.of(
            Capability.ATOMIC_TRANSACTIONS,
            Capability.DELIVERY_COUNT,
            Capability.DURABLE_SUBSCRIPTIONS,
            Capability.PURGE,
            Capability.QUEUE_DEPTH,
            Capability.IN_FLIGHT_COUNT)) {
      support.put(capability, Support.NATIVE);
    }
    return support;
  }

  @Override
  public Dispatch dispatch() {
    return Dispatch.HAND_OFF;
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener listener) {
    return new ZeroMqProducer(loop, destination, nameOf(destination), hub.maxMessageBytes());
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink) {
    if (request.source() instanceof Source.OfQueue from) {
      return open(Wire.FROM_QUEUE, from.queue(), "", request.prefetch(), sink);
    }
    if (request.source() instanceof Source.OfTopic from) {
      Source.Terms terms = from.terms();
      int source = terms.durable() ? Wire.FROM_DURABLE_SUBSCRIPTION : Wire.FROM_SUBSCRIPTION;
      String name = terms.durable() ? terms.name().orElseThrow() : "";
      return open(source, from.topic(), name, request.prefetch(), sink);
    }
    throw new UnsupportedCapabilityException("The hub has no subscriptions to patterns");
  }

  private LinkConsumer open(
      int source, Destination destination, String subscription, int prefetch, DeliverySink sink) {
    ZeroMqConsumer consumer =
        new ZeroMqConsumer(loop, consumerIds.incrementAndGet(), destination, sink);
    Ask ask =
        new Ask(
            Wire.OPEN_CONSUMER,
            out ->
                out.i32(consumer.id())
                    .u8(source)
                    .text(nameOf(destination))
                    .text(subscription)
                    .i32(prefetch));
    loop.submit(protocol -> protocol.add(consumer));
    try {
      loop.ask(ask);
      return consumer;
    } catch (MessagingException e) {
      abandon(consumer, e);
      throw e;
    }
  }

  /** After a time-out, or an interrupt, the hub may have opened it. */
  private void abandon(ZeroMqConsumer consumer, MessagingException cause) {
    loop.submit(protocol -> protocol.remove(consumer));
    if (cause instanceof MessagingTimeoutException || Thread.currentThread().isInterrupted()) {
      loop.submit(new Ask(Wire.CLOSE_CONSUMER, out -> out.i32(consumer.id())));
    }
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    ask(Wire.DECLARE, destination);
  }

  @Override
  public void delete(Destination destination) {
    ask(Wire.DELETE, destination);
  }

  @Override
  public boolean exists(Destination destination) {
    return Await.read(ask(Wire.EXISTS, destination), in -> in.u8() == 1);
  }

  private WireReader ask(int opcode, Destination destination) {
    return loop.ask(
        new Ask(opcode, out -> out.u8(MessageCodec.kind(destination)).text(nameOf(destination))));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    loop.ask(new Ask(Wire.UNSUBSCRIBE, out -> out.text(nameOf(topic)).text(name)));
  }

  @Override
  public QueueDepth depth(Queue queue) {
    WireReader answer = loop.ask(new Ask(Wire.DEPTH, out -> out.text(nameOf(queue))));
    return Await.read(
        answer,
        in -> {
          long ready = in.i64();
          long inFlight = in.i64();
          return new QueueDepth(
              ready + inFlight,
              QueueDepth.Counting.READY_AND_IN_FLIGHT,
              OptionalLong.of(inFlight),
              true,
              Instant.now());
        });
  }

  @Override
  public void purge(Queue queue) {
    loop.ask(new Ask(Wire.PURGE, out -> out.text(nameOf(queue))));
  }

  @Override
  public void commit(List<Send> sends, List<Accept> accepts) {
    commits.commit(sends, accepts);
  }

  private String nameOf(Destination destination) {
    return names.of(destination).orElse(destination.name());
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return Optional.empty();
  }

  @Override
  public void close(Duration timeout) {
    loop.close(timeout);
  }
}
