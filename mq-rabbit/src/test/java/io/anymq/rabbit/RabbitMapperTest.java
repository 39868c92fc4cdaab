package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.AMQBasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mapper alone; what the broker does to native properties is the link's test. */
final class RabbitMapperTest {

  private static final RabbitNames NAMES =
      new RabbitNames(new NativeNames(Map.of(Queue.of("mapped"), "Native Queue/1")));
  private static final RabbitMapper MAPPER = new RabbitMapper(NAMES);
  private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);

  static Stream<Message> messages() {
    Message.Builder plain = Message.builder().body(BODY);
    return Stream.of(
        plain.build(),
        Message.builder().build(),
        Message.text("Ünïcödé"),
        plain.contentType("").id("").correlationId("").type("").key("").build(),
        plain.contentType("ct").id("id").correlationId("ci").type("ty").key("key").build(),
        plain
            .contentType("ü".repeat(200))
            .id("i".repeat(256))
            .correlationId("€".repeat(86))
            .type("t".repeat(1000))
            .key("k".repeat(1000))
            .build(),
        plain.id("i".repeat(255)).type("€".repeat(85)).build(),
        plain.replyTo(Queue.of("replies")).build(),
        plain.replyTo(Queue.of("amq.replies")).build(),
        plain.replyTo(Queue.of("mapped")).build(),
        plain.replyTo(Topic.of("replies")).build(),
        plain.priority(0).persistent(false).build(),
        plain.priority(9).persistent(true).build(),
        plain.timestamp(Instant.ofEpochMilli(1_234_567_890_123L)).build(),
        plain.timestamp(Instant.ofEpochMilli(-1)).build(),
        plain
            .timeToLive(Duration.ofMillis(1))
            .expiresAt(Instant.ofEpochMilli(7))
            .deliveryDelay(Duration.ofDays(4000))
            .build());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldComesBack(Message message) {
    RabbitMapper.Decoded decoded = roundTrip(message);
    assertThat(decoded.fault()).isNull();
    assertThat(decoded.message()).usingRecursiveComparison().isEqualTo(message);
  }

  static Stream<Object> values() {
    return Stream.of(
        "",
        "text",
        "Ünïcödé €",
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
  void everyPropertyKeepsItsValueAndType(Object value) {
    for (String name : List.of("p", "naïve", "x".repeat(255), "CC", "BCC", "x-delivery-count")) {
      Message sent = Message.builder().property(name, value).build();
      Map<String, Object> received = roundTrip(sent).message().properties();
      assertThat(received).containsOnlyKeys(name);
      assertThat(received.get(name)).isEqualTo(value).hasSameClassAs(value);
    }
  }

  @Test
  void nativeProgramsFindTheirFields() {
    Message message =
        Message.text("hello").toBuilder()
            .id("id-1")
            .correlationId("correlation-1")
            .type("greeting")
            .replyTo(Queue.of("mapped"))
            .timestamp(Instant.ofEpochMilli(5_500))
            .timeToLive(Duration.ofSeconds(2))
            .expiresAt(Instant.now().plusSeconds(200))
            .property("colour", "blue")
            .property("size", 42)
            .build();
    BasicProperties encoded = MAPPER.encode(message, OptionalLong.of(7));
    assertThat(encoded.getContentType()).isEqualTo(Message.TEXT);
    assertThat(encoded.getMessageId()).isEqualTo("id-1");
    assertThat(encoded.getCorrelationId()).isEqualTo("correlation-1");
    assertThat(encoded.getType()).isEqualTo("greeting");
    assertThat(encoded.getReplyTo()).isEqualTo("Native Queue/1");
    assertThat(encoded.getTimestamp().toInstant()).isEqualTo(Instant.ofEpochSecond(5));
    assertThat(Long.parseLong(encoded.getExpiration())).isBetween(100_000L, 200_000L);
    assertThat(encoded.getDeliveryMode()).isEqualTo(2);
    assertThat(encoded.getHeaders()).containsEntry("colour", "blue").containsEntry("size", 42);
    assertThat(RabbitMapper.sequence(encoded)).hasValue(7);
  }

  @Test
  void aPlainMessageHasNoTableOfHeaders() {
    Message plain = Links.text("hello");
    assertThat(MAPPER.encode(plain, OptionalLong.empty()).getHeaders()).isNull();
  }

  @Test
  void aForeignMessageWithoutPropertiesIsRead() {
    Message message = MAPPER.decode(new BasicProperties(), BODY).message();
    assertThat(message.body()).isEqualTo(BODY);
    assertThat(message.properties()).isEmpty();
    assertThat(message.persistent()).isFalse();
    assertThat(message.priority()).isEqualTo(Message.DEFAULT_PRIORITY);
    assertThat(message.id()).isEmpty();
    assertThat(message.timestamp()).isEmpty();
  }

  @Test
  void aForeignMessagesFieldsAreRead() {
    BasicProperties foreign =
        new BasicProperties.Builder()
            .correlationId("c")
            .priority(200)
            .expiration("0")
            .replyTo("native-replies")
            .contentEncoding("gzip")
            .appId("app")
            .timestamp(Date.from(Instant.ofEpochSecond(9)))
            .headers(
                headers(
                    "text", LongStringHelper.asLongString("value"),
                    "decimal", new BigDecimal("12.50"),
                    "date", Date.from(Instant.ofEpochSecond(3)),
                    "x-death", List.of(Map.of("count", 1L)),
                    "CC", List.of("a"),
                    "x-first-death-queue", LongStringHelper.asLongString("q")))
            .build();
    RabbitMapper.Decoded decoded = MAPPER.decode(foreign, BODY);
    assertThat(decoded.fault()).isNull();
    assertThat(decoded.message().correlationId()).hasValue("c");
    assertThat(decoded.message().priority()).isEqualTo(Message.MAX_PRIORITY);
    assertThat(decoded.message().timeToLive()).isEmpty();
    assertThat(decoded.message().replyTo()).hasValue(Queue.of("native-replies"));
    assertThat(decoded.message().timestamp()).hasValue(Instant.ofEpochSecond(9));
    assertThat(decoded.message().properties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "text", "value",
                "decimal", "12.50",
                "date", 3000L,
                "amqp.content-encoding", "gzip",
                "amqp.app-id", "app"));
  }

  @Test
  void aReplyToThatNoPortableNameStandsForIsAProperty() {
    String direct = "amq.rabbitmq.reply-to.g1h2/AA==.+x";
    BasicProperties foreign = new BasicProperties.Builder().replyTo(direct).build();
    Message message = MAPPER.decode(foreign, BODY).message();
    assertThat(message.replyTo()).isEmpty();
    assertThat(message.property("amqp.reply-to", String.class)).hasValue(direct);
  }

  static Stream<Map<String, Object>> undecodable() {
    return Stream.of(
        headers("x-anymq-reply-to", LongStringHelper.asLongString("somewhere")),
        headers("x-anymq-reply-to", LongStringHelper.asLongString("queue:not portable")),
        headers("x-anymq-delivery-delay", LongStringHelper.asLongString("a while")),
        headers("x-anymq-key", 17),
        headers("x-anymq-time-to-live", -5L),
        headers("x-anymq-nan-p", true));
  }

  @ParameterizedTest
  @MethodSource("undecodable")
  void whatHasNoPortableFormIsToldAndKeepsItsBodyAndTheRest(Map<String, Object> headers) {
    headers.put("fine", 1);
    BasicProperties foreign = new BasicProperties.Builder().headers(headers).build();
    RabbitMapper.Decoded decoded = MAPPER.decode(foreign, BODY);
    assertThat(decoded.fault()).isNotNull();
    assertThat(decoded.message().body()).isEqualTo(BODY);
    assertThat(decoded.message().properties()).containsEntry("fine", 1);
  }

  /** As on Kafka: a property has a name. */
  @Test
  void aHeaderWithoutANameIsLeftOut() {
    BasicProperties foreign =
        new BasicProperties.Builder().headers(headers("", 1, "fine", 1)).build();
    RabbitMapper.Decoded decoded = MAPPER.decode(foreign, BODY);
    assertThat(decoded.fault()).isNull();
    assertThat(decoded.message().body()).isEqualTo(BODY);
    assertThat(decoded.message().properties()).isEqualTo(Map.of("fine", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-delivery-count", "x-acquired-count"})
  void theBrokersCountIsReadAndIsNoProperty(String header) {
    BasicProperties properties = new BasicProperties.Builder().headers(headers(header, 3)).build();
    assertThat(RabbitMapper.deliveriesBefore(properties)).hasValue(3);
    assertThat(MAPPER.decode(properties, BODY).message().properties()).isEmpty();
  }

  @Test
  void theHigherOfTheBrokersCountsHolds() {
    BasicProperties properties =
        new BasicProperties.Builder()
            .headers(headers("x-delivery-count", 1, "x-acquired-count", 4))
            .build();
    assertThat(RabbitMapper.deliveriesBefore(properties)).hasValue(4);
    assertThat(RabbitMapper.deliveriesBefore(new BasicProperties())).isEmpty();
  }

  /** Through the bytes of a content header, as over a network. */
  private static RabbitMapper.Decoded roundTrip(Message message) {
    AMQBasicProperties sent = MAPPER.encode(message, OptionalLong.empty());
    return MAPPER.decode(NativeBytes.reread(sent), message.body());
  }

  private static Map<String, Object> headers(Object... namesAndValues) {
    Map<String, Object> headers = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  @Test
  void aConfiguredNameStandsForItsPortableQueue() {
    assertThat(NAMES.portableQueue("Native Queue/1")).isEqualTo(Optional.of(Queue.of("mapped")));
    assertThat(NAMES.portableQueue("mapped")).isEmpty();
  }
}
