package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.TemporaryQueues;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the topics of temporary queues when their owner ends, and how it ends. */
final class KafkaTemporaryQueueTest {

  /** A crashed owner's session lasts 10 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final BrokerHandle broker = BrokerProvisioner.shared("kafka");
  private Link other;

  @BeforeEach
  void open() {
    other = Links.open(broker);
  }

  @AfterEach
  void close() {
    other.close(Links.PATIENCE);
  }

  private static Queue declare(Link link) {
    Queue queue = Queue.of("tmp." + UUID.randomUUID());
    ((TemporaryQueues) link).declareTemporary(queue);
    return queue;
  }

  private boolean isTopic(Queue queue) throws Exception {
    Set<String> names =
        other
            .unwrap(Admin.class)
            .orElseThrow()
            .listTopics()
            .names()
            .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return names.contains(KafkaHarness.NAMES.topic(queue));
  }

  private static void await(Callable<Boolean> condition, String what) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("still waiting for: %s", what).isLessThan(deadline);
      Pauses.brief(what);
    }
  }

  @Test
  void goWithTheirLink() throws Exception {
    Link owner = Links.open(broker);
    Queue first = declare(owner);
    Queue second = declare(owner);
    Links.send(other, second, 1);
    owner.close(Links.PATIENCE);
    assertThat(isTopic(first)).isFalse();
    assertThat(isTopic(second)).isFalse();
    assertThat(
            other
                .unwrap(Admin.class)
                .orElseThrow()
                .listGroups()
                .all()
                .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the queue's share group")
        .noneMatch(group -> group.groupId().equals(KafkaHarness.NAMES.group(second)));
  }

  @Test
  void doNotStayAfterACrash() throws Exception {
    LinkedBlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
    Link crashed = Links.open(broker.proxiedUrl(), Options.none(), lost);
    Queue met = declare(crashed);
    Queue swept = declare(crashed);
    Queue kept = declare(crashed);
    Links.send(other, kept, 1);
    try {
      broker.cutNetwork();
      assertThat(lost.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("the loss of the link")
          .isNotNull();
    } finally {
      crashed.close(Duration.ZERO);
      broker.restoreNetwork();
    }
    ((TemporaryQueues) other).declareTemporary(kept);
    await(() -> !other.exists(met), "the queue to be removed by who looks for it");
    assertThat(isTopic(met)).isFalse();
    Link third = Links.open(broker);
    try {
      declare(third);
      await(() -> !isTopic(swept), "the other queue to be swept away");
    } finally {
      third.close(Links.PATIENCE);
    }
    assertThat(other.exists(kept)).as("the one that the owner took over").isTrue();
    try (Taking consumer = new Taking(other, kept, 1)) {
      consumer.accept(consumer.take());
    }
  }

  @Test
  void queuesWithLikeNamesAreLeftAlone() throws Exception {
    Queue unowned = Queue.of("tmp." + UUID.randomUUID());
    other.declare(unowned, QueueOptions.DEFAULT);
    declare(other);
    assertThat(other.exists(unowned)).isTrue();
    other.delete(unowned);
  }
}
