package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.DestinationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscriptions to patterns of a real broker's topics. */
@Timeout(60)
final class ActiveMqPatternLinkTest {

  private static BrokerHandle broker;
  private final String base = "p" + UUID.randomUUID();
  private ActiveMqLink link;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.shared("activemq");
  }

  @BeforeEach
  void connect() {
    link = Links.open(broker);
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
  }

  @Test
  void anyNumberOfWordsIsNoneToo() throws Exception {
    Links.Received received = subscribe(base + ".#", Optional.empty());
    for (String name : List.of(base, base + ".a", base + "x", base + ".a.b.c")) {
      publish(name);
    }
    assertThat(received.next(3))
        .extracting(InboundDelivery::destination)
        .containsExactly(Topic.of(base), Topic.of(base + ".a"), Topic.of(base + ".a.b.c"));
  }

  @Test
  void whatIsNotMeantIsLeftOutAndTakesNoPlace() throws Exception {
    Links.Received received = subscribe(base + ".#.end", Optional.empty());
    for (int i = 0; i < 20; i++) {
      publish(base + ".other");
      publish(base + ".a.b.end");
    }
    publish(base + ".end");
    for (int i = 0; i < 20; i++) {
      InboundDelivery delivery = received.next();
      assertThat(delivery.destination()).isEqualTo(Topic.of(base + ".a.b.end"));
      received.consumer().settle(Outcome.ACCEPT, List.of(delivery));
    }
    assertThat(received.next().destination()).isEqualTo(Topic.of(base + ".end"));
    assertThat(received.deliveries).isEmpty();
  }

  @Test
  void theBrokersOwnNewsAreNotBrought() throws Exception {
    Links.Received received = subscribe("#", Optional.empty());
    publish(base + ".made.later");
    Links.newQueue(link);
    publish(base + ".last");
    assertThat(received.next(2))
        .extracting(InboundDelivery::destination)
        .containsExactly(Topic.of(base + ".made.later"), Topic.of(base + ".last"));
  }

  @Test
  void aDurableOneKeepsWhatIsSentToTopicsThatAreMadeLater() throws Exception {
    TopicPattern pattern = TopicPattern.of(base + ".*.created");
    Links.Received first = subscribe(pattern.expression(), Optional.of("s"));
    assertThatThrownBy(() -> subscribe(pattern.expression(), Optional.of("s")))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    first.consumer().close();
    publish(base + ".eu.created");
    publish(base + ".eu.deleted");
    publish(base + ".us.created");
    Links.Received second = subscribe(pattern.expression(), Optional.of("s"));
    List<InboundDelivery> kept = second.next(2);
    assertThat(kept)
        .extracting(InboundDelivery::destination)
        .containsExactlyInAnyOrder(Topic.of(base + ".eu.created"), Topic.of(base + ".us.created"));
    second.consumer().settle(Outcome.ACCEPT, kept);
    second.consumer().close();
    link.unsubscribe(pattern, "s");
    link.unsubscribe(pattern, "s");
    publish(base + ".eu.created");
    Links.Received third = subscribe(pattern.expression(), Optional.of("s"));
    publish(base + ".new.created");
    assertThat(third.next().destination()).isEqualTo(Topic.of(base + ".new.created"));
    third.consumer().close();
    link.unsubscribe(pattern, "s");
  }

  /** The broker would store nothing of the topic that is made again. */
  @Test
  void aTopicIsNotDeletedWhileADurableOneMatchesIt() throws Exception {
    Topic topic = Topic.of(base + ".a");
    Links.Received open = subscribe(base + ".*", Optional.of("s"));
    publish(topic.name());
    assertNotDeleted(topic, "'s' to '" + base + ".*'");
    open.consumer().close();
    assertNotDeleted(topic, "'s' to '" + base + ".*'");
    Links.Received again = subscribe(base + ".*", Optional.of("s"));
    assertThat(again.next().destination()).isEqualTo(topic);
    again.consumer().close();
    link.delete(Topic.of(base + "x.a"));
    link.delete(Topic.of(base + ".never.made"));
    link.unsubscribe(TopicPattern.of(base + ".*"), "s");
    link.delete(topic);
    assertThat(link.exists(topic)).isFalse();
  }

  /** By its mark alone it would be there for ever. */
  @Test
  void aTopicIsDeletedThoughAnotherProgramHasRemovedTheDurableOne() throws Exception {
    Topic topic = Topic.of(base + ".a");
    TopicPattern pattern = TopicPattern.of(base + ".*");
    Links.Received received = subscribe(pattern.expression(), Optional.of("s"));
    publish(topic.name());
    received.consumer().close();
    assertNotDeleted(topic, "'s' to '" + base + ".*'");
    unsubscribeNatively(pattern, "s");
    link.delete(topic);
    assertThat(link.exists(topic)).isFalse();
    link.unsubscribe(pattern, "s");
  }

  private static void unsubscribeNatively(TopicPattern pattern, String name) throws Exception {
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(broker.url().substring("activemq:".length()));
    try (ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection()) {
      connection.setClientID(ActiveMqShare.of(pattern, name).clientId());
      connection.start();
      connection.createSession(false, Session.AUTO_ACKNOWLEDGE).unsubscribe(name);
    }
  }

  @Test
  void norWhileASharedOneDoes() throws Exception {
    Topic topic = Topic.of(base + ".a");
    publish(topic.name());
    Links.Received durable = share(Optional.of("kept"), true);
    Links.Received passing = share(Optional.of("passing"), false);
    assertNotDeleted(topic, "'kept' to '" + base + ".#', 'passing' to '" + base + ".#'");
    durable.consumer().close();
    passing.consumer().close();
    assertNotDeleted(topic, "the subscriptions 'kept' to '" + base + ".#' to patterns");
    link.unsubscribe(TopicPattern.of(base + ".#"), "kept");
    link.delete(topic);
  }

  @Test
  void aPlainOneHearsATopicThatIsMadeAgain() throws Exception {
    Links.Received received = subscribe(base + ".*", Optional.empty());
    publish(base + ".a");
    received.next();
    link.delete(Topic.of(base + ".a"));
    publish(base + ".a");
    received.next();
  }

  @Test
  void whoseTopicAnotherProgramDeletesIsWarned() throws Exception {
    Links.Received received = subscribe(base + ".*", Optional.of("s"));
    publish(base + ".a");
    received.next();
    try (LogLines log = new LogLines("was deleted: of a new topic")) {
      destroyNatively(base + ".a");
      long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
      while (log.lines().isEmpty()) {
        assertThat(System.nanoTime()).as("the time until it is warned").isLessThan(deadline);
        Thread.onSpinWait();
      }
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).contains("topic '" + base + ".a'", "subscription 's'");
    }
    received.consumer().close();
    link.unsubscribe(TopicPattern.of(base + ".*"), "s");
  }

  private static void destroyNatively(String topic) throws Exception {
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(broker.url().substring("activemq:".length()));
    try (ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection()) {
      DestinationInfo removal =
          new DestinationInfo(
              connection.getConnectionInfo().getConnectionId(),
              DestinationInfo.REMOVE_OPERATION_TYPE,
              new ActiveMQTopic(topic));
      removal.setTimeout(-1);
      connection.start();
      connection.syncSendPacket(removal);
    }
  }

  private void assertNotDeleted(Topic topic, String words) {
    assertThatThrownBy(() -> link.delete(topic))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining(words);
    assertThat(link.exists(topic)).as("the topic").isTrue();
  }

  private Links.Received share(Optional<String> name, boolean durable) {
    Source.Terms terms = new Source.Terms(name, durable, true);
    return Links.consume(link, new Source.OfPattern(TopicPattern.of(base + ".#"), terms), 5);
  }

  private Links.Received subscribe(String pattern, Optional<String> durable) {
    Source.Terms terms = new Source.Terms(durable, durable.isPresent(), false);
    return Links.consume(link, new Source.OfPattern(TopicPattern.of(pattern), terms), 5);
  }

  private void publish(String topic) throws Exception {
    link.declare(Topic.of(topic), QueueOptions.DEFAULT);
    Links.send(link, Topic.of(topic), 1);
  }
}
