package io.anymq.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.net.URI;
import java.util.Enumeration;
import java.util.Objects;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQMessageProducer;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.ActiveMQQueue;
import org.jspecify.annotations.Nullable;

/** activemq-client: sends with a callback, client acknowledgement for many deliveries at once. */
final class RawActiveMq implements Contender {

  /**
   * Well below a page of the broker's queue, 200 messages by default ({@code maxPageSize}): when a
   * consumer holds a whole page, the broker reads the next one a second later only. (Seen on 6.3.1:
   * 230 messages a second with 250 here.)
   */
  private static final int ACKNOWLEDGE_EVERY = 64;

  private static final String SCHEME = "activemq:";

  private final ActiveMQConnection connection;
  private final Session sending;
  private ActiveMQQueue queue = new ActiveMQQueue("unset");
  private @Nullable ActiveMQMessageProducer producer;

  RawActiveMq(String url) throws JMSException {
    connection = connect(url);
    connection.start();
    sending = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  private static ActiveMQConnection connect(String url) throws JMSException {
    URI address = URI.create(url.substring(url.startsWith(SCHEME) ? SCHEME.length() : 0));
    String plain = address.getScheme() + "://" + address.getHost() + ":" + address.getPort();
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(plain);
    factory.getPrefetchPolicy().setQueuePrefetch(PREFETCH);
    factory.setCopyMessageOnSend(false);
    String[] account = address.getUserInfo() == null ? null : address.getUserInfo().split(":", 2);
    return (ActiveMQConnection)
        (account == null
            ? factory.createConnection()
            : factory.createConnection(account[0], account.length > 1 ? account[1] : ""));
  }

  @Override
  public void prepare(String name) throws JMSException {
    queue = new ActiveMQQueue(name);
    ActiveMQMessageProducer made = (ActiveMQMessageProducer) sending.createProducer(queue);
    made.setDeliveryMode(DeliveryMode.PERSISTENT);
    producer = made;
  }

  @Override
  public void sendConfirmed(int messages) throws Exception {
    ActiveMQMessageProducer to = Objects.requireNonNull(producer, "prepare comes first");
    Confirmations confirmations = new Confirmations(messages, WINDOW);
    AsyncCallback outcome =
        new AsyncCallback() {
          @Override
          public void onSuccess() {
            confirmations.confirm(1);
          }

          @Override
          public void onException(JMSException failure) {
            confirmations.fail(failure);
          }
        };
    for (int number = 0; number < messages; number++) {
      confirmations.enter();
      BytesMessage message = sending.createBytesMessage();
      message.writeBytes(Payload.of(number));
      to.send(message, outcome);
    }
    confirmations.awaitAll();
  }

  @Override
  public void receiveAccepted(Tally tally) throws Exception {
    Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    MessageConsumer consumer = session.createConsumer(queue);
    int[] pending = {0};
    consumer.setMessageListener(
        message -> {
          try {
            boolean last = tally.add(number(message));
            if (++pending[0] == ACKNOWLEDGE_EVERY || last) {
              message.acknowledge();
              pending[0] = 0;
            }
            if (last) {
              tally.done();
            }
          } catch (JMSException | RuntimeException e) {
            tally.fail(e);
          }
        });
    tally.await(LIMIT);
    session.close();
  }

  private static int number(Message message) throws JMSException {
    BytesMessage bytes = (BytesMessage) message;
    byte[] body = new byte[(int) bytes.getBodyLength()];
    bytes.readBytes(body);
    return Payload.number(body);
  }

  @Override
  public long left() throws JMSException {
    try (QueueBrowser browser = sending.createBrowser(queue)) {
      long count = 0;
      for (Enumeration<?> each = browser.getEnumeration(); each.hasMoreElements(); count++) {
        each.nextElement();
      }
      return count;
    }
  }

  @Override
  public void clear() throws JMSException {
    ActiveMQMessageProducer to = producer;
    if (to != null) {
      to.close();
      producer = null;
    }
    connection.destroyDestination(queue);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (JMSException e) {
      throw new BenchException("activemq-client did not close: " + e, e);
    }
  }
}
