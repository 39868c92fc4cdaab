package io.anymq.activemq;

import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQObjectMessage;

/**
 * A JMS program that has never heard of AnyMQ. It writes text as text messages, as most such
 * programs do, and what is no text as bytes messages.
 */
final class JmsNativeClient implements NativeClient {

  private static final Pattern URL =
      Pattern.compile("activemq:(tcp://)(?:([^:@/]+):([^@/]*)@)?(.+)");

  private final Connection connection;
  private final Session session;

  private JmsNativeClient(Connection connection) throws JMSException {
    this.connection = connection;
    connection.start();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  static JmsNativeClient connect(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Not of the form " + URL + ": " + url);
    }
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(
            parts.group(2), parts.group(3), parts.group(1) + parts.group(4));
    try {
      return new JmsNativeClient(factory.createConnection());
    } catch (JMSException e) {
      throw new IllegalStateException("The native client cannot connect to " + url, e);
    }
  }

  @Override
  public void write(Queue queue, NativeMessage message) throws JMSException {
    Message to = create(message.body());
    if (message.correlationId().isPresent()) {
      to.setJMSCorrelationID(message.correlationId().get());
    }
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      to.setStringProperty(header.getKey(), header.getValue());
    }
    send(queue, to);
  }

  private Message create(byte[] body) throws JMSException {
    try {
      return session.createTextMessage(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      BytesMessage bytes = session.createBytesMessage();
      bytes.writeBytes(body);
      return bytes;
    }
  }

  @Override
  public NativeMessage writeUndecodable(Queue queue) throws JMSException {
    Message written = session.createObjectMessage(42);
    send(queue, written);
    return read(written);
  }

  private void send(Queue queue, Message message) throws JMSException {
    MessageProducer producer = session.createProducer(session.createQueue(queue.name()));
    producer.send(message);
    producer.close();
  }

  @Override
  public Optional<NativeMessage> read(Queue queue, Duration timeout) throws JMSException {
    MessageConsumer consumer = session.createConsumer(session.createQueue(queue.name()));
    try {
      Message message = consumer.receive(timeout.toMillis());
      return message == null ? Optional.empty() : Optional.of(read(message));
    } finally {
      consumer.close();
    }
  }

  private static NativeMessage read(Message message) throws JMSException {
    Map<String, String> headers = new HashMap<>();
    Enumeration<?> names = message.getPropertyNames();
    while (names.hasMoreElements()) {
      String name = (String) names.nextElement();
      if (message.getObjectProperty(name) instanceof String text) {
        headers.put(name, text);
      }
    }
    headers.put("a " + message.getClass().getSimpleName(), ""); // its kind, as if it were a header
    return new NativeMessage(
        body(message), Optional.ofNullable(message.getJMSCorrelationID()), headers);
  }

  private static byte[] body(Message message) throws JMSException {
    if (message instanceof TextMessage text) {
      return text.getText().getBytes(StandardCharsets.UTF_8);
    }
    if (message instanceof ActiveMQObjectMessage object) {
      return object.getContent().toArray();
    }
    BytesMessage bytes = (BytesMessage) message;
    byte[] body = new byte[(int) bytes.getBodyLength()];
    bytes.readBytes(body);
    return body;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (JMSException e) {
      throw new IllegalStateException("The native client cannot be closed", e);
    }
  }
}
