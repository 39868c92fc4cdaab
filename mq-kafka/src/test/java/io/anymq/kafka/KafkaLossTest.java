package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a link does, and does not do any more, between its loss or the begin of its close and its
 * end.
 */
final class KafkaLossTest extends LinkTest {

  private static final int COUNT = 5;

  /** With so many deliveries a record is written again: the limit is 10, and two are spare. */
  private static final int NEAR = 8;

  private final LinkedBlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();

  @AfterEach
  void deleteQueue() {
    broker.restoreNetwork();
    link.delete(queue);
  }

  private Link openOverProxy() {
    Options soon = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofSeconds(2));
    return Links.open(broker.proxiedUrl(), soon, lost);
  }

  private void cutUntilLost() throws InterruptedException {
    broker.cutNetwork();
    assertThat(lost.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the loss; see LinkWatch")
        .isNotNull();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      Thread.sleep(20);
    }
  }

  /**
   * Copies of records near the delivery limit that wait for the broker must not be stored when
   * their consumer is gone, which would have accepted the records: each would be one message more.
   */
  @Test
  void copiesThatWaitedAreNotWrittenAfterTheLoss() throws Exception {
    Links.send(link, queue, COUNT);
    for (int had = 1; had < NEAR; had++) {
      try (Taking consumer = new Taking(link, queue, COUNT)) {
        for (int i = 0; i < COUNT; i++) {
          assertThat(consumer.take().deliveryCount()).isEqualTo(had);
        }
      }
    }
    sendFresh();
    lockForAsShortAsMayBe();
    Queue aside = Links.newQueue(link);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    Link cut = openOverProxy();
    try {
      Producer<byte[], byte[]> producer = producerOf(cut);
      holdUp(producer, aside, mayGoOn);
      Taking consumer = new Taking(cut, queue, COUNT + 1);
      assertThat(consumer.take().message().id())
          .as("what comes behind the records that are being written again")
          .contains("fresh");
      cutUntilLost();
      consumer.close(); // As the core does by Link.close, in which the producer comes last.
      broker.restoreNetwork();
      mayGoOn.countDown();
      await(
          "the copies are written, or never will be",
          () -> takesNothing(producer, aside) || isWritten());
    } finally {
      mayGoOn.countDown();
      cut.close(Links.PATIENCE);
    }
    link.delete(aside);
    receiveEachOnce();
  }

  private void sendFresh() throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Sent fresh = new Sent(Message.text("fresh").toBuilder().id("fresh").build());
    producer.send(fresh);
    fresh.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    producer.close();
  }

  /** 15 s is the least that a broker with default settings allows. */
  private void lockForAsShortAsMayBe() throws Exception {
    Links.set(
        link,
        ConfigResource.Type.GROUP,
        KafkaHarness.NAMES.group(queue),
        "share.record.lock.duration.ms",
        "15000");
  }

  @SuppressWarnings("unchecked") // They are of that type.
  private static Producer<byte[], byte[]> producerOf(Link of) {
    return of.unwrap(Producer.class).orElseThrow();
  }

  /** Its own thread tells of what is stored; until that returns nothing more is sent. */
  private void holdUp(Producer<byte[], byte[]> producer, Queue aside, CountDownLatch until)
      throws InterruptedException {
    assertThat(producer.partitionsFor(KafkaHarness.NAMES.topic(queue))).isNotEmpty();
    CountDownLatch held = new CountDownLatch(1);
    var unused =
        producer.send(
            new ProducerRecord<>(KafkaHarness.NAMES.topic(aside), new byte[0]),
            (stored, failure) -> {
              held.countDown();
              awaitQuietly(until);
            });
    assertThat(held.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(4 * Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed(Producer<byte[], byte[]> producer) {
    try {
      return producer.partitionsFor(KafkaHarness.NAMES.topic(queue)).isEmpty();
    } catch (TimeoutException e) {
      return false;
    } catch (IllegalStateException | KafkaException e) {
      return true; // It was closed before the question, or while it waited.
    }
  }

  private static boolean takesNothing(Producer<byte[], byte[]> producer, Queue aside) {
    try {
      var unused =
          producer.send(new ProducerRecord<>(KafkaHarness.NAMES.topic(aside), new byte[0]));
      return false;
    } catch (IllegalStateException e) {
      return true; // It is closed.
    }
  }

  private boolean isWritten() {
    TopicPartition partition = new TopicPartition(KafkaHarness.NAMES.topic(queue), 0);
    Admin admin = link.unwrap(Admin.class).orElseThrow();
    try {
      return admin
              .listOffsets(Map.of(partition, OffsetSpec.latest()))
              .partitionResult(partition)
              .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .offset()
          > COUNT + 1;
    } catch (Exception e) {
      throw new AssertionError("the end of " + partition + " could not be asked for", e);
    }
  }

  private void receiveEachOnce() throws InterruptedException {
    Set<String> ids = new HashSet<>();
    try (Taking consumer = new Taking(link, queue, COUNT + 1)) {
      for (int i = 0; i <= COUNT; i++) {
        InboundDelivery delivery = consumer.take();
        ids.add(delivery.message().id().orElseThrow());
        consumer.accept(delivery);
      }
    }
    assertThat(ids).as("each message once; see SharedProducer.lose").hasSize(COUNT + 1);
    assertThat(((DepthQuery) link).depth(queue).atRest())
        .as("messages that are there twice; see SharedProducer.lose")
        .isZero();
  }

  @Test
  void lanesAndProducerEndWithTheLink() throws Exception {
    Links.send(link, queue, 1);
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Link cut = openOverProxy();
    try {
      Producer<byte[], byte[]> producer = producerOf(cut);
      new Taking(cut, queue, 1).take();
      assertThat(lanesSince(before)).hasSize(1);
      cutUntilLost();
      await("the producer ends; see SharedProducer.lose", () -> isClosed(producer));
      await("lanes end; see KafkaLink.cut", () -> lanesSince(before).isEmpty());
    } finally {
      cut.close(Links.PATIENCE);
    }
  }

  /** A broker that has just started knows no topics, and a consumer may end for good by that. */
  @Test
  void aLostLinkBreaksNoConsumer() throws Exception {
    Link cut = openOverProxy();
    try {
      Taking consumer = new Taking(cut, queue, 1);
      cutUntilLost();
      ((KafkaLink) cut).gone(KafkaHarness.NAMES.topic(queue));
      assertThat(consumer.hasFailed()).as("broken after the loss; see KafkaLink.gone").isFalse();
    } finally {
      cut.close(Links.PATIENCE);
    }
  }

  /** Else every send to another topic than the last one would wait for the broker. */
  @Test
  void aTopicThatTheProducerKnowsIsNotForgottenForAnother() {
    Queue other = Links.newQueue(link);
    Producer<byte[], byte[]> producer = producerOf(link);
    assertThat(producer.partitionsFor(KafkaHarness.NAMES.topic(queue))).isNotEmpty();
    assertThat(producer.partitionsFor(KafkaHarness.NAMES.topic(other))).isNotEmpty();
    broker.pause();
    try {
      assertThat(producer.partitionsFor(KafkaHarness.NAMES.topic(queue)))
          .as("known without a question; see KafkaConfig.producer")
          .isNotEmpty();
    } finally {
      broker.resume();
    }
    link.delete(other);
  }

  /** One after the other, those at the end of many would have no time to give back. */
  @Test
  void consumersOfALinkAllBeginToCloseAtOnce() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Options patient = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofMinutes(2));
    Link closing = Links.open(broker.url(), patient, lost);
    for (int i = 0; i < COUNT; i++) {
      new Taking(closing, queue, 1);
    }
    Thread closer = new Thread(() -> closing.close(Links.PATIENCE), "closer");
    broker.pause();
    try {
      closer.start();
      await(
          "all lanes say good-bye at once; see Consumers.close",
          () -> lanesClosing(before) == COUNT);
    } finally {
      broker.resume();
      closer.join(2 * Links.PATIENCE.toMillis());
      link.close(Duration.ZERO); // The silence may have been too long for it.
      link = Links.open(broker);
    }
  }

  private static long lanesClosing(Set<Thread> before) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> !before.contains(each.getKey()))
        .filter(each -> each.getKey().getName().contains("-share-"))
        .filter(each -> Arrays.stream(each.getValue()).anyMatch(KafkaLossTest::isAtTheEnd))
        .count();
  }

  private static boolean isAtTheEnd(StackTraceElement frame) {
    return frame.getClassName().equals(ShareLane.class.getName())
        && frame.getMethodName().equals("end");
  }

  private static List<String> lanesSince(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("anymq-kafka-") && name.contains("-share-"))
        .toList();
  }
}
