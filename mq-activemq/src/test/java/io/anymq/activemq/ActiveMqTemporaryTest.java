package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Temporary queues of a real broker. */
@Timeout(60)
final class ActiveMqTemporaryTest {

  private static BrokerHandle broker;
  private ActiveMqLink owner;
  private ActiveMqLink other;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.shared("activemq");
  }

  @BeforeEach
  void connect() {
    owner = Links.open(broker);
    other = Links.open(broker);
  }

  @AfterEach
  void disconnect() {
    owner.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  @Test
  void anotherFindsItByItsNameAlone() throws Exception {
    Queue queue = temporary();
    assertThat(other.exists(queue)).isTrue();
    Links.send(other, queue, 3);
    assertThat(owner.depth(queue).atRest()).isEqualTo(3);
    assertThat(other.depth(queue).atRest()).isEqualTo(3);
    owner.declareTemporary(queue);
    Links.Received received = Links.consume(owner, Links.queue(queue), 10);
    List<InboundDelivery> all = received.next(3);
    assertThat(all).extracting(InboundDelivery::destination).containsOnly(queue);
    received.consumer().settle(Outcome.ACCEPT, all);
    received.consumer().close();
    assertThat(owner.depth(queue).atRest()).isZero();
  }

  @Test
  void isGoneWithACrashOfItsConnection() throws Exception {
    Queue queue = temporary();
    Links.send(other, queue, 1);
    LinkProducer producer = other.openProducer(queue, cause -> {});
    owner.unwrap(ActiveMQConnection.class).orElseThrow().getTransport().stop();
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (other.exists(queue)) {
      assertThat(System.nanoTime()).as("the queue to go").isLessThan(deadline);
    }
    Links.Sent late = new Links.Sent(Links.text("late"));
    producer.send(late);
    assertThatThrownBy(late::await)
        .cause()
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessageStartingWith(queue.describe() + " does not exist");
    assertThat(other.exists(queue)).isFalse();
  }

  @Test
  void whatNobodyMadeIsRefused() {
    Queue nobodys = Queue.of("tmp." + UUID.randomUUID());
    assertThat(other.exists(nobodys)).isFalse();
    assertThatThrownBy(() -> other.depth(nobodys)).isInstanceOf(DestinationNotFoundException.class);
    assertThatThrownBy(() -> Links.send(other, nobodys, 1))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessage(nobodys.describe() + " does not exist");
  }

  @Test
  void isGoneWhenItIsDeletedAndCanBeMadeAgain() throws Exception {
    Queue queue = temporary();
    owner.delete(queue);
    assertThat(owner.exists(queue)).isFalse();
    owner.declareTemporary(queue);
    Links.send(owner, queue, 1);
    assertThat(owner.depth(queue).atRest()).isEqualTo(1);
  }

  @Test
  void aNativeProgramAnswersToIt() throws Exception {
    Queue replies = temporary();
    Queue questions = Links.newQueue(owner);
    Links.Received received = Links.consume(owner, Links.queue(replies), 10);
    LinkProducer producer = owner.openProducer(questions, cause -> {});
    Message question = Links.text("?").toBuilder().replyTo(replies).build();
    Links.Sent sent = new Links.Sent(question);
    producer.send(sent);
    sent.await();
    try (Connection connection =
        new ActiveMQConnectionFactory(broker.url().substring("activemq:".length()))
            .createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      jakarta.jms.Message asked =
          session
              .createConsumer(session.createQueue(questions.name()))
              .receive(Links.PATIENCE.toMillis());
      TextMessage answer = session.createTextMessage("!");
      session.createProducer(asked.getJMSReplyTo()).send(answer);
      assertThat(received.next().message().text()).isEqualTo("!");
    }
  }

  private Queue temporary() {
    Queue queue = Queue.of("tmp." + UUID.randomUUID());
    owner.declareTemporary(queue);
    return queue;
  }
}
