package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.Options;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Purger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message that cannot be written again near its share group's delivery limit is not lost. */
final class KafkaDeliveryLimitTest extends LinkTest {

  /** After so many deliveries the broker archives a record. */
  private static final int LIMIT = 10;

  private static final int LARGE = 200_000;
  private static final String LIMIT_NAME = "share.delivery.count.limit";

  @BeforeEach
  void sendWhatCannotBeWrittenAgain() throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Sent large = new Sent(Message.bytes(new byte[LARGE]).toBuilder().id("large").build());
    producer.send(large);
    large.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    producer.close();
    allow(LARGE / 2);
  }

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  private void allow(int bytes) throws Exception {
    Links.set(
        link,
        ConfigResource.Type.TOPIC,
        KafkaHarness.NAMES.topic(queue),
        "max.message.bytes",
        String.valueOf(bytes));
  }

  private long depth() {
    return ((DepthQuery) link).depth(queue).atRest();
  }

  @Test
  void isDeliveredBeyondTheLimit() throws Exception {
    try (Taking consumer = new Taking(link, queue, 1)) {
      for (int count = 1; count <= LIMIT + 4; count++) {
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.deliveryCount()).isEqualTo(count);
        consumer.release(delivery);
      }
      consumer.accept(consumer.take());
    }
    assertThat(depth()).isZero();
  }

  @Test
  void isThereWhenItsConsumerHasClosed() throws Exception {
    try (Taking consumer = new Taking(link, queue, 1)) {
      for (int count = 1; count <= LIMIT + 2; count++) {
        consumer.release(consumer.take());
      }
      consumer.take();
    }
    assertThat(depth()).isEqualTo(1);
    try (Taking consumer = new Taking(link, queue, 1)) {
      consumer.accept(consumer.take());
    }
    assertThat(depth()).isZero();
  }

  @Test
  void comesAgainHoweverOftenConsumersClose() throws Exception {
    openAndCloseToTheLimit();
    for (int again = 0; again < 3; again++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        assertThat(consumer.takeWithin(Duration.ofMillis(300))).as("it cannot be written").isNull();
      }
      assertThat(depth()).isEqualTo(1);
    }
    allow(2 * LARGE);
    try (Taking consumer = new Taking(link, queue, 1)) {
      InboundDelivery delivery = consumer.take();
      assertThat(delivery.message().body()).hasSize(LARGE);
      assertThat(delivery.deliveryCount()).isGreaterThan(LIMIT);
      consumer.accept(delivery);
      assertThat(consumer.takeWithin(Duration.ofMillis(300))).as("a second copy").isNull();
    }
    assertThat(depth()).isZero();
  }

  /** The broker takes the record out of its group when the lock ends, 15 s later. */
  @Test
  void outlivesACrashWithTheLastAttempt() throws Exception {
    Links.set(
        link,
        ConfigResource.Type.GROUP,
        KafkaHarness.NAMES.group(queue),
        "share.record.lock.duration.ms",
        "15000");
    for (int count = 1; count < LIMIT; count++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        consumer.take();
      }
    }
    Link cut = Links.open(broker.proxiedUrl(), Options.none(), new LinkedBlockingQueue<>());
    try (Taking holder = new Taking(cut, queue, 1)) {
      assertThat(holder.take().deliveryCount()).isEqualTo(LIMIT);
      broker.cutNetwork();
      allow(2 * LARGE);
      try (Taking consumer = new Taking(link, queue, 1)) {
        consumer.accept(consumer.take());
      }
    } finally {
      cut.close(Links.PATIENCE);
      broker.restoreNetwork();
    }
  }

  /** An operator changes the group while its messages are consumed. */
  @Test
  void outlivesALimitThatIsLowered() throws Exception {
    try (Taking consumer = new Taking(link, queue, 1)) {
      InboundDelivery first = consumer.take();
      lowerTo(3);
      consumer.release(first);
      for (int count = 2; count <= 5; count++) {
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.deliveryCount()).isEqualTo(count);
        consumer.release(delivery);
      }
      consumer.accept(consumer.take());
      awaitLimit(String.valueOf(LIMIT));
    }
    assertThat(depth()).isZero();
  }

  /** Again and again: the link may have raised it already when one looks. */
  private void lowerTo(int limit) throws Exception {
    String lowered = String.valueOf(limit);
    awaitLimit(
        lowered, () -> Links.set(link, ConfigResource.Type.GROUP, group(), LIMIT_NAME, lowered));
  }

  private String group() {
    return KafkaHarness.NAMES.group(queue);
  }

  private interface Step {
    void run() throws Exception;
  }

  private void awaitLimit(String limit) throws Exception {
    awaitLimit(limit, () -> {});
  }

  private void awaitLimit(String limit, Step eachTime) throws Exception {
    KafkaCalls calls = new KafkaCalls(link.unwrap(Admin.class).orElseThrow(), Links.PATIENCE);
    GroupSettings settings = new GroupSettings(calls, BrokerProfile.find(calls));
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    eachTime.run();
    while (!limit.equals(limitIn(settings.own(List.of(group()))))) {
      assertThat(System.nanoTime() - deadline)
          .as("time until the limit is %s; see GroupUpkeep", limit)
          .isNegative();
      Thread.sleep(20);
      eachTime.run();
    }
  }

  private @Nullable String limitIn(Map<String, Map<String, String>> settings) {
    return settings.getOrDefault(group(), Map.of()).get(LIMIT_NAME);
  }

  @Test
  void isPurged() throws Exception {
    openAndCloseToTheLimit();
    ((Purger) link).purge(queue);
    assertThat(depth()).isZero();
  }

  private void openAndCloseToTheLimit() throws Exception {
    for (int count = 1; count <= LIMIT; count++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        assertThat(consumer.take().deliveryCount()).isEqualTo(count);
      }
      assertThat(depth()).as("after %s deliveries", count).isEqualTo(1);
    }
  }
}
