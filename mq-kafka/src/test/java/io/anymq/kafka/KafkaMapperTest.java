package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.DeadLetter;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class KafkaMapperTest {

  private static final Instant SENT = Instant.ofEpochMilli(1_700_000_000_123L);

  static Stream<Message> messages() {
    Message.Builder plain = Message.builder().id("1").timestamp(SENT);
    Message.Builder properties = Message.builder().id("p");
    allValues().forEach(properties::property);
    return Stream.of(
        plain.build(),
        Message.bytes(new byte[] {0, -1, 127, -128}).toBuilder().id("2").build(),
        Message.text("Grüße, 世界 🌍").toBuilder().id("3").build(),
        properties.build(),
        Message.builder().id("").correlationId("").type("").key("").contentType("").build(),
        Message.builder()
            .id("ä")
            .correlationId("ö")
            .type("ü")
            .key("ß")
            .contentType("x/y")
            .replyTo(Queue.of("q"))
            .priority(9)
            .persistent(false)
            .timeToLive(Duration.ofMillis(1))
            .expiresAt(Instant.ofEpochMilli(7))
            .deliveryDelay(Duration.ofDays(10_000))
            .build(),
        Message.builder().id("t").replyTo(Topic.of("q")).priority(0).build(),
        Message.builder().timestamp(Instant.ofEpochMilli(-1)).build(),
        Message.builder().timestamp(Instant.now().plus(Duration.ofDays(400))).build(),
        Message.builder().timestamp(Instant.EPOCH).build());
  }

  private static Map<String, Object> allValues() {
    Map<String, Object> values = new LinkedHashMap<>();
    List<Object> all =
        List.of(
            "",
            "text",
            "\uFFFD",
            true,
            false,
            Byte.MIN_VALUE,
            Short.MAX_VALUE,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Float.NaN,
            Float.MIN_VALUE,
            -0.0f,
            Double.NEGATIVE_INFINITY,
            Double.MAX_VALUE,
            -0.0,
            new byte[0],
            new byte[] {-1, 0});
    for (int i = 0; i < all.size(); i++) {
      values.put("p" + i, all.get(i));
    }
    values.put("a=b,c%25", 1);
    values.put("schlüssel", 2L);
    values.put("content-type", "mine");
    return values;
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldSurvives(Message sent) {
    for (boolean keepsTimestamps : List.of(true, false)) {
      ProducerRecord<byte[], byte[]> written = KafkaMapper.toRecord(sent, "topic", keepsTimestamps);
      KafkaMapper.Decoded read = KafkaMapper.toMessage(stored(written, keepsTimestamps));
      assertThat(read.undecodable()).isEmpty();
      assertSame(read.message(), sent);
    }
  }

  private static void assertSame(Message read, Message sent) {
    assertThat(read.body()).isEqualTo(sent.body());
    assertThat(read.contentType()).isEqualTo(sent.contentType());
    assertThat(read.properties().keySet()).containsExactlyElementsOf(sent.properties().keySet());
    sent.properties()
        .forEach(
            (name, value) -> assertThat(read.properties().get(name)).as(name).isEqualTo(value));
    assertThat(read.id()).isEqualTo(sent.id());
    assertThat(read.correlationId()).isEqualTo(sent.correlationId());
    assertThat(read.replyTo()).isEqualTo(sent.replyTo());
    assertThat(read.type()).isEqualTo(sent.type());
    assertThat(read.key()).isEqualTo(sent.key());
    assertThat(read.priority()).isEqualTo(sent.priority());
    assertThat(read.persistent()).isEqualTo(sent.persistent());
    assertThat(read.timeToLive()).isEqualTo(sent.timeToLive());
    assertThat(read.expiresAt()).isEqualTo(sent.expiresAt());
    assertThat(read.deliveryDelay()).isEqualTo(sent.deliveryDelay());
    sent.timestamp().ifPresent(time -> assertThat(read.timestamp()).contains(time));
  }

  @Test
  void nativeFieldsAreUsed() {
    Message message =
        Message.text("body").toBuilder().key("k").timestamp(SENT).property("n", 5).build();
    ProducerRecord<byte[], byte[]> entry = KafkaMapper.toRecord(message, "topic", true);
    assertThat(entry.topic()).isEqualTo("topic");
    assertThat(entry.key()).isEqualTo(utf8("k"));
    assertThat(entry.value()).isEqualTo(utf8("body"));
    assertThat(entry.timestamp()).isEqualTo(SENT.toEpochMilli());
    assertThat(header(entry.headers(), "n")).isEqualTo("5");
    assertThat(header(entry.headers(), KafkaHeaders.TYPES)).isEqualTo("n=integer");
    assertThat(entry.headers().lastHeader(KafkaHeaders.TIMESTAMP)).isNull();
  }

  @Test
  void foreignRecordsAreRead() {
    Headers headers = new RecordHeaders();
    headers.add("trace", utf8("abc")).add("raw", new byte[] {-1}).add("nothing", null);
    headers.add("content-type", utf8("application/json"));
    KafkaMapper.Decoded read =
        KafkaMapper.toMessage(stored(new byte[] {-1, 2}, utf8("{}"), headers));
    Message message = read.message();
    assertThat(read.undecodable()).isEmpty();
    assertThat(message.text()).isEqualTo("{}");
    assertThat(message.contentType()).contains("application/json");
    assertThat(message.property("trace", String.class)).contains("abc");
    assertThat(message.property("raw", byte[].class)).contains(new byte[] {-1});
    assertThat(message.property(KafkaMapper.BINARY_KEY, byte[].class)).contains(new byte[] {-1, 2});
    assertThat(message.properties()).doesNotContainKey("nothing");
    assertThat(message.key()).isEmpty();
    assertThat(message.id()).isEmpty();
  }

  @Test
  void noValueIsAnEmptyBody() {
    KafkaMapper.Decoded read = KafkaMapper.toMessage(stored(null, null, new RecordHeaders()));
    assertThat(read.message().bodyLength()).isZero();
    assertThat(read.undecodable()).isEmpty();
  }

  static Stream<Map.Entry<String, String>> malformed() {
    return Stream.of(
        Map.entry(KafkaHeaders.TYPES, "n=complex"),
        Map.entry(KafkaHeaders.TYPES, "n"),
        Map.entry(KafkaHeaders.TYPES, "n=integer"),
        Map.entry(KafkaHeaders.TYPES, "n=boolean"),
        Map.entry(KafkaHeaders.PRIORITY, "high"),
        Map.entry(KafkaHeaders.PRIORITY, "10"),
        Map.entry(KafkaHeaders.REPLY_TO, "somewhere"),
        Map.entry(KafkaHeaders.REPLY_TO, "queue:not a name"),
        Map.entry(KafkaHeaders.TIME_TO_LIVE, "0"),
        Map.entry(KafkaHeaders.TIMESTAMP, "noon"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedHeadersAreSaid(Map.Entry<String, String> malformed) {
    Headers headers = new RecordHeaders();
    headers.add("before", utf8("b"));
    headers.add(malformed.getKey(), utf8(malformed.getValue())).add("n", utf8("x"));
    headers.add(KafkaHeaders.CORRELATION_ID, utf8("c"));
    KafkaMapper.Decoded read = KafkaMapper.toMessage(stored(null, utf8("kept"), headers));
    assertThat(read.undecodable()).isPresent();
    assertThat(read.message().text()).isEqualTo("kept");
    assertThat(read.message().property("before", String.class)).contains("b");
    assertThat(read.message().property("n", String.class)).contains("x");
    assertThat(read.message().correlationId()).contains("c");
  }

  /** No property can have such a name; that does not keep the message from its receiver. */
  @Test
  void headersThatCannotBePropertiesAreLeftOut() {
    Headers headers = new RecordHeaders();
    headers.add("", utf8("nameless")).add("n".repeat(256), utf8("long")).add("n", utf8("x"));
    KafkaMapper.Decoded read = KafkaMapper.toMessage(stored(null, utf8("kept"), headers));
    assertThat(read.undecodable()).isEmpty();
    assertThat(read.message().properties()).containsExactly(Map.entry("n", "x"));
  }

  @Test
  void aDeadLetterKeepsWhatItsMessageCannotCarry() {
    Headers headers = new RecordHeaders();
    headers.add("", utf8("nameless")).add("twice", utf8("1")).add("twice", utf8("2"));
    headers.add("nothing", null).add(KafkaHeaders.TYPES, utf8("n=complex"));
    headers.add("n", utf8("x")).add("anymq.dead-letter.error", utf8("an earlier one"));
    ConsumerRecord<byte[], byte[]> origin = stored(new byte[] {-1, 2}, null, headers);
    DeadLetter why = new DeadLetter(DeadLetter.Reason.UNDECODABLE, 1, "queue:q", null, "bad");
    ProducerRecord<byte[], byte[]> letter = buried(origin, why);
    assertThat(letter.key()).isEqualTo(origin.key());
    assertThat(letter.value()).isNull();
    assertThat(Stream.of(letter.headers().toArray()).map(Header::key))
        .startsWith("", "twice", "twice", "nothing", "x-anymq-original-types", "n")
        .doesNotContain(KafkaMapper.BINARY_KEY);
    assertThat(letter.headers().headers("twice")).extracting(Header::value).hasSize(2);
    Message read = KafkaMapper.toMessage(stored(letter, true)).message();
    assertThat(DeadLetter.of(read)).contains(why);
    assertThat(read.property(KafkaMapper.BINARY_KEY, byte[].class)).contains(origin.key());
    assertThat(KafkaMapper.toMessage(stored(letter, true)).undecodable()).isEmpty();
  }

  @Test
  void aDeadLetterOfADeadLetterKeepsWhatTheFirstOneKept() {
    Headers headers = new RecordHeaders();
    headers.add("twice", utf8("1")).add("twice", utf8("2")).add("n", utf8("x"));
    headers.add(KafkaHeaders.TYPES, utf8("n=complex"));
    ConsumerRecord<byte[], byte[]> origin = stored(new byte[] {-1, 2}, new byte[] {-1}, headers);
    DeadLetter last = new DeadLetter(DeadLetter.Reason.REJECTED, 1, "queue:q.dlq", null, null);
    ProducerRecord<byte[], byte[]> first =
        buried(origin, new DeadLetter(DeadLetter.Reason.UNDECODABLE, 7, "topic:t", "s", "bad"));
    ProducerRecord<byte[], byte[]> second = buried(stored(first, true), last);
    assertThat(second.key()).isEqualTo(origin.key());
    assertThat(second.value()).isEqualTo(origin.value());
    assertThat(second.headers().headers("twice")).hasSize(2);
    assertThat(header(second.headers(), "x-anymq-original-types")).isEqualTo("n=complex");
    KafkaMapper.Decoded read = KafkaMapper.toMessage(stored(second, true));
    assertThat(read.undecodable()).isEmpty();
    assertThat(DeadLetter.of(read.message())).contains(last);
  }

  private static ProducerRecord<byte[], byte[]> buried(
      ConsumerRecord<byte[], byte[]> origin, DeadLetter why) {
    KafkaMapper.Decoded decoded = KafkaMapper.toMessage(origin);
    Message marked = why.mark(decoded.message());
    return KafkaMapper.withOrigin(
        KafkaMapper.toRecord(marked, "dlq", true), origin, decoded.undecodable().isEmpty());
  }

  @Test
  void whatMayBeStoredTwiceSaysSo() {
    ProducerRecord<byte[], byte[]> entry = KafkaMapper.toRecord(Message.text("x"), "q", true);
    assertThat(KafkaMapper.isRepeated(stored(entry, true))).isFalse();
    KafkaMapper.markRepeated(entry);
    assertThat(KafkaMapper.isRepeated(stored(entry, true))).isTrue();
    assertThat(new KafkaDelivery(stored(entry, true), Queue.of("q"), 1).redelivered()).isTrue();
  }

  private static ConsumerRecord<byte[], byte[]> stored(
      ProducerRecord<byte[], byte[]> written, boolean keepsTimestamps) {
    Long stamped = keepsTimestamps ? written.timestamp() : null;
    return new ConsumerRecord<>(
        written.topic(),
        0,
        0,
        stamped == null ? SENT.toEpochMilli() : stamped,
        TimestampType.CREATE_TIME,
        0,
        0,
        written.key(),
        written.value(),
        written.headers(),
        Optional.empty());
  }

  private static ConsumerRecord<byte[], byte[]> stored(
      byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    return new ConsumerRecord<>(
        "topic",
        0,
        0,
        -1,
        TimestampType.NO_TIMESTAMP_TYPE,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  private static String header(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    assertThat(header).as(name).isNotNull();
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
