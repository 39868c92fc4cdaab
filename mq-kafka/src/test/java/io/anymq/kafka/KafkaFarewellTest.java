package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionLostException;
import io.anymq.Message;
import io.anymq.MessagingTimeoutException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Source;
import io.anymq.spi.TemporaryQueues;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a link has yet to do when it closes is done, and does not take longer than it may. */
final class KafkaFarewellTest extends LinkTest {

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  /** A new link has yet to find the log when its close begins. */
  @Test
  void aClosingLinkNotesWhatTheApplicationHad() throws Exception {
    Links.send(link, queue, 1);
    for (int had = 0; had < 3; had++) {
      Link closing = Links.open(broker);
      InboundDelivery delivery = new Taking(closing, queue, 1).take();
      assertThat(delivery.earlierHandOuts()).isEqualTo(had);
      delivery.handedOut();
      closing.close(Links.PATIENCE);
    }
    assertThat(new Taking(link, queue, 1).take().earlierHandOuts())
        .as("noted by links that closed with it; see HandOuts and KafkaCalls.farewell")
        .isEqualTo(3);
  }

  /** The lanes have yet to note that when the interrupt comes. */
  @Test
  void anInterruptedCloseNotesItToo() throws Exception {
    Links.send(link, queue, 2);
    Options patient = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofMinutes(2));
    Link closing = Links.open(broker.url(), patient, new LinkedBlockingQueue<>());
    for (int i = 0; i < 2; i++) {
      new Taking(closing, queue, 1).take().handedOut();
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread closer =
        new Thread(
            () -> {
              closing.close(Links.PATIENCE);
              interrupted.set(Thread.currentThread().isInterrupted());
            },
            "closer");
    broker.pause();
    try {
      closer.start();
      long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
      while (!isWaiting(closer)) {
        assertThat(System.nanoTime() - deadline).as("the close waits").isNegative();
        Thread.sleep(10);
      }
      closer.interrupt();
    } finally {
      broker.resume();
      link.close(Duration.ZERO); // The silence may have been too long for it.
      link = Links.open(broker);
    }
    closer.join(2 * Links.PATIENCE.toMillis());
    assertThat(interrupted).as("the interrupt stays, and the close has ended").isTrue();
    try (Taking next = new Taking(link, queue, 2)) {
      for (int i = 0; i < 2; i++) {
        assertThat(next.take().earlierHandOuts())
            .as("noted by the lanes of a close that was interrupted; see KafkaLink.close")
            .isEqualTo(1);
      }
    }
  }

  private static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  /** Others may have it as soon as it is back, and must be able to read that. */
  @Test
  void aMessageGoesBackWhenItsHandOutIsNoted() throws Exception {
    Links.send(link, queue, 1);
    for (int had = 0; had < 6; had++) {
      Link noting = Links.open(broker);
      try {
        Taking consumer = new Taking(noting, queue, 1);
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.earlierHandOuts()).as("round %s; see ShareLane", had).isEqualTo(had);
        delivery.handedOut();
        if (had % 2 == 1) {
          consumer.release(delivery);
        }
        consumer.close();
        try (Taking next = new Taking(link, queue, 1)) {
          assertThat(next.take().earlierHandOuts())
              .as("read while the other link lives, in round %s; see ShareLane", had)
              .isEqualTo(had + 1);
        }
      } finally {
        noting.close(Links.PATIENCE);
      }
    }
  }

  @Test
  void aClosingLinkEndsASharedSubscription() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source shared = new Source.OfTopic(topic, new Source.Terms(Optional.of("crew"), false, true));
    Link closing = Links.open(broker);
    Taking unused = new Taking(closing, shared, 1);
    String group = KafkaHarness.NAMES.sharedGroup(topic, "crew");
    assertThat(shareGroups()).contains(group);
    closing.close(Links.PATIENCE);
    assertThat(shareGroups()).as("its last member has left it").doesNotContain(group);
    link.delete(topic);
  }

  private Set<String> shareGroups() throws Exception {
    return Set.copyOf(
        link
            .unwrap(Admin.class)
            .orElseThrow()
            .listGroups(ListGroupsOptions.forShareGroups())
            .all()
            .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .stream()
            .map(GroupListing::groupId)
            .toList());
  }

  @Test
  void theFarewellEndsWithItsTimeAndWithALoss() {
    Admin admin = link.unwrap(Admin.class).orElseThrow();
    KafkaFuture<String> never = new KafkaFutureImpl<>();
    KafkaCalls calls = new KafkaCalls(admin, Links.PATIENCE);
    LinkState state = new LinkState(cause -> {}, calls);
    KafkaCalls last = calls.farewell(state);
    assertThat(state.close(Duration.ofMillis(200))).isTrue();
    assertThatThrownBy(() -> calls.await(never, "to ask", "a right"))
        .isInstanceOf(ConnectionLostException.class);
    assertThatThrownBy(() -> last.await(never, "to ask", "a right"))
        .isInstanceOf(MessagingTimeoutException.class);
    calls.lose(new ConnectionLostException("cut"));
    assertThatThrownBy(() -> last.await(never, "to ask", "a right"))
        .isInstanceOf(ConnectionLostException.class);
  }

  /** Everything that has to say good-bye to a broker that is silent, all at once. */
  @Test
  @Timeout(180)
  void aCloseKeepsItsLimit() throws Exception {
    Links.send(link, queue, 3);
    Options patient = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofMinutes(2));
    Link closing = Links.open(broker.url(), patient, new LinkedBlockingQueue<>());
    ((TemporaryQueues) closing).declareTemporary(Queue.of("tmp." + UUID.randomUUID()));
    LinkProducer producer = closing.openProducer(queue, cause -> {});
    Links.delayed(producer).outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    for (int i = 0; i < 3; i++) {
      new Taking(closing, queue, 1).take().handedOut();
    }
    broker.pause();
    try {
      producer.send(new Sent(Message.text("never confirmed")));
      long since = System.nanoTime();
      closing.close(Duration.ofSeconds(2));
      assertThat(Duration.ofNanos(System.nanoTime() - since))
          .as("a close within 2 s; what waits for a part of it must ask LinkState.timeLeft")
          .isLessThan(Duration.ofMillis(9_500)); // A request may take 10 s.
    } finally {
      broker.resume();
      link.close(Duration.ZERO); // The silence may have been too long for it.
      link = Links.open(broker);
    }
  }
}
