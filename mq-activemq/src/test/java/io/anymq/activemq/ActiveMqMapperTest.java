package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQStreamMessage;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mapper alone; what the broker does to native fields is the link's test. */
final class ActiveMqMapperTest {

  private static final ActiveMqMapper MAPPER =
      new ActiveMqMapper(
          new ActiveMqDestinations(new NativeNames(Map.of(Queue.of("mapped"), "Native Queue/1"))),
          false);
  private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);
  private static final int TOO_LONG_FOR_A_HEADER = 30_000;

  static Stream<Message> messages() {
    Message.Builder plain = Message.builder().body(BODY).id("id");
    return Stream.of(
        plain.build(),
        Message.builder().id("id").build(),
        Message.text("Ünïcödé \0 \uD83D\uDE00").toBuilder().id("id").build(),
        Message.text("").toBuilder().id("id").build(),
        plain.contentType(Message.TEXT).body(new byte[] {(byte) 0xff, 0}).build(),
        plain.contentType("").id("").correlationId("").type("").key("").body(BODY).build(),
        plain.contentType("ct").id("id").correlationId("ci").type("ty").key("key").build(),
        plain
            .correlationId("€".repeat(TOO_LONG_FOR_A_HEADER))
            .type("t".repeat(TOO_LONG_FOR_A_HEADER))
            .key("k".repeat(TOO_LONG_FOR_A_HEADER))
            .build(),
        plain.correlationId("c").type("t").replyTo(Queue.of("replies")).build(),
        plain.replyTo(Queue.of("mapped")).build(),
        plain.replyTo(Topic.of("replies")).build(),
        plain.priority(0).persistent(false).build(),
        plain.priority(9).persistent(true).build(),
        plain.timestamp(Instant.ofEpochMilli(1_234_567_890_123L)).build(),
        plain.timestamp(Instant.EPOCH).build(),
        plain.timestamp(Instant.ofEpochMilli(-1)).build(),
        plain
            .timeToLive(Duration.ofMillis(1))
            .expiresAt(Instant.ofEpochMilli(7))
            .deliveryDelay(Duration.ofDays(4000))
            .build());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldComesBack(Message message) throws Exception {
    ActiveMqMapper.Decoded decoded = roundTrip(message);
    assertThat(decoded.undecodable()).isEmpty();
    assertThat(decoded.message()).usingRecursiveComparison().isEqualTo(message);
  }

  static Stream<Object> values() {
    return Stream.of(
        "",
        "Ünïcödé € \uD83D\uDE00 \0",
        "x".repeat(70_000),
        true,
        false,
        Byte.MIN_VALUE,
        Byte.MAX_VALUE,
        Short.MIN_VALUE,
        Short.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        0.0f,
        -0.0f,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Float.NaN,
        Float.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        new byte[0],
        new byte[] {0, -1, 127});
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyPropertyKeepsItsValueAndType(Object value) throws Exception {
    for (String name : List.of("p", "naïve", "x".repeat(255), "a-b", "JMSXUserID")) {
      Message sent = Message.builder().property(name, value).build();
      Map<String, Object> received = roundTrip(sent).message().properties();
      assertThat(received).containsOnlyKeys(name);
      assertThat(received.get(name)).isEqualTo(value).hasSameClassAs(value);
    }
  }

  @Test
  void nativeProgramsFindTheirFields() throws Exception {
    Message message =
        Message.text("hello").toBuilder()
            .correlationId("correlation-1")
            .type("greeting")
            .replyTo(Queue.of("mapped"))
            .priority(7)
            .timestamp(Instant.ofEpochMilli(5_500))
            .expiresAt(Instant.ofEpochMilli(9_000))
            .property("colour", "blue")
            .property("size", 42)
            .build();
    ActiveMQMessage to = MAPPER.toNative(message);
    assertThat(to).isInstanceOf(ActiveMQTextMessage.class);
    assertThat(((ActiveMQTextMessage) to).getText()).isEqualTo("hello");
    assertThat(to.getJMSCorrelationID()).isEqualTo("correlation-1");
    assertThat(to.getJMSType()).isEqualTo("greeting");
    assertThat(to.getJMSReplyTo()).isEqualTo(new ActiveMQQueue("Native Queue/1"));
    assertThat(to.getJMSPriority()).isEqualTo(7);
    assertThat(to.getJMSTimestamp()).isEqualTo(5_500);
    assertThat(to.getJMSExpiration()).isEqualTo(9_000);
    assertThat(to.getStringProperty("colour")).isEqualTo("blue");
    assertThat(to.getIntProperty("size")).isEqualTo(42);
  }

  @Test
  void aForeignMessagesFieldsAreRead() throws Exception {
    ActiveMQTextMessage foreign = new ActiveMQTextMessage();
    foreign.setText("hello");
    foreign.setMessageId(new MessageId("ID:host:1:1:1:1"));
    foreign.setJMSCorrelationID("c");
    foreign.setJMSReplyTo(new ActiveMQQueue("Native Queue/1"));
    foreign.setJMSPriority(9);
    foreign.setJMSTimestamp(1_000);
    foreign.setJMSExpiration(3_000);
    foreign.setStringProperty("colour", "blue");
    foreign.setStringProperty("JMSXGroupID", "group");
    Message message = MAPPER.fromNative(foreign).message();
    assertThat(message.text()).isEqualTo("hello");
    assertThat(message.id()).hasValue("ID:host:1:1:1:1");
    assertThat(message.correlationId()).hasValue("c");
    assertThat(message.replyTo()).hasValue(Queue.of("mapped"));
    assertThat(message.priority()).isEqualTo(9);
    assertThat(message.timestamp()).hasValue(Instant.ofEpochMilli(1_000));
    assertThat(message.timeToLive()).hasValue(Duration.ofSeconds(2));
    assertThat(message.expiresAt()).hasValue(Instant.ofEpochMilli(3_000));
    assertThat(message.property("colour", String.class)).hasValue("blue");
    assertThat(message.property("JMSXGroupID", String.class)).hasValue("group");
  }

  @Test
  void aReplyToThatNoPortableNameStandsForIsAProperty() {
    ActiveMQBytesMessage foreign = new ActiveMQBytesMessage();
    foreign.setReplyTo(new ActiveMQTempQueue("ID:host-1:1:1"));
    Message message = MAPPER.fromNative(foreign).message();
    assertThat(message.replyTo()).isEmpty();
    assertThat(message.property("JMSReplyTo", String.class)).hasValue("temp-queue://ID:host-1:1:1");
  }

  static Stream<ActiveMQMessage> undecodable() throws Exception {
    ActiveMQMessage badReplyTo = new ActiveMQBytesMessage();
    badReplyTo.setProperty(ActiveMqMapper.REPLY_TO, "somewhere");
    return Stream.of(
        new ActiveMQMapMessage(),
        new ActiveMQStreamMessage(),
        new ActiveMQObjectMessage(),
        badReplyTo);
  }

  @ParameterizedTest
  @MethodSource("undecodable")
  void whatHasNoPortableFormIsToldAndKeepsItsBody(ActiveMQMessage foreign) {
    foreign.setContent(new ByteSequence(BODY));
    ActiveMqMapper.Decoded decoded = MAPPER.fromNative(foreign);
    assertThat(decoded.undecodable()).isPresent();
    assertThat(decoded.message().body()).isEqualTo(BODY);
  }

  /** No message has such names; that does not keep it from its receiver. */
  @Test
  void propertiesThatNoMessageCanHaveAreLeftOut() throws Exception {
    ActiveMQBytesMessage foreign = new ActiveMQBytesMessage();
    foreign.setContent(new ByteSequence(BODY));
    foreign.setProperty("", "nameless");
    foreign.setProperty("n".repeat(256), "long");
    foreign.setProperty("\u20ac".repeat(86), "long in UTF-8");
    foreign.setProperty("n".repeat(255), "just fits");
    ActiveMqMapper.Decoded decoded = MAPPER.fromNative(foreign);
    assertThat(decoded.undecodable()).isEmpty();
    assertThat(decoded.message().body()).isEqualTo(BODY);
    assertThat(decoded.message().properties()).containsOnlyKeys("n".repeat(255));
  }

  /** Through the bytes of a frame, as over a network. */
  private static ActiveMqMapper.Decoded roundTrip(Message message) throws Exception {
    OpenWireFormat format = new OpenWireFormat();
    ActiveMQMessage sent = MAPPER.toNative(message);
    sent.beforeMarshall(format);
    return MAPPER.fromNative((ActiveMQMessage) format.unmarshal(format.marshal(sent)));
  }
}
