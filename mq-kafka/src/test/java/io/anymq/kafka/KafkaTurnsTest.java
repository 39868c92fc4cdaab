package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and what the next one gets first. */
final class KafkaTurnsTest extends LinkTest {

  private static final int PREFETCH = 10;

  /** A session of 10 s must end first, then locks of 5 s; the rest is for a busy machine. */
  private static final Duration AFTER_A_CRASH = Duration.ofSeconds(40);

  private Taking inTurn(Link by) {
    return new Taking(by, new Source.OfQueue(queue), PREFETCH, true);
  }

  private static List<String> take(Taking consumer, int count) throws Exception {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(text(consumer.take()));
    }
    return taken;
  }

  private static String text(InboundDelivery delivery) {
    return delivery.message().text() + (delivery.redelivered() ? " again" : "");
  }

  private static void assertRefused(Runnable opening) {
    assertThatThrownBy(opening::run)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  @Test
  void isHandedOverWithWhatWasHeldFirst() throws Exception {
    try (Taking second = handedOver()) {
      assertThat(take(second, 6))
          .as("what was held, and what was not, in order")
          .containsExactly("0 again", "2 again", "3 again", "4 again", "0", "1");
    }
  }

  /** Five messages are held by the first, one of them is accepted, and two more are sent. */
  private Taking handedOver() throws Exception {
    Taking second;
    try (Taking first = inTurn(link)) {
      second = inTurn(link);
      Links.send(link, queue, 5);
      first.take();
      first.accept(first.take());
      take(first, 3);
      assertThat(second.takeWithin(Duration.ofMillis(300))).as("out of its turn").isNull();
    }
    Links.send(link, queue, 2);
    return second;
  }

  @Test
  void comesAfterACrashToo() throws Exception {
    Link crashed = Links.open(broker.proxiedUrl(), Options.none(), new LinkedBlockingQueue<>());
    try (Taking first = inTurn(crashed);
        Taking second = inTurn(link)) {
      Links.send(link, queue, 3);
      take(first, 3);
      broker.cutNetwork();
      Links.send(link, queue, 1);
      assertThat(second.takeWithin(Duration.ofSeconds(1))).as("before the crash shows").isNull();
      assertThat(text(second.take(AFTER_A_CRASH)))
          .as("what the crashed one held")
          .isEqualTo("0 again");
      assertThat(take(second, 3)).as("what comes then").containsExactly("1 again", "2 again", "0");
    } finally {
      broker.restoreNetwork();
      crashed.close(Duration.ZERO);
    }
  }

  @Test
  void isNotForThoseWhoTakeNone() throws Exception {
    try (Taking inTurn = inTurn(link)) {
      assertRefused(() -> new Taking(link, queue, PREFETCH));
      Links.send(link, queue, 1);
      assertThat(take(inTurn, 1)).containsExactly("0");
    }
    try (Taking plain = new Taking(link, queue, PREFETCH)) {
      assertThat(take(plain, 1)).containsExactly("0 again");
      assertRefused(() -> inTurn(link));
    }
  }

  /** A subscription that is shared ends with its last member, whether that has its turn or not. */
  @Test
  void ofASubscriptionKeepsIt() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source source = new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), false, true));
    Taking second;
    try (Taking first = new Taking(link, source, PREFETCH, true)) {
      second = new Taking(link, source, PREFETCH, true);
      Links.send(link, topic, 2);
      assertThat(take(first, 2)).containsExactly("0", "1");
    }
    try (second) {
      assertThat(take(second, 2)).containsExactly("0 again", "1 again");
    }
  }
}
