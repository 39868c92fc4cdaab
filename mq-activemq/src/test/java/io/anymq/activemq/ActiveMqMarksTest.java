package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.DestinationNotFoundException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.DestinationInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable subscriptions without a consumer, whose topic is deleted. */
@Timeout(60)
final class ActiveMqMarksTest {

  private static BrokerHandle broker;
  private final Topic topic = Topic.of("orphans." + UUID.randomUUID() + ".eu");
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private ActiveMqLink link;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.system().start("activemq");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void connect() {
    link = open(broker);
    link.declare(topic, QueueOptions.DEFAULT);
  }

  private ActiveMqLink open(BrokerHandle to) {
    return ActiveMqLink.open(Links.request(to.url(), new LinkedBlockingQueue<>()), warnings::add);
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
  }

  /** As the broker's console does. */
  private static void deleteNatively(Topic topic) throws Exception {
    ActiveMQConnection connection =
        (ActiveMQConnection)
            new ActiveMQConnectionFactory(broker.url().substring("activemq:".length()))
                .createConnection();
    connection.start();
    DestinationInfo removal =
        new DestinationInfo(
            connection.getConnectionInfo().getConnectionId(),
            DestinationInfo.REMOVE_OPERATION_TYPE,
            new ActiveMQTopic(topic.name()));
    removal.setTimeout(1000);
    connection.syncSendPacket(removal);
    connection.close();
  }

  private String nextWarning() throws InterruptedException {
    String warning = warnings.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(warning).as("the warning about the deletion").isNotNull();
    return warning;
  }

  private void createAgainAndReceive(Source source) throws Exception {
    link.declare(topic, QueueOptions.DEFAULT);
    Links.Received received = Links.consume(link, source, 5);
    Links.send(link, topic, 2);
    List<InboundDelivery> both = received.next(2);
    received.consumer().settle(Outcome.ACCEPT, both);
    received.consumer().close();
    Links.send(link, topic, 1);
    Links.Received again = Links.consume(link, source, 5);
    assertThat(again.next().message().text()).isEqualTo("0");
    again.consumer().close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherProgramsDeletionIsToldAndMendedWhileAConnectionHearsOfIt(boolean shared)
      throws Exception {
    Source source = new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), true, shared));
    Links.consume(link, source, 5).consumer().close();
    deleteNatively(topic);
    assertThat(nextWarning())
        .contains("Another program deleted topic '" + topic.name() + "'")
        .contains("subscription 's'");
    createAgainAndReceive(source);
    assertThat(warnings).isEmpty();
  }

  /** Its consumer is told, and the subscription can be used again at once. */
  @Test
  void oneWithAConsumerIsLeftToIt() throws Exception {
    ActiveMqLink other = open(broker);
    Source source = Links.durable(topic, "s");
    for (int round = 0; round < 10; round++) {
      Links.Received received = Links.consume(other, source, 5);
      deleteNatively(topic);
      assertThat(received.broken.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(DestinationNotFoundException.class);
      createAgainAndReceive(source);
    }
    assertThat(warnings).isEmpty();
    other.close(Duration.ofSeconds(5));
  }

  @Test
  void ownDeletionsAreNoNews() throws Exception {
    Source source = Links.durable(topic, "s");
    Links.consume(link, source, 5).consumer().close();
    link.delete(topic);
    createAgainAndReceive(source);
    // What was heard before this deletion has been looked after when its warning is there.
    Topic last = Topic.of("last." + UUID.randomUUID());
    link.declare(last, QueueOptions.DEFAULT);
    Links.consume(link, Links.durable(last, "l"), 5).consumer().close();
    deleteNatively(last);
    assertThat(nextWarning()).contains(last.name());
    assertThat(warnings).isEmpty();
  }

  @Test
  void aPatternsSubscriptionIsNamedWhenATopicOfItIsDeleted() throws Exception {
    TopicPattern pattern = TopicPattern.of(topic.name().replace(".eu", ".*"));
    Source source = new Source.OfPattern(pattern, new Source.Terms(Optional.of("p"), true, false));
    Links.consume(link, source, 5).consumer().close();
    link.delete(topic);
    assertThat(nextWarning())
        .contains("topic '" + topic.name() + "' was deleted")
        .contains("subscription 'p' of pattern '" + pattern.expression() + "'");
    link.unsubscribe(pattern, "p");
    createAgainAndReceive(source);
    link.unsubscribe(pattern, "p");
  }

  @Test
  void aBrokerWithoutThePlugInIsWarnedOf() {
    assertThat(warnings).isEmpty();
    try (BrokerHandle plain =
        BrokerProvisioner.system()
            .start("activemq", BrokerOptions.none().withSetting("statistics", "false"))) {
      ActiveMqLink other = open(plain);
      assertThat(warnings).hasSize(1);
      assertThat(warnings.peek())
          .contains("prefetch therefore counts as delivered")
          .contains("durable subscription of a deleted topic")
          .contains("Add <statisticsBrokerPlugin/>");
      other.close(Duration.ofSeconds(5));
    }
  }
}
