package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.ErrorCode;
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
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  static final Duration PATIENCE = Duration.ofSeconds(20);

  static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(10);

  private Links() {}

  /** What a link is asked for; the user and the password are taken out of the URL. */
  static LinkRequest request(String url, Options options, BlockingQueue<MessagingException> lost) {
    return request(url, options, NativeNames.none(), lost);
  }

  static LinkRequest request(
      String url, Options options, NativeNames names, BlockingQueue<MessagingException> lost) {
    URI uri = URI.create(url);
    Optional<String> userInfo = Optional.ofNullable(uri.getUserInfo());
    String address = "//" + uri.getHost() + ":" + uri.getPort() + uri.getRawPath();
    BrokerUrl parsed =
        new BrokerUrl(
            uri.getScheme(),
            address,
            userInfo.map(text -> text.split(":", 2)[0]),
            userInfo.map(text -> text.split(":", 2)[1]));
    return new LinkRequest(parsed, bounded(options), names, lost::add);
  }

  private static Options bounded(Options options) {
    return options
        .with(ConnectionOptions.OPERATION_TIMEOUT, OPERATION_TIMEOUT)
        .with(ConnectionOptions.CONNECT_TIMEOUT, Duration.ofSeconds(10));
  }

  static RabbitLink open(String url) {
    return open(url, Options.none());
  }

  static RabbitLink open(String url, Options options) {
    return open(request(url, options, new LinkedBlockingQueue<>()));
  }

  static RabbitLink open(LinkRequest request) {
    return RabbitLink.open(request, new RabbitConnector(request));
  }

  static RabbitLink open(String url, Map<Destination, String> names) {
    return open(request(url, Options.none(), new NativeNames(names), new LinkedBlockingQueue<>()));
  }

  static Queue newQueue(RabbitLink link) {
    Queue queue = Queue.of("q." + UUID.randomUUID());
    link.declare(queue, QueueOptions.DEFAULT);
    return queue;
  }

  static Topic newTopic(RabbitLink link) {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    return topic;
  }

  /** Sends texts {@code 0}, {@code 1} … and waits until all are confirmed. */
  static void send(RabbitLink link, Destination destination, int count) throws Exception {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(text(String.valueOf(i)));
    }
    send(link, destination, messages);
  }

  static void send(RabbitLink link, Destination destination, List<Message> messages)
      throws Exception {
    LinkProducer producer = link.openProducer(destination, cause -> {});
    List<Sent> sent = new ArrayList<>();
    for (Message message : messages) {
      sent.add(send(producer, message));
    }
    for (Sent message : sent) {
      message.await();
    }
    producer.close();
  }

  static Sent send(LinkProducer producer, Message message) {
    Sent sent = new Sent(message);
    producer.send(sent);
    return sent;
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

  static Received consume(RabbitLink link, Source source, int prefetch) {
    return consume(link, new ConsumerRequest(source, prefetch, Optional.empty(), false));
  }

  static Received consume(RabbitLink link, ConsumerRequest request) {
    Received received = new Received();
    received.consumer = link.openConsumer(request, received);
    return received;
  }

  /**
   * Consumes as the core does again after a loss: a source that a consumer still seems to have is
   * asked for until it is free.
   */
  static Received consumeWhenFree(RabbitLink link, ConsumerRequest request) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return consume(link, request);
      } catch (MessagingException e) {
        if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /** What a consumer held is ready again a moment after its close. */
  static void awaitDepth(RabbitLink link, Queue queue, long expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long seen = link.depth(queue).atRest();
    while (seen != expected && System.nanoTime() < deadline) {
      seen = link.depth(queue).atRest();
    }
    assertThat(seen).as("depth of %s within %s", queue, PATIENCE).isEqualTo(expected);
  }

  /** A message on its way, whose outcome can be waited for. */
  static final class Sent implements OutboundMessage {
    private final Message message;
    final CompletableFuture<Void> outcome = new CompletableFuture<>();

    Sent(Message message) {
      this.message = message;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void confirmed() {
      if (!outcome.complete(null)) {
        throw new AssertionError("A second outcome was told");
      }
    }

    @Override
    public void failed(MessagingException cause) {
      if (!outcome.completeExceptionally(cause)) {
        throw new AssertionError("A second outcome was told", cause);
      }
    }

    void await() throws ExecutionException, InterruptedException, TimeoutException {
      outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** How it failed. */
    Throwable failure() throws InterruptedException, TimeoutException {
      try {
        await();
      } catch (ExecutionException e) {
        return Objects.requireNonNull(e.getCause());
      }
      throw new AssertionError("The send was confirmed");
    }
  }

  /**
   * A dead letter on its way.
   *
   * @param sent the letter, with its marks
   * @param of what was delivered
   */
  record Letter(Sent sent, InboundDelivery of) implements OutboundMessage {
    @Override
    public Message message() {
      return sent.message();
    }

    @Override
    public Optional<InboundDelivery> origin() {
      return Optional.of(of);
    }

    @Override
    public void confirmed() {
      sent.confirmed();
    }

    @Override
    public void failed(MessagingException cause) {
      sent.failed(cause);
    }
  }

  /** What a consumer was handed. */
  static final class Received implements DeliverySink {
    final BlockingQueue<InboundDelivery> deliveries = new LinkedBlockingQueue<>();
    final CompletableFuture<MessagingException> broken = new CompletableFuture<>();
    private @Nullable LinkConsumer consumer;

    @Override
    public void deliver(List<? extends InboundDelivery> arrived) {
      deliveries.addAll(arrived);
    }

    @Override
    public void broken(MessagingException cause) {
      broken.complete(cause);
    }

    LinkConsumer consumer() {
      return Objects.requireNonNull(consumer);
    }

    InboundDelivery next() throws InterruptedException {
      InboundDelivery next = deliveries.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("No delivery came within " + PATIENCE);
      }
      return next;
    }

    List<InboundDelivery> next(int count) throws InterruptedException {
      List<InboundDelivery> all = new ArrayList<>();
      while (all.size() < count) {
        all.add(next());
      }
      return all;
    }

    void accept(InboundDelivery... some) {
      consumer().settle(Outcome.ACCEPT, List.of(some));
    }

    MessagingException awaitBroken() throws Exception {
      return broken.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
