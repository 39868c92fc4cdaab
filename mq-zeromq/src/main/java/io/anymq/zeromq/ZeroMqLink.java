package io.anymq.zeromq;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.Browsing;
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
import io.anymq.spi.TemporaryQueues;
import io.anymq.spi.TopicPatterns;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One session with a hub. */
final class ZeroMqLink
    implements Link, DepthQuery, Purger, AtomicCommit, Browsing, TopicPatterns, TemporaryQueues {

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
    Await.requireNoInterrupt();
    LinkLoop loop = Uninterrupted.call(() -> loop(address, request));
    return new ZeroMqLink(loop, request, loop.connect());
  }

  private static LinkLoop loop(HubAddress address, LinkRequest request) {
    if (address.transport() != HubAddress.Transport.INPROC) {
      return loop(address, request, new SharedContext(), () -> {});
    }
    InprocHubs.Lease lease = InprocHubs.lease(address.rest());
    return loop(address, request, lease.context(), lease::release);
  }

  /** Without files or threads left, what an attempt has taken must not stay taken. */
  private static LinkLoop loop(
      HubAddress address, LinkRequest request, SharedContext context, Runnable afterwards) {
    try {
      return new LinkLoop(address, request, context, afterwards);
    } catch (Throwable e) {
      context.release();
      afterwards.run();
      throw e;
    }
  }

  /** For tests that hold its I/O thread up. */
  LinkLoop loop() {
    return loop;
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
            Capability.SHARED_SUBSCRIPTIONS,
            Capability.TOPIC_PATTERNS,
            Capability.TEMPORARY_QUEUES,
            Capability.PRIORITY,
            Capability.DELIVERY_DELAY,
            Capability.REDELIVERY_DELAY,
            Capability.BOUNDED_QUEUES,
            Capability.KEY_ORDERING,
            Capability.BROWSE,
            Capability.PURGE,
            Capability.QUEUE_DEPTH,
            Capability.IN_FLIGHT_COUNT)) {
      support.put(capability, Support.NATIVE);
    }
    if (hub.extensions().contains(Wire.DURABLE)) {
      support.put(Capability.PERSISTENCE, Support.NATIVE);
    }
    if (hub.extensions().contains(Wire.SELECTORS)) {
      support.put(Capability.QUEUE_SELECTORS, Support.NATIVE);
      support.put(Capability.TOPIC_SELECTORS, Support.NATIVE);
    }
    if (hub.extensions().contains(Wire.REPLAY)) {
      support.put(Capability.REPLAY, Support.NATIVE);
    }
    if (hub.extensions().contains(Wire.EXPIRY)) {
      support.put(Capability.TIME_TO_LIVE, Support.NATIVE);
    }
    return support;
  }

  @Override
  public Map<Capability, String> advice() {
    return Map.of(
        Capability.PERSISTENCE,
        "give the hub a data directory (--data DIR); a hub inside the JVM has none");
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
      Queue queue = from.queue();
      return open(new Opening(queue, nameOf(queue), Wire.FROM_QUEUE, ""), request, sink);
    }
    if (request.source() instanceof Source.OfTopic from) {
      Topic topic = from.topic();
      return open(Opening.of(topic, nameOf(topic), 0, from.terms()), request, sink);
    }
    Source.OfPattern from = (Source.OfPattern) request.source();
    String expression = from.pattern().expression();
    return open(Opening.of(null, expression, Wire.OF_PATTERN, from.terms()), request, sink);
  }

  /** What OPEN_CONSUMER says; there is no one destination for a pattern. */
  private record Opening(
      @Nullable Destination destination, String name, int kind, String subscription) {

    static Opening of(@Nullable Topic topic, String name, int mark, Source.Terms terms) {
      int kind =
          terms.shared()
              ? terms.durable()
                  ? Wire.FROM_SHARED_DURABLE_SUBSCRIPTION
                  : Wire.FROM_SHARED_SUBSCRIPTION
              : terms.durable() ? Wire.FROM_DURABLE_SUBSCRIPTION : Wire.FROM_SUBSCRIPTION;
      boolean named = terms.shared() || terms.durable();
      return new Opening(topic, name, mark | kind, named ? terms.name().orElseThrow() : "");
    }
  }

  private LinkConsumer open(Opening what, ConsumerRequest request, DeliverySink sink) {
    OpenTerms.Asked terms = OpenTerms.asked(request, hub.extensions());
    boolean withTerms = terms.isAnything();
    int marks = (request.keyOrdered() ? Wire.KEY_ORDERED : 0) | (withTerms ? Wire.WITH_TERMS : 0);
    ZeroMqConsumer consumer =
        new ZeroMqConsumer(
            loop, consumerIds.incrementAndGet(), what.destination(), names, hub.extensions(), sink);
    Ask ask =
        new Ask(
            Wire.OPEN_CONSUMER,
            out -> {
              out.i32(consumer.id())
                  .u8(what.kind() | marks)
                  .text(what.name())
                  .text(what.subscription())
                  .i32(request.prefetch());
              if (withTerms) {
                terms.write(out);
              }
            });
    Await.requireNoInterrupt();
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
    if (cause instanceof MessagingTimeoutException || cause.code() == ErrorCode.INTERRUPTED) {
      loop.submit(new Ask(Wire.CLOSE_CONSUMER, out -> out.i32(consumer.id())));
    }
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    if (!options.prioritized() && options.maxLength().isEmpty()) {
      ask(Wire.DECLARE, destination);
      return;
    }
    QueueTerms terms = new QueueTerms(options.prioritized(), options.maxLength().orElse(0));
    try {
      loop.ask(new Ask(Wire.DECLARE_QUEUE, out -> terms.write(out.text(nameOf(destination)))));
    } catch (MessagingException e) {
      // The one thing that the hub calls a wrong argument here: the queue has other options.
      throw e.code() == ErrorCode.ILLEGAL_USE
          ? new InvalidOptionException(String.valueOf(e.getMessage()), e)
          : e;
    }
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
    return loop.ask(about(opcode, destination, names));
  }

  /** A question that changes nothing, and that the hub answers behind what it was told before. */
  static Ask exists(Destination destination, NativeNames names) {
    return about(Wire.EXISTS, destination, names);
  }

  private static Ask about(int opcode, Destination destination, NativeNames names) {
    return new Ask(
        opcode, out -> out.u8(MessageCodec.kind(destination)).text(nameOf(destination, names)));
  }

  @Override
  public void unsubscribe(Topic topic, String name) {
    loop.ask(new Ask(Wire.UNSUBSCRIBE, out -> out.text(nameOf(topic)).text(name)));
  }

  @Override
  public void unsubscribe(TopicPattern pattern, String name) {
    loop.ask(new Ask(Wire.UNSUBSCRIBE_PATTERN, out -> out.text(pattern.expression()).text(name)));
  }

  @Override
  public void declareTemporary(Queue queue) {
    loop.ask(new Ask(Wire.DECLARE_TEMPORARY, out -> out.text(nameOf(queue))));
  }

  @Override
  public QueueDepth depth(Queue queue) {
    WireReader answer = loop.ask(new Ask(Wire.DEPTH, out -> out.text(nameOf(queue))));
    return Await.read(
        answer,
        in -> {
          long ready = in.i64();
          return QueueDepth.of(ready, in.i64(), true);
        });
  }

  @Override
  public QueueBrowser browse(Queue queue) {
    return new ZeroMqBrowser(loop, queue, nameOf(queue));
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
    return nameOf(destination, names);
  }

  /** The hub's name for a destination. */
  static String nameOf(Destination destination, NativeNames names) {
    String name = names.of(destination).orElse(destination.name());
    if (name.length() > Wire.MAX_NAME_CHARS) {
      throw new InvalidDestinationException(
          "The native name of %s has %d characters, and the hub takes %d"
              .formatted(destination, name.length(), Wire.MAX_NAME_CHARS));
    }
    return name;
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
