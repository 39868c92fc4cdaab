package io.anymq.kafka;

import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.kafka.KafkaOptions.SecurityProtocol;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** Drives links as the core does. */
final class Links {

  /** Far more than anything here takes on a slow machine. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private Links() {}

  static Link open(BrokerHandle broker) {
    return open(broker.url(), Options.none(), new LinkedBlockingQueue<>());
  }

  /** Logs in, without encryption. */
  static Link open(String url, String user, String password) {
    Options plain =
        Options.none().with(KafkaOptions.SECURITY_PROTOCOL, SecurityProtocol.SASL_PLAINTEXT);
    return open(
        new BrokerUrl("kafka", rest(url), Optional.of(user), Optional.of(password)),
        plain,
        new LinkedBlockingQueue<>());
  }

  static Link open(String url, Options options, BlockingQueue<MessagingException> lost) {
    return open(
        new BrokerUrl("kafka", rest(url), Optional.empty(), Optional.empty()), options, lost);
  }

  private static String rest(String url) {
    return url.substring("kafka:".length());
  }

  private static Link open(
      BrokerUrl parsed, Options options, BlockingQueue<MessagingException> lost) {
    Options bounded =
        options
            .with(ConnectionOptions.OPERATION_TIMEOUT, PATIENCE)
            .with(ConnectionOptions.CONNECT_TIMEOUT, Duration.ofSeconds(10));
    return new KafkaBackend()
        .connect(new LinkRequest(parsed, bounded, NativeNames.none(), lost::add));
  }

  static Queue newQueue(Link link) {
    Queue queue = Queue.of("q." + UUID.randomUUID());
    link.declare(queue, QueueOptions.DEFAULT);
    return queue;
  }

  /** Makes a setting of a topic or group. */
  static void set(Link link, ConfigResource.Type type, String of, String name, String value)
      throws Exception {
    AlterConfigOp change =
        new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    Admin admin = link.unwrap(Admin.class).orElseThrow();
    ConfigResource resource = new ConfigResource(type, of);
    admin
        .incrementalAlterConfigs(Map.of(resource, List.of(change)))
        .all()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (type == ConfigResource.Type.TOPIC) {
      awaitSetting(admin, resource, name, value);
    }
  }

  /** A broker answers from a copy of its own, which follows a moment later. */
  private static void awaitSetting(Admin admin, ConfigResource resource, String name, String value)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String seen = "";
    while (!value.equals(seen)) {
      Assertions.assertThat(System.nanoTime() - deadline)
          .as("time until %s of %s is %s; it is %s", name, resource, value, seen)
          .isNegative();
      Map<ConfigResource, Config> settings =
          admin
              .describeConfigs(List.of(resource))
              .all()
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      seen = Objects.requireNonNull(settings.get(resource)).get(name).value();
    }
  }

  /** Sends texts {@code 0}, {@code 1} … and waits until all are confirmed. */
  static void send(Link link, Destination destination, int count) throws Exception {
    LinkProducer producer = link.openProducer(destination, cause -> {});
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Sent message = new Sent(Message.text(String.valueOf(i)).toBuilder().id("id-" + i).build());
      sent.add(message);
      producer.send(message);
    }
    for (Sent message : sent) {
      message.outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    producer.close();
  }

  /** Sends a message that is due in an hour. */
  static Sent delayed(LinkProducer producer) {
    Message later = Message.text("later").toBuilder().deliveryDelay(Duration.ofHours(1)).build();
    Sent sent = new Sent(later);
    producer.send(sent);
    return sent;
  }

  /** A message whose outcome can be waited for. */
  record Sent(
      Message message, Optional<InboundDelivery> origin, CompletableFuture<@Nullable Void> outcome)
      implements OutboundMessage {

    Sent(Message message) {
      this(message, Optional.empty(), new CompletableFuture<>());
    }

    @Override
    public void confirmed() {
      outcome.complete(null);
    }

    @Override
    public void failed(MessagingException cause) {
      outcome.completeExceptionally(cause);
    }
  }

  /** A consumer whose deliveries are taken one by one. */
  static final class Taking implements DeliverySink, AutoCloseable {

    private final BlockingQueue<InboundDelivery> deliveries = new LinkedBlockingQueue<>();
    private final BlockingQueue<MessagingException> failures = new LinkedBlockingQueue<>();
    private final LinkConsumer consumer;

    Taking(Link link, Queue queue, int prefetch) {
      this(link, new Source.OfQueue(queue), prefetch);
    }

    Taking(Link link, Source source, int prefetch) {
      this(link, source, prefetch, false);
    }

    Taking(Link link, Source source, int prefetch, boolean keyOrdered) {
      consumer =
          link.openConsumer(
              new ConsumerRequest(source, prefetch, Optional.empty(), keyOrdered), this);
    }

    @Override
    public void deliver(List<? extends InboundDelivery> batch) {
      deliveries.addAll(batch);
    }

    @Override
    public void broken(MessagingException cause) {
      failures.add(cause);
    }

    InboundDelivery take() throws InterruptedException {
      return take(PATIENCE);
    }

    InboundDelivery take(Duration limit) throws InterruptedException {
      InboundDelivery next = deliveries.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      Assertions.assertThat(next)
          .as("a delivery within %s; see the consumer's lanes", limit)
          .isNotNull();
      return next;
    }

    @Nullable InboundDelivery takeWithin(Duration time) throws InterruptedException {
      return deliveries.poll(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean hasFailed() {
      return !failures.isEmpty();
    }

    MessagingException failure() throws InterruptedException {
      MessagingException failure = failures.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Assertions.assertThat(failure).as("the sink is told that the consumer broke").isNotNull();
      return failure;
    }

    LinkConsumer consumer() {
      return consumer;
    }

    void accept(InboundDelivery delivery) {
      consumer.settle(Outcome.ACCEPT, List.of(delivery));
    }

    void park(InboundDelivery delivery) {
      ((Parking) consumer).park(delivery);
    }

    void unpark(InboundDelivery delivery) {
      ((Parking) consumer).unpark(delivery);
    }

    void release(InboundDelivery delivery) {
      consumer.settle(Outcome.RELEASE, List.of(delivery));
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
