package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Destination;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** How delayed messages are moved when there are many, and when the one that moves them goes. */
final class KafkaDelayTest extends LinkTest {

  /** A crashed mover's session lasts 10 s; the rest is for a busy machine. */
  private static final Duration TAKE_OVER = Duration.ofSeconds(25);

  /** A message that was put off comes a minute late; a busy machine is no reason for that. */
  private static final long LATE_MILLIS = 20_000;

  /** How long a busy machine may take from the look at the clock to the send. */
  private static final long BLUR_MILLIS = 500;

  /** Sends each with its delay; its body tells when it is due. */
  private static void send(Link from, Destination to, List<Long> delays) throws Exception {
    LinkProducer producer = from.openProducer(to, cause -> {});
    List<Sent> sent = new ArrayList<>();
    for (long delay : delays) {
      Message message =
          Message.text(String.valueOf(System.currentTimeMillis() + delay)).toBuilder()
              .id("id-" + sent.size())
              .deliveryDelay(Duration.ofMillis(delay))
              .build();
      sent.add(new Sent(message));
      producer.send(sent.get(sent.size() - 1));
    }
    for (Sent each : sent) {
      each.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    producer.close();
  }

  /** Takes so many, none early; tells how late the latest was. */
  private static long takeInOrder(Taking consumer, int count) throws Exception {
    long latest = 0;
    long before = 0;
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      InboundDelivery delivery = consumer.take(TAKE_OVER);
      consumer.accept(delivery);
      ids.add(delivery.message().id().orElseThrow());
      long due = Long.parseLong(delivery.message().text());
      long late = System.currentTimeMillis() - due;
      assertThat(late).as("how late message %d is", i).isNotNegative();
      assertThat(due).as("when message %d is due", i).isGreaterThan(before - BLUR_MILLIS);
      latest = Math.max(latest, late);
      before = due;
    }
    assertThat(ids).as("messages, each once").doesNotHaveDuplicates();
    return latest;
  }

  private static List<Long> random(int count, int from, int to) {
    Random random = new Random(4);
    return random.longs(count, from, to).boxed().toList();
  }

  @Test
  void comeOnceAndInOrder() throws Exception {
    send(link, queue, List.of(1L));
    try (Taking consumer = new Taking(link, queue, 1_000)) {
      consumer.accept(consumer.take());
      send(link, queue, random(1_500, 1_000, 3_500));
      assertThat(takeInOrder(consumer, 1_500)).as("milliseconds late").isLessThan(LATE_MILLIS);
      send(link, queue, List.of(1L));
      takeInOrder(consumer, 1);
    }
    assertThat(((DepthQuery) link).depth(queue).atRest()).as("the depth").isZero();
  }

  /** Longer delays are filed again once or more. */
  @Test
  void longerDelaysAreKept() throws Exception {
    try (Taking consumer = new Taking(link, queue, 100)) {
      send(link, queue, List.of(9_000L, 4_500L, 100L, 6_000L, 4_000L, 3_900L));
      assertThat(takeInOrder(consumer, 6)).as("milliseconds late").isLessThan(LATE_MILLIS);
    }
  }

  @Test
  void goWithTheirQueueAndHoldNobodyUp() throws Exception {
    Queue gone = Links.newQueue(link);
    send(link, gone, List.of(1_000L));
    send(link, queue, List.of(1_100L));
    link.delete(gone);
    try (Taking consumer = new Taking(link, queue, 10)) {
      assertThat(takeInOrder(consumer, 1)).as("milliseconds late").isLessThan(LATE_MILLIS);
    }
    assertThat(link.exists(gone)).isFalse();
  }

  /** It is tried again a minute later. */
  @Test
  void oneThatIsRefusedHoldsNobodyUp() throws Exception {
    Queue narrow = Links.newQueue(link);
    String topic = KafkaHarness.NAMES.topic(narrow);
    Links.set(link, ConfigResource.Type.TOPIC, topic, "max.message.bytes", "500");
    Message wide =
        Message.text("x".repeat(1_000)).toBuilder()
            .id("wide")
            .deliveryDelay(Duration.ofSeconds(1))
            .build();
    Sent sent = new Sent(wide);
    link.openProducer(narrow, cause -> {}).send(sent);
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    send(link, queue, List.of(1_000L, 1_100L));
    try (Taking consumer = new Taking(link, queue, 10)) {
      assertThat(takeInOrder(consumer, 2)).as("milliseconds late").isLessThan(LATE_MILLIS);
    }
    assertThat(((DepthQuery) link).depth(narrow).atRest()).isZero();
    link.delete(narrow);
  }

  @Test
  void areCountedWhenTheyAreDue() throws Exception {
    send(link, queue, List.of(1L, 2L, 3L));
    try (Taking consumer = new Taking(link, queue, 1)) {
      InboundDelivery first = consumer.take();
      Links.send(link, queue, 2);
      long count = 0;
      long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
      while (count < 5 && System.nanoTime() < deadline) {
        count = ((DepthQuery) link).depth(queue).atRest();
      }
      assertThat(count).isEqualTo(5);
      consumer.accept(first);
    }
    assertThat(((DepthQuery) link).depth(queue).atRest()).isEqualTo(4);
    assertThat(((DepthQuery) link).depth(queue).exact()).isTrue();
  }

  @Test
  void areMovedByAnotherWhenTheirMoverCrashes() throws Exception {
    LinkedBlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
    link.close(Links.PATIENCE);
    Link crashed = Links.open(broker.proxiedUrl(), Options.none(), lost);
    try {
      send(crashed, queue, List.of(1L));
      link = Links.open(broker);
      try (Taking consumer = new Taking(link, queue, 100)) {
        takeInOrder(consumer, 1);
        send(crashed, queue, random(200, 500, 4_000));
        takeInOrder(consumer, 100);
        broker.cutNetwork();
        assertThat(takeInOrder(consumer, 100))
            .as("milliseconds late")
            .isLessThan(TAKE_OVER.toMillis());
        send(link, queue, List.of(1L));
        takeInOrder(consumer, 1);
      }
    } finally {
      broker.restoreNetwork();
      crashed.close(Duration.ZERO);
    }
  }
}
