package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Drives links as the core does. */
final class Links {

  /** Far more than anything here takes on a slow machine. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private Links() {}

  static LinkRequest request(String url, BlockingQueue<MessagingException> lost) {
    return request(url, Options.none(), lost);
  }

  static LinkRequest request(String url, Options options, BlockingQueue<MessagingException> lost) {
    BrokerUrl parsed =
        new BrokerUrl(
            "activemq", url.substring("activemq:".length()), Optional.empty(), Optional.empty());
    Options bounded = options.with(ConnectionOptions.OPERATION_TIMEOUT, Duration.ofSeconds(10));
    return new LinkRequest(parsed, bounded, NativeNames.none(), lost::add);
  }

  static ActiveMqLink open(BrokerHandle broker) {
    return ActiveMqLink.open(request(broker.url(), new LinkedBlockingQueue<>()));
  }

  static Queue newQueue(ActiveMqLink link) {
    Queue queue = Queue.of("q." + UUID.randomUUID());
    link.declare(queue, QueueOptions.DEFAULT);
    return queue;
  }

  static Topic newTopic(ActiveMqLink link) {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    return topic;
  }

  /** Sends texts {@code 0}, {@code 1} … and waits until all are confirmed. */
  static void send(ActiveMqLink link, Destination destination, int count) throws Exception {
    LinkProducer producer = link.openProducer(destination, cause -> {});
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Sent message = new Sent(text(String.valueOf(i)));
      sent.add(message);
      producer.send(message);
    }
    for (Sent message : sent) {
      message.await();
    }
    producer.close();
  }

  /** A broker counts what is in flight behind the write: a client may have it a moment before. */
  static void awaitInFlight(ActiveMqLink link, Queue queue, long expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    OptionalLong seen = link.depth(queue).inFlight();
    while (seen.orElse(-1) != expected) {
      assertThat(System.nanoTime())
          .as("the time until %s is in flight and not %s", expected, seen)
          .isLessThan(deadline);
      seen = link.depth(queue).inFlight();
    }
  }

  static Message text(String text) {
    return Message.text(text).toBuilder()
        .id(UUID.randomUUID().toString())
        .timestamp(Instant.now())
        .build();
  }

  static Source queue(Queue queue) {
    return new Source.OfQueue(queue);
  }

  static Source plain(Topic topic) {
    return new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false));
  }

  static Source durable(Topic topic, String name) {
    return new Source.OfTopic(topic, new Source.Terms(Optional.of(name), true, false));
  }

  static Received consume(ActiveMqLink link, Source source, int prefetch) {
    Received received = new Received();
    received.consumer =
        link.openConsumer(new ConsumerRequest(source, prefetch, Optional.empty(), false), received);
    return received;
  }

  /** A message on its way, whose outcome can be waited for. */
  static final class Sent implements OutboundMessage {
    private final Message message;
    final CompletableFuture<Void> outcome = new CompletableFuture<>();

    private final boolean repeated;

    Sent(Message message) {
      this(message, false);
    }

    Sent(Message message, boolean repeated) {
      this.message = message;
      this.repeated = repeated;
    }

    @Override
    public boolean repeated() {
      return repeated;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void confirmed() {
      outcome.complete(null);
    }

    @Override
    public void failed(MessagingException cause) {
      outcome.completeExceptionally(cause);
    }

    void await() throws ExecutionException, InterruptedException, TimeoutException {
      outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** What a consumer was handed. */
  static final class Received implements DeliverySink {
    final BlockingQueue<InboundDelivery> deliveries = new LinkedBlockingQueue<>();
    final CompletableFuture<MessagingException> broken = new CompletableFuture<>();
    @Nullable LinkConsumer consumer;

    @Override
    public void deliver(List<? extends InboundDelivery> delivered) {
      deliveries.addAll(delivered);
    }

    @Override
    public void broken(MessagingException cause) {
      broken.complete(cause);
    }

    LinkConsumer consumer() {
      if (consumer == null) {
        throw new IllegalStateException("It is being opened");
      }
      return consumer;
    }

    /** The next delivery, handed out; fails when none comes. */
    InboundDelivery next() throws InterruptedException {
      InboundDelivery next = deliveries.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("No delivery came within " + PATIENCE);
      }
      next.handedOut();
      return next;
    }

    List<InboundDelivery> next(int count) throws InterruptedException {
      List<InboundDelivery> taken = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        taken.add(next());
      }
      return taken;
    }
  }
}
