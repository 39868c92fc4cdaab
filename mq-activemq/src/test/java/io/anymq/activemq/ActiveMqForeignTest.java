package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of native programs: what is delivered of them, and what their dead letters keep. */
final class ActiveMqForeignTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ConsumerOptions MANUAL =
      ConsumerOptions.builder().acknowledgement(AcknowledgementMode.MANUAL).build();

  private static BrokerHandle broker;
  private final Queue queue = Queue.of("foreign." + UUID.randomUUID());
  private Connection connection;
  private jakarta.jms.Connection nativeConnection;
  private Session session;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.system().start("activemq");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void connect() throws JMSException {
    connection = ConnectionFactory.of(broker.url()).connect();
    connection.declare(queue);
    nativeConnection =
        new ActiveMQConnectionFactory(broker.url().substring("activemq:".length()))
            .createConnection();
    nativeConnection.start();
    session = nativeConnection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void disconnect() throws JMSException {
    nativeConnection.close();
    connection.close();
  }

  private void send(jakarta.jms.Message message) throws JMSException {
    session.createProducer(session.createQueue(queue.name())).send(message);
  }

  /** What browse shows, which must be what receive gives. */
  private Delivery receive() {
    Message browsed;
    try (QueueBrowser browser = connection.createBrowser(queue)) {
      browsed = browser.next();
    }
    Consumer consumer = connection.createConsumer(queue, MANUAL);
    Delivery delivery = consumer.receive(PATIENCE).orElseThrow();
    assertThat(delivery.message().body()).isEqualTo(browsed.body());
    assertThat(delivery.message().contentType()).isEqualTo(browsed.contentType());
    assertThat(delivery.message().properties()).isEqualTo(browsed.properties());
    return delivery;
  }

  private <T extends jakarta.jms.Message> T deadLetter(Class<T> kind) throws JMSException {
    return deadLetter(queue.deadLetterQueue(), kind);
  }

  private <T extends jakarta.jms.Message> T deadLetter(Queue letters, Class<T> kind)
      throws JMSException {
    jakarta.jms.Message letter =
        session.createConsumer(session.createQueue(letters.name())).receive(PATIENCE.toMillis());
    assertThat(letter).isInstanceOf(kind);
    return kind.cast(letter);
  }

  /** Rejects the dead letter, too. */
  private <T extends jakarta.jms.Message> T buriedAgain(Class<T> kind) throws JMSException {
    Consumer letters = connection.createConsumer(queue.deadLetterQueue(), MANUAL);
    letters.receive(PATIENCE).orElseThrow().reject("nor tomorrow");
    T again = deadLetter(queue.deadLetterQueue().deadLetterQueue(), kind);
    assertThat(again.getObjectProperty(DeadLetter.ERROR_PROPERTY)).isEqualTo("nor tomorrow");
    return again;
  }

  @Test
  void aMapIsDeliveredAsJsonAndBuriedAsAMap() throws JMSException {
    MapMessage map = session.createMapMessage();
    map.setInt("answer", 42);
    map.setString("text", "a \"quoted\" \uD83D\uDE00 \n word");
    map.setBytes("bytes", new byte[] {1, 2, 3});
    map.setDouble("nan", Double.NaN);
    map.setObject("nested", Map.of("list", List.of(1L, "x", true)));
    map.setStringProperty("colour", "blue");
    map.setJMSCorrelationID("c");
    send(map);
    Delivery delivery = receive();
    assertThat(delivery.message().contentType()).contains("application/json");
    assertThat(new String(delivery.message().body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"answer\":42,\"bytes\":\"AQID\",\"nan\":\"NaN\",\"nested\":{\"list\":[1,\"x\",true]},\"text\":\"a"
                + " \\\"quoted\\\" \\ud83d\\ude00 \\u000a word\"}");
    delivery.reject("not today");
    MapMessage letter = deadLetter(MapMessage.class);
    assertThat(letter.getInt("answer")).isEqualTo(42);
    assertThat(letter.getBytes("bytes")).containsExactly(1, 2, 3);
    assertThat(letter.getObject("nested")).hasToString("{list=[1, x, true]}");
    assertThat(letter.getStringProperty("colour")).isEqualTo("blue");
    assertThat(letter.getJMSCorrelationID()).isEqualTo("c");
    assertThat(letter.getObjectProperty(DeadLetter.ERROR_PROPERTY)).isEqualTo("not today");
  }

  @Test
  void aMapThatAUnitOfWorkRejectsIsBuriedAsAMap() throws JMSException {
    MapMessage map = session.createMapMessage();
    map.setInt("answer", 42);
    map.setObject("nested", Map.of("list", List.of(1L, "x", true)));
    map.setObjectProperty("list", List.of("a", 1));
    map.setJMSCorrelationID("c");
    send(map);
    try (io.anymq.Session unit = connection.createSession();
        Consumer consumer = unit.createConsumer(queue)) {
      consumer.receive(PATIENCE).orElseThrow().reject("not today");
      unit.commit();
    }
    MapMessage letter = deadLetter(MapMessage.class);
    assertThat(letter.getInt("answer")).isEqualTo(42);
    assertThat(letter.getObject("nested")).hasToString("{list=[1, x, true]}");
    assertThat(letter.getObjectProperty("list")).hasToString("[a, 1]");
    assertThat(letter.getJMSCorrelationID()).isEqualTo("c");
    assertThat(letter.getObjectProperty(DeadLetter.ERROR_PROPERTY)).isEqualTo("not today");
    assertThat(connection.depth(queue).atRest()).isZero();
  }

  @Test
  void aMapIsStillAMapWhenItsDeadLetterIsBuried() throws JMSException {
    MapMessage map = session.createMapMessage();
    map.setInt("answer", 42);
    map.setObject("nested", Map.of("list", List.of(1L, "x", true)));
    map.setObjectProperty("list", List.of("a", 1));
    send(map);
    receive().reject("not today");
    MapMessage again = buriedAgain(MapMessage.class);
    assertThat(again.getInt("answer")).isEqualTo(42);
    assertThat(again.getObject("nested")).hasToString("{list=[1, x, true]}");
    assertThat(again.getObjectProperty("list")).hasToString("[a, 1]");
  }

  @Test
  void aSerializedObjectIsStillOneWhenItsDeadLetterIsBuried() throws JMSException {
    send(session.createObjectMessage(42));
    awaitDeadLetters(connection.createConsumer(queue, MANUAL), 1);
    assertThat(buriedAgain(ObjectMessage.class).getObject()).isEqualTo(42);
  }

  @Test
  void aStreamIsDeliveredAsAJsonArray() throws JMSException {
    StreamMessage stream = session.createStreamMessage();
    stream.writeInt(1);
    stream.writeString("two");
    stream.writeBoolean(true);
    stream.writeBytes(new byte[] {4});
    send(stream);
    Delivery delivery = receive();
    assertThat(delivery.message().text()).isEqualTo("[1,\"two\",true,\"BA==\"]");
    delivery.reject("no");
    StreamMessage letter = deadLetter(StreamMessage.class);
    assertThat(letter.readInt()).isEqualTo(1);
    assertThat(letter.readString()).isEqualTo("two");
  }

  @Test
  void aListInAPropertyIsDeliveredAsJsonTextAndBuriedAsAList() throws JMSException {
    TextMessage text = session.createTextMessage("body");
    text.setObjectProperty("list", List.of("a", 1));
    text.setObjectProperty("map", Map.of("k", "v"));
    text.setObjectProperty("none", null);
    text.setStringProperty("JMSXGroupID", "g");
    text.setStringProperty("plain", "€");
    send(text);
    Delivery delivery = receive();
    assertThat(delivery.message().text()).isEqualTo("body");
    assertThat(delivery.message().properties())
        .containsEntry("list", "[\"a\",1]")
        .containsEntry("map", "{\"k\":\"v\"}")
        .containsEntry("plain", "€");
    delivery.reject("no");
    TextMessage letter = deadLetter(TextMessage.class);
    assertThat(letter.getText()).isEqualTo("body");
    assertThat(letter.getObjectProperty("list")).hasToString("[a, 1]");
    assertThat(letter.getObjectProperty("map")).hasToString("{k=v}");
    assertThat(letter.getStringProperty("JMSXGroupID")).isEqualTo("g");
    assertThat(letter.getStringProperty("plain")).isEqualTo("€");
  }

  /** A consumer moves it to the dead-letter queue, where both read it as bytes. */
  @Test
  void aBrowserLeavesOutWhatAConsumerWouldBury() throws JMSException {
    send(session.createObjectMessage(42));
    send(session.createTextMessage("readable"));
    send(session.createObjectMessage(43));
    assertThat(browsed(queue)).containsExactly("readable");
    Consumer consumer = connection.createConsumer(queue, MANUAL);
    Delivery only = consumer.receive(PATIENCE).orElseThrow();
    assertThat(only.message().text()).isEqualTo("readable");
    only.accept();
    awaitDeadLetters(consumer, 2);
    assertThat(browsed(queue.deadLetterQueue())).hasSize(2);
  }

  /** Who receives finds what cannot be read; its dead letter is sent behind the receiver's back. */
  private void awaitDeadLetters(Consumer consumer, int count) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!connection.exists(queue.deadLetterQueue())
        || connection.depth(queue.deadLetterQueue()).atRest() < count) {
      assertThat(System.nanoTime() - deadline).as("time until there are %d", count).isNegative();
      assertThat(consumer.receive(Duration.ofMillis(100))).isEmpty();
    }
  }

  private List<String> browsed(Queue of) {
    List<String> shown = new ArrayList<>();
    try (QueueBrowser browser = connection.createBrowser(of)) {
      browser.forEachRemaining(
          message -> shown.add(new String(message.body(), StandardCharsets.UTF_8)));
    }
    return shown;
  }

  @Test
  void aSerializedObjectIsBuriedUnread() throws JMSException {
    ObjectMessage object = session.createObjectMessage(42);
    send(object);
    byte[] bytes = ((ActiveMQObjectMessage) object).getContent().toArray();
    Consumer consumer = connection.createConsumer(queue, MANUAL);
    assertThat(consumer.receive(Duration.ofMillis(500))).isEmpty();
    Queue letters = queue.deadLetterQueue();
    Message letter =
        connection.createConsumer(letters, MANUAL).receive(PATIENCE).orElseThrow().message();
    assertThat(letter.body()).isEqualTo(bytes);
    assertThat(DeadLetter.of(letter).orElseThrow().reason())
        .isEqualTo(DeadLetter.Reason.UNDECODABLE);
    connection.close();
    assertThat(deadLetter(ObjectMessage.class).getObject()).isEqualTo(42);
  }
}
