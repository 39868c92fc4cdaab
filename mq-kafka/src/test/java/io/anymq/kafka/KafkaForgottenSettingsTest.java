package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A durable subscription is ended while another process opens it again: without the settings of its
 * group the broker would drop its messages after five deliveries.
 */
final class KafkaForgottenSettingsTest extends LinkTest {

  private final Topic topic = Topic.of("f-" + UUID.randomUUID());
  private final String group = KafkaHarness.NAMES.group(topic, "s");
  private final Source durable =
      new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), true, false));

  @BeforeEach
  void declare() {
    link.declare(topic, QueueOptions.DEFAULT);
  }

  @AfterEach
  void deleteAll() {
    link.unsubscribe(topic, "s");
    link.delete(topic);
    link.delete(queue);
  }

  /** A broker hears of settings a moment after they were made. */
  private void assertSettingsCome(String see) throws InterruptedException {
    KafkaCalls calls = new KafkaCalls(link.unwrap(Admin.class).orElseThrow(), Links.PATIENCE);
    GroupSettings settings = new GroupSettings(calls, BrokerProfile.find(calls));
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!settings.exist(group)) {
      assertThat(System.nanoTime() - deadline)
          .as("time until the settings are there again; see %s", see)
          .isNegative();
      Thread.sleep(20);
    }
    assertThat(settings.own(List.of(group)).get(group))
        .containsEntry("share.auto.offset.reset", "earliest")
        .containsEntry("share.delivery.count.limit", "10");
  }

  @Test
  void oneThatIsEndedBeforeTheJoinIsSetUpAgain() throws Exception {
    AtomicBoolean begun = new AtomicBoolean();
    Interposed ending =
        new Interposed(
            (question, arguments) -> {
              begun.compareAndSet(false, question.equals("alterShareGroupOffsets"));
              return begun.get() && question.equals("describeTopics");
            },
            () -> link.unsubscribe(topic, "s"));
    Link opening = ending.link(broker);
    try (Taking consumer = new Taking(opening, durable, 1)) {
      assertThat(ending.isDone()).isTrue();
      assertSettingsCome("GroupUpkeep");
      Links.send(link, topic, 1);
      consumer.accept(consumer.take());
    } finally {
      opening.close(Links.PATIENCE);
    }
  }

  @Test
  void whoeverEndsOneThatHasAMemberAgainSetsItUpAgain() throws Exception {
    new Taking(link, durable, 1).close();
    Taking[] opened = new Taking[1];
    AtomicBoolean forgotten = new AtomicBoolean();
    AtomicBoolean restored = new AtomicBoolean();
    Interposed opening =
        new Interposed(
            (question, arguments) -> {
              if (Interposed.isForgetting(question, arguments)) {
                forgotten.set(true);
              } else if (forgotten.get() && question.equals("incrementalAlterConfigs")) {
                restored.set(true);
              }
              return Interposed.isForgetting(question, arguments);
            },
            () -> opened[0] = new Taking(link, durable, 1));
    Link ending = opening.link(broker);
    try {
      ending.unsubscribe(topic, "s");
      assertThat(opening.isDone()).isTrue();
      assertThat(restored).as("set again; see ShareGroups.delete").isTrue();
      assertSettingsCome("ShareGroups.delete");
    } finally {
      opened[0].close();
      ending.close(Links.PATIENCE);
    }
  }
}
