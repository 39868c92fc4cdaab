package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Purger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kit cannot see: Kafka's own traps, on a real broker. */
final class KafkaLinkTest extends LinkTest {

  private static final Duration A_WHILE = Duration.ofMillis(700);

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  private long depth() {
    return ((DepthQuery) link).depth(queue).atRest();
  }

  @Test
  void tellsTheBrokersRelease() {
    assertThat(link.info().brokerVersion()).startsWith("4.4 (metadata.version ");
    assertThat(link.info().clientVersion()).isEqualTo("4.4.0");
  }

  @Test
  void survivesTheBrokersDeliveryLimit() throws Exception {
    Links.send(link, queue, 1);
    try (Taking consumer = new Taking(link, queue, 1)) {
      // More than twice the 10 after which the broker archives a record.
      for (int count = 1; count <= 23; count++) {
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.deliveryCount()).isEqualTo(count);
        assertThat(delivery.message().text()).isEqualTo("0");
        consumer.release(delivery);
      }
      consumer.accept(consumer.take());
    }
    assertThat(depth()).isZero();
  }

  @Test
  void survivesTheLimitThroughCrashesToo() throws Exception {
    Links.send(link, queue, 1);
    int count = 0;
    for (int i = 1; i <= 14; i++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        count = consumer.take().deliveryCount();
        assertThat(count).isEqualTo(i);
      }
    }
    assertThat(depth()).isEqualTo(1);
  }

  @Test
  void oneThatIsHeldDoesNotHoldOthersUp() throws Exception {
    try (Taking consumer = new Taking(link, queue, 4)) {
      List<InboundDelivery> held = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Links.send(link, queue, 1);
        held.add(consumer.take());
      }
      Links.send(link, queue, 1);
      assertThat(consumer.takeWithin(A_WHILE)).as("beyond the prefetch").isNull();
      consumer.accept(held.get(2));
      consumer.accept(consumer.take());
      for (int i = 0; i < 20; i++) {
        Links.send(link, queue, 1);
        consumer.accept(consumer.take());
      }
    }
    assertThat(depth()).isEqualTo(3);
  }

  @Test
  void keepsTheOrderOverLanes() throws Exception {
    int count = 2_000;
    Links.send(link, queue, count);
    List<String> texts = new ArrayList<>();
    try (Taking consumer = new Taking(link, queue, 64)) {
      for (int i = 0; i < count; i++) {
        InboundDelivery delivery = consumer.take();
        texts.add(delivery.message().text());
        consumer.accept(delivery);
      }
    }
    assertThat(texts)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(String::valueOf).toList());
    assertThat(depth()).isZero();
  }

  @Test
  void renewsTheLocksOfWhatTakesLong() throws Exception {
    Links.send(link, queue, 3);
    lockFor(Duration.ofSeconds(15));
    try (Taking slow = new Taking(link, queue, 3)) {
      List<InboundDelivery> held = List.of(slow.take(), slow.take(), slow.take());
      try (Taking other = new Taking(link, queue, 3)) {
        assertThat(other.takeWithin(Duration.ofSeconds(18))).as("taken from its holder").isNull();
      }
      held.forEach(slow::accept);
    }
    assertThat(depth()).isZero();
  }

  /** 15 s is the least that a broker with default settings allows. */
  private void lockFor(Duration time) throws Exception {
    Links.set(
        link,
        ConfigResource.Type.GROUP,
        KafkaHarness.NAMES.group(queue),
        "share.record.lock.duration.ms",
        String.valueOf(time.toMillis()));
  }

  @Test
  void givesBackAtOnceOnClose() throws Exception {
    Links.send(link, queue, 10);
    try (Taking other = new Taking(link, queue, 1)) {
      InboundDelivery first;
      try (Taking holder = new Taking(link, queue, 9)) {
        first = other.take();
        for (int i = 0; i < 9; i++) {
          assertThat(holder.take().redelivered()).isFalse();
        }
      }
      other.accept(first);
      long since = System.nanoTime();
      assertThat(other.take().redelivered()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - since))
          .as("how long it takes, of a lock that lasts 30 s")
          .isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void purgesWithAndWithoutConsumers() throws Exception {
    Links.send(link, queue, 50);
    ((Purger) link).purge(queue);
    assertThat(depth()).isZero();
    Links.send(link, queue, 50);
    try (Taking holder = new Taking(link, queue, 2)) {
      holder.take();
      holder.take();
      ((Purger) link).purge(queue);
      assertThat(depth()).isEqualTo(2);
    }
  }

  @Test
  void depthKnowsWhenRecordsAreDeletedUnderTheGroup() throws Exception {
    Links.send(link, queue, 20);
    String topic = new KafkaNames(NativeNames.none()).topic(queue);
    link.unwrap(Admin.class)
        .orElseThrow()
        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(15)))
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(depth()).isEqualTo(5);
  }

  @Test
  void noticesThatItsQueueIsDeleted() throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Link other = Links.open(broker);
    try (Taking consumer = new Taking(link, queue, 1)) {
      other.delete(queue);
      Sent late = new Sent(Message.text("late").toBuilder().id("late").build());
      producer.send(late);
      assertThatThrownBy(() -> late.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(DestinationNotFoundException.class);
      assertThat(consumer.failure()).isInstanceOf(DestinationNotFoundException.class);
    } finally {
      other.close(Links.PATIENCE);
    }
    assertThat(link.exists(queue)).as("made by the producer's look-up").isFalse();
  }

  /** The delayed message itself would go to the topic of all delayed messages. */
  @Test
  void refusesADelayedSendWhenItsQueueIsDeleted() throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Links.delayed(producer).outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    Link other = Links.open(broker);
    try {
      other.delete(queue);
      Sent late = Links.delayed(producer);
      assertThatThrownBy(() -> late.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(DestinationNotFoundException.class);
    } finally {
      other.close(Links.PATIENCE);
    }
  }

  @Test
  void aLostLinkIsToldOnceAndEndsWhatIsUnderWay() throws Exception {
    LinkedBlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
    Link cut = Links.open(broker.proxiedUrl(), Options.none(), lost);
    try {
      broker.cutNetwork();
      assertThat(lost.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("the loss; see LinkWatch")
          .isNotNull();
      assertThatThrownBy(() -> cut.exists(queue)).isInstanceOf(MessagingException.class);
      assertThat(lost.poll(A_WHILE.toMillis(), TimeUnit.MILLISECONDS)).isNull();
    } finally {
      cut.close(Links.PATIENCE);
      broker.restoreNetwork();
    }
  }
}
