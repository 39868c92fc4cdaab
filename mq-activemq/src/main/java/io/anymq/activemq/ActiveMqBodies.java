package io.anymq.activemq;

import io.anymq.DeadLetter;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQStreamMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.util.ByteSequence;

/** Bodies to native ones and back; the kind of native message is that of its body. */
final class ActiveMqBodies {

  private static final String JSON = "application/json";

  private ActiveMqBodies() {}

  /** A native message with the body alone: of text where it is text, otherwise of bytes. */
  static ActiveMQMessage toNative(Message message) {
    if (message.contentType().filter(Message.TEXT::equals).isPresent()) {
      Optional<String> text = utf8(message);
      if (text.isPresent()) {
        return textMessage(text.get());
      }
    }
    ActiveMQBytesMessage bytes = new ActiveMQBytesMessage();
    bytes.setContent(new ByteSequence(message.body()));
    return bytes;
  }

  private static ActiveMQMessage textMessage(String text) {
    ActiveMQTextMessage message = new ActiveMQTextMessage();
    try {
      message.setText(text);
    } catch (JMSException e) {
      throw new IllegalStateException("A new message can be written", e);
    }
    return message;
  }

  private static Optional<String> utf8(Message message) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(message.bodyBuffer()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * The body of what can be decoded. A map or a stream is given as JSON. A serialized object is
   * never read. As a dead letter, what cannot be decoded is the bytes that it came with: otherwise
   * it would go from one dead-letter queue to the next.
   */
  static void read(ActiveMQMessage from, Message.Builder to) throws JMSException, IOException {
    if (!isDeadLetter(from)) {
      decode(from, to);
      return;
    }
    try {
      decode(from, to);
    } catch (JMSException | IOException | RuntimeException e) {
      readRaw(from, to);
    }
  }

  private static void decode(ActiveMQMessage from, Message.Builder to)
      throws JMSException, IOException {
    if (from instanceof ActiveMQBytesMessage bytes) {
      to.wrapBody(bytes(bytes));
    } else if (from instanceof ActiveMQTextMessage text) {
      String body = text.getText();
      if (body != null) {
        to.text(body);
      }
    } else if (from instanceof ActiveMQMapMessage map) {
      json(NativeValues.json(map), to);
    } else if (from instanceof ActiveMQStreamMessage stream) {
      json(NativeValues.json(stream), to);
    } else if (from.getDataStructureType() != ActiveMQMessage.DATA_STRUCTURE_TYPE) {
      throw new InvalidMessageException(
          "A %s has no portable body; send a BytesMessage, a TextMessage or a MapMessage"
              .formatted(from.getClass().getSimpleName().replace("ActiveMQ", "")));
    }
  }

  private static void json(String text, Message.Builder to) {
    to.body(text.getBytes(StandardCharsets.UTF_8)).contentType(JSON);
  }

  private static boolean isDeadLetter(ActiveMQMessage message) throws IOException {
    return message.getProperties().containsKey(DeadLetter.REASON_PROPERTY);
  }

  private static byte[] bytes(ActiveMQBytesMessage from) throws JMSException {
    ByteSequence content = from.getContent();
    if (content == null) {
      return new byte[0];
    }
    if (!from.isCompressed()) {
      return raw(content);
    }
    byte[] body = new byte[Math.toIntExact(from.getBodyLength())];
    from.readBytes(body);
    return body;
  }

  /** What there is of a body that cannot be decoded. */
  static void readRaw(ActiveMQMessage from, Message.Builder to) {
    ByteSequence content = from.getContent();
    if (content != null) {
      to.wrapBody(raw(content));
    }
  }

  /** The bytes; not copied when they fill their array, which the native client leaves alone. */
  private static byte[] raw(ByteSequence content) {
    if (content.offset == 0 && content.length == content.data.length) {
      return content.data;
    }
    return Arrays.copyOfRange(content.data, content.offset, content.offset + content.length);
  }
}
