package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.RolledBackException;
import io.anymq.Session;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the hub has taken can become a dead letter, also when there is no room for it yet. */
class DeadLetterRoomTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final Queue LETTERS = QUEUE.deadLetterQueue();
  private static final int MOST = 64 * 1024;
  private static final Duration LONG = Duration.ofSeconds(20);

  private ZeroMqHub hub;
  private Connection connection;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").maxMessageBytes(MOST).start();
    connection = ConnectionFactory.of(hub.url()).connect();
    connection.declare(QUEUE);
  }

  @AfterEach
  void close() {
    connection.close();
    hub.close();
  }

  /** Sends the longest text that the hub takes. */
  private String sendLongest() {
    for (int length = MOST; ; length--) {
      String text = "x".repeat(length);
      try {
        connection.send(QUEUE, Message.text(text));
        return text;
      } catch (MessageTooLargeException e) {
        assertThat(length).as("length that is still too large").isGreaterThan(MOST - 1000);
      }
    }
  }

  private void expectLetter(String text) {
    try (Consumer letters = connection.createConsumer(LETTERS)) {
      Delivery letter = letters.receive(LONG).orElseThrow();
      assertThat(letter.message().text()).isEqualTo(text);
      assertThat(DeadLetter.of(letter.message())).isPresent();
      letter.accept();
    }
    assertThat(connection.depth(QUEUE).atRest()).isZero();
  }

  @Test
  void theLongestMessageCanBeADeadLetter() {
    String text = sendLongest();
    try (Consumer consumer = connection.createConsumer(QUEUE)) {
      consumer.receive(LONG).orElseThrow().reject("\u20ac".repeat(5000));
      expectLetter(text);
    }
  }

  @Test
  void theLongestMessageCanBeADeadLetterOfAUnitOfWork() {
    String text = sendLongest();
    try (Session session = connection.createSession();
        Consumer consumer = session.createConsumer(QUEUE)) {
      consumer.receive(LONG).orElseThrow().reject("\u20ac".repeat(5000));
      session.commit();
    }
    expectLetter(text);
  }

  @Test
  void aMessageThatPretendsIsRefusedByItsClient() {
    Message pretender =
        new DeadLetter(DeadLetter.Reason.REJECTED, 1, "queue:x", null, null)
            .mark(Message.text("x".repeat(MOST)));
    assertThatThrownBy(() -> connection.send(QUEUE, pretender))
        .isInstanceOf(MessageTooLargeException.class);
    try (Session session = connection.createSession()) {
      session.createProducer(QUEUE).send(pretender);
      assertThatThrownBy(session::commit)
          .isInstanceOf(RolledBackException.class)
          .hasCauseInstanceOf(MessageTooLargeException.class);
    }
    assertThat(connection.depth(QUEUE).atRest()).isZero();
  }

  @Test
  void aFullDeadLetterQueueHoldsNobodyUpAndLosesNothing() throws Exception {
    connection.declare(LETTERS, QueueOptions.builder().maxLength(1).build());
    ConsumerOptions one = ConsumerOptions.builder().prefetch(1).build();
    for (String text : new String[] {"bad 1", "bad 2", "bad 3", "good"}) {
      connection.send(QUEUE, Message.text(text));
    }
    try (Consumer consumer = connection.createConsumer(QUEUE, one)) {
      Delivery delivery = consumer.receive(LONG).orElseThrow();
      while (!delivery.message().text().equals("good")) {
        delivery.reject("bad");
        delivery = consumer.receive(LONG).orElseThrow();
      }
      delivery.accept();
      try (Consumer letters = connection.createConsumer(LETTERS)) {
        for (int i = 1; i <= 3; i++) {
          Delivery letter = letters.receive(LONG).orElseThrow();
          assertThat(letter.message().text()).startsWith("bad ");
          letter.accept();
        }
      }
    }
    assertThat(connection.depth(QUEUE).atRest()).isZero();
    assertThat(connection.depth(LETTERS).atRest()).isZero();
  }
}
