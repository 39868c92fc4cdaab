package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/**
 * What a user gets who lacks a right: a refusal that names it, or a capability that is not
 * declared.
 */
final class KafkaRightsTest extends RightsTest {

  /** Far less than a redelivery, far more than a refusal takes. */
  private static final Duration SOON = Duration.ofMillis(1);

  private static void declare(Link link, Queue wanted) {
    link.declare(wanted, QueueOptions.DEFAULT);
  }

  private static Queue newName() {
    return Queue.of("q." + UUID.randomUUID());
  }

  private Sent delayed(Link link) {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Sent sent = new Sent(Message.text("later").toBuilder().id("id").deliveryDelay(SOON).build());
    producer.send(sent);
    return sent;
  }

  private static void await(Sent sent) throws Exception {
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void assertDelayRefused(Sent sent) {
    assertThatThrownBy(() -> await(sent))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            MessagingException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_REFUSED))
        .hasMessageContaining("it needs the right WRITE on transactional id anymq:delays");
  }

  private void sendAndTake(Link link) throws Exception {
    Links.send(link, queue, 1);
    try (Taking consumer = new Taking(link, queue, 1)) {
      consumer.accept(consumer.take());
    }
  }

  /** Else a test that wants a refusal may see that of something else. */
  @Test
  void whoHasAllRightsGetsEverything() throws Exception {
    Link link = login();
    assertThat(link.capabilities()).isEqualTo(owner.capabilities()).containsKey(Capability.BROWSE);
    Queue own = newName();
    declare(link, own);
    sendAndTake(link);
    await(delayed(link));
    try (Taking consumer = new Taking(link, queue, 1)) {
      consumer.accept(consumer.take());
    }
    link.delete(own);
  }

  @Test
  void whoMayNotAlterGroupsMakesNoQueue() throws Exception {
    deny(ResourceType.GROUP, "*", AclOperation.ALTER_CONFIGS);
    Link link = login();
    assertRefused(() -> declare(link, newName()), "ALTER_CONFIGS on group anymq:queue:queue.q.");
    sendAndTake(link); // What somebody else has set up is of use.
  }

  @Test
  void whoMayNotSeeTheSettingsOfGroupsMakesNoQueue() throws Exception {
    deny(ResourceType.GROUP, "*", AclOperation.DESCRIBE_CONFIGS);
    Link link = login();
    assertRefused(() -> declare(link, newName()), "DESCRIBE_CONFIGS on group anymq:queue:queue.q.");
    assertRefused(
        () -> new Taking(link, queue, 1).close(),
        "DESCRIBE_CONFIGS on group " + KafkaHarness.NAMES.group(queue));
  }

  /** The time of a message travels in a header then. */
  @Test
  void whoMayNotSeeTheSettingsOfTopicsSendsAllTheSame() throws Exception {
    deny(ResourceType.TOPIC, "*", AclOperation.DESCRIBE_CONFIGS);
    Link link = login();
    Instant before = Instant.EPOCH.plusSeconds(1);
    Sent sent = new Sent(Message.text("old").toBuilder().id("id").timestamp(before).build());
    link.openProducer(queue, cause -> {}).send(sent);
    await(sent);
    try (Taking consumer = new Taking(link, queue, 1)) {
      var delivery = consumer.take();
      assertThat(delivery.message().timestamp()).contains(before);
      assertRefused(() -> ((DepthQuery) link).depth(queue), "DESCRIBE_CONFIGS on topic queue.q.");
      consumer.accept(delivery);
    }
  }

  @Test
  void whoMayNotMakeTopicsMakesNoQueue() throws Exception {
    deny(ResourceType.TOPIC, "*", AclOperation.CREATE);
    deny(ResourceType.CLUSTER, "kafka-cluster", AclOperation.CREATE);
    Link link = login();
    Queue wanted = newName();
    assertRefused(
        () -> declare(link, wanted), "CREATE on topic " + KafkaHarness.NAMES.topic(wanted));
    assertThat(owner.exists(wanted)).isFalse();
    sendAndTake(link);
  }

  @Test
  void whoMayNotReadWhatGroupsHaveDoneDoesNotBrowse() throws Exception {
    deny(ResourceType.TOPIC, ShareState.TOPIC, AclOperation.READ);
    assertDoesNotBrowse(login());
  }

  @Test
  void whoMayNotSeeThatGroupsHaveDoneAnythingDoesNotBrowse() throws Exception {
    deny(ResourceType.TOPIC, ShareState.TOPIC, AclOperation.DESCRIBE);
    assertDoesNotBrowse(login());
  }

  private void assertDoesNotBrowse(Link link) throws Exception {
    assertThat(link.capabilities())
        .doesNotContainKey(Capability.BROWSE)
        .containsKey(Capability.QUEUE_DEPTH);
    assertThat(link.advice().get(Capability.BROWSE)).contains("READ on topic " + ShareState.TOPIC);
    Links.send(link, queue, 2);
    assertThat(((DepthQuery) link).depth(queue).atRest()).isEqualTo(2);
    sendAndTake(link);
  }

  /** Offsets are no messages there, and who cannot see what is done cannot count. */
  @Test
  void whoMayNotReadWhatGroupsHaveDoneGetsNoExactDepthOfACompactedTopic() throws Exception {
    deny(ResourceType.TOPIC, ShareState.TOPIC, AclOperation.READ);
    Links.send(owner, queue, 2);
    Link link = login();
    assertThat(((DepthQuery) link).depth(queue).exact()).isTrue();
    String topic = KafkaHarness.NAMES.topic(queue);
    Links.set(owner, ConfigResource.Type.TOPIC, topic, "cleanup.policy", "compact");
    assertThat(((DepthQuery) link).depth(queue).exact()).isFalse();
  }

  /** Others' transactions leave markers that are no messages; only producers tell of them. */
  @Test
  void whoMayNotSeeProducersGetsADepthThatIsNotExact() throws Exception {
    deny(ResourceType.TOPIC, ShareState.TOPIC, AclOperation.READ);
    deny(ResourceType.TOPIC, KafkaHarness.NAMES.topic(queue), AclOperation.READ);
    Links.send(owner, queue, 2);
    QueueDepth depth = ((DepthQuery) login()).depth(queue);
    assertThat(depth.atRest()).isEqualTo(2);
    assertThat(depth.exact()).isFalse();
  }

  @Test
  void whoMayNotUseTransactionsIsRefusedDelays() throws Exception {
    deny(ResourceType.TRANSACTIONAL_ID, "*", AclOperation.ALL);
    Link link = login();
    assertDelayRefused(delayed(link));
    sendAndTake(link);
  }

  /** What was confirmed before waits for somebody who may move it. */
  @Test
  void whoTurnsOutNotToMoveIsRefusedDelaysFromThenOn() throws Exception {
    owner.close(Links.PATIENCE); // It would move them.
    deny(ResourceType.TRANSACTIONAL_ID, "*", AclOperation.WRITE);
    Link link = login();
    Sent sent = delayed(link);
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!isRefused(sent) && System.nanoTime() - deadline < 0) {
      sent = delayed(link);
    }
    assertDelayRefused(sent);
    owner = Links.open(broker);
    try (Taking consumer = new Taking(owner, queue, 1)) {
      assertThat(consumer.take().message().text()).isEqualTo("later");
    }
  }

  /** A message cannot be written again near its delivery limit, and waits for whoever may. */
  @Test
  void whoMayNotWriteLosesNothing() throws Exception {
    deny(ResourceType.TOPIC, KafkaHarness.NAMES.topic(queue), AclOperation.WRITE);
    Links.send(owner, queue, 1);
    Link link = login();
    for (int opened = 1; opened <= 14; opened++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        consumer.takeWithin(Duration.ofMillis(700));
      }
      assertThat(((DepthQuery) link).depth(queue).atRest()).isEqualTo(1);
    }
    try (Taking consumer = new Taking(owner, queue, 1)) {
      assertThat(consumer.take().message().text()).isEqualTo("0");
    }
  }

  /** Its topic may not be made to take it: the core leaves out its text, and then waits. */
  @Test
  void whoMayNotAlterTopicsIsRefusedALargeDeadLetter() throws Exception {
    Queue letters = queue.deadLetterQueue();
    declare(owner, letters);
    Links.set(
        owner,
        ConfigResource.Type.TOPIC,
        KafkaHarness.NAMES.topic(letters),
        "max.message.bytes",
        "1000");
    deny(ResourceType.TOPIC, "*", AclOperation.ALTER_CONFIGS);
    Links.send(owner, queue, 1);
    Link link = login();
    try (Taking consumer = new Taking(link, queue, 1)) {
      InboundDelivery delivery = consumer.take();
      assertThatThrownBy(() -> await(letter(link, letters, delivery)))
          .cause()
          .isInstanceOf(MessageTooLargeException.class)
          .hasMessageContaining("it needs the right ALTER_CONFIGS on topic");
      await(letter(owner, letters, delivery));
      consumer.accept(delivery);
    } finally {
      owner.delete(letters);
    }
  }

  /** Sends a letter of over 2000 bytes, as the core does: again, while its failure may pass. */
  private static Sent letter(Link link, Queue to, InboundDelivery origin) throws Exception {
    Message large = Message.text("0").toBuilder().property("error", "x".repeat(2000)).build();
    LinkProducer producer = link.openProducer(to, cause -> {});
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (true) {
      Sent sent = new Sent(large, Optional.of(origin), new CompletableFuture<>());
      producer.send(sent);
      if (!isTransient(sent) || System.nanoTime() - deadline > 0) {
        return sent;
      }
    }
  }

  private static boolean isTransient(Sent sent) throws Exception {
    try {
      await(sent);
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof MessagingException failure && failure.isTransient();
    }
  }

  private static boolean isRefused(Sent sent) throws Exception {
    try {
      await(sent);
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  /** The markers of transactions are in the group's lag, and no messages. */
  @Test
  void whoMayNotMarkTopicsMovesAndCountsAllTheSame() throws Exception {
    owner.close(Links.PATIENCE);
    deny(ResourceType.TOPIC, "*", AclOperation.ALTER_CONFIGS);
    Link link = login();
    await(delayed(link));
    try (Taking consumer = new Taking(link, queue, 1)) {
      consumer.release(consumer.take());
    }
    QueueDepth depth = ((DepthQuery) link).depth(queue);
    assertThat(depth.atRest()).isEqualTo(1);
    assertThat(depth.exact()).isTrue();
    owner = Links.open(broker);
    QueueDepth elsewhere = ((DepthQuery) owner).depth(queue);
    assertThat(elsewhere.atRest()).as("on another connection").isEqualTo(1);
    assertThat(elsewhere.exact()).isTrue();
  }
}
