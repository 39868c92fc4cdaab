package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ActiveMqBrokerTest {

  private static final BrokerSettings LOCAL =
      BrokerSettings.system().with("anymq.tck.activemq.provisioning", "local-process");

  private Remains before = new Remains();

  @BeforeEach
  void look() {
    before = new Remains();
  }

  @AfterEach
  void everythingIsGone() throws IOException {
    before.assertNothingNew();
  }

  private static BrokerHandle start(BrokerOptions options) {
    return BrokerProvisioner.with(LOCAL).start("activemq", options);
  }

  @Test
  void aPersistentMessageSurvivesKillAndRestartAtTheSameUrl() throws Exception {
    try (BrokerHandle broker = start(BrokerOptions.none())) {
      assertThat(broker.version()).matches("6\\.\\d+\\.\\d+");
      String url = broker.proxiedUrl();
      try (Connection connection = connect(url, "", "")) {
        send(connection, "still here");
        broker.kill();
      } catch (JMSException closedByTheKill) {
        assertThat(closedByTheKill).hasRootCauseInstanceOf(IOException.class);
      }
      broker.restart();
      assertThat(broker.proxiedUrl()).isEqualTo(url);
      assertThat(receive(url)).isEqualTo("still here");
    }
  }

  @Test
  void onlyTheGivenAccountComesIn() throws Exception {
    try (BrokerHandle broker = start(BrokerOptions.none().withCredentials("ann", "p=s#1"))) {
      connect(broker.url(), "ann", "p=s#1").close();
      assertThatThrownBy(() -> connect(broker.url(), "ann", "wrong"))
          .isInstanceOf(JMSSecurityException.class);
    }
  }

  @Test
  void aWrongSettingFailsWithTheLog() {
    BrokerOptions wrong = BrokerOptions.none().withSetting("connector", "nonsense://127.0.0.1");
    assertThatThrownBy(() -> start(wrong))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("activemq ended while it started")
        .hasMessageContaining("nonsense");
  }

  @Test
  void aStoppedBrokerSaysThatItIsNotRunning() {
    try (BrokerHandle broker = start(BrokerOptions.none())) {
      broker.stop();
      broker.stop();
      assertThatThrownBy(broker::pause)
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("not running");
      assertThat(broker.logTail()).contains("is shutdown");
    }
  }

  @Test
  void aClosedBrokerStaysClosed() {
    BrokerHandle broker = start(BrokerOptions.none());
    broker.close();
    broker.close();
    assertThatThrownBy(broker::restart).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(broker::kill).isInstanceOf(IllegalStateException.class);
  }

  private static Connection connect(String url, String user, String password) throws JMSException {
    Connection connection =
        new ActiveMQConnectionFactory(url.substring("activemq:".length()))
            .createConnection(user, password);
    try {
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  private static void send(Connection connection, String text) throws JMSException {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Queue queue = session.createQueue("kept");
    MessageProducer producer = session.createProducer(queue);
    producer.setDeliveryMode(DeliveryMode.PERSISTENT);
    producer.send(session.createTextMessage(text));
  }

  private static String receive(String url) throws JMSException {
    try (Connection connection = connect(url, "", "")) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var message = session.createConsumer(session.createQueue("kept")).receive(20_000);
      return message instanceof TextMessage text ? text.getText() : "nothing";
    }
  }
}
