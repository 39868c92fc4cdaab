package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field goes through the encoding and back, and nothing else comes out of rubbish. */
class MessageCodecTest {

  private static byte[] encode(Message message) {
    WireWriter out = new WireWriter();
    MessageCodec.encode(message, out);
    return out.copyAndClear();
  }

  private static Message decode(byte[] bytes) throws MalformedFrameException {
    return MessageCodec.decode(new WireReader(bytes));
  }

  static List<Message> messages() {
    return List.of(
        Message.builder().build(),
        Message.text(""),
        Message.text("grüße 日本 \uD83D\uDE80"),
        Message.bytes(new byte[200_000]),
        Message.builder().persistent(false).priority(0).build(),
        Message.builder().priority(9).id("").correlationId("").type("").key("").build(),
        Message.builder().contentType("application/json").id("i").type("t").key("k").build(),
        Message.builder().replyTo(Queue.of("q")).build(),
        Message.builder().replyTo(Topic.of("q")).correlationId("c").build(),
        Message.builder()
            .timeToLive(Duration.ofMillis(1))
            .expiresAt(Instant.ofEpochMilli(7))
            .deliveryDelay(Duration.ofMillis(Long.MAX_VALUE))
            .timestamp(Instant.ofEpochMilli(-1))
            .build());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldSurvives(Message message) throws Exception {
    assertThat(decode(encode(message))).usingRecursiveComparison().isEqualTo(message);
  }

  static List<Object> values() {
    return List.of(
        "",
        "ä\u0000\uFFFF",
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
        Float.NaN,
        -0.0f,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Double.NaN,
        -0.0,
        Double.POSITIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        new byte[0],
        new byte[] {0, -1});
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyPropertyKeepsItsTypeAndValue(Object value) throws Exception {
    Message message = Message.builder().property("größe", value).property("b", 1).build();
    Message copy = decode(encode(message));
    assertThat(copy.properties().keySet()).containsExactly("größe", "b");
    assertThat(copy.properties().get("größe")).hasSameClassAs(value).isEqualTo(value);
  }

  @Test
  void theExampleOfTheProtocolPageIsWhatIsWritten() {
    Message message = Message.builder().body(new byte[] {'h', 'i'}).correlationId("c1").build();
    assertThat(HexFormat.of().formatHex(encode(message)))
        .isEqualTo("01010400200000000263310000000" + "06869");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD83D", "a\uDE80", "\uD83D\uD83D\uDE80"})
  void aTextThatUtf8CannotHoldIsRefused(String text) {
    for (Message message :
        List.of(
            Message.builder().id(text).build(), Message.builder().property("p", text).build())) {
      assertThatThrownBy(() -> encode(message)).isInstanceOf(InvalidMessageException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02" + "0104000000000000",
        "01" + "0404000000000000",
        "01" + "010a000000000000",
        "01" + "0104020000000000",
        "01" + "01040000ffffffff",
        "01" + "0104000000000001" + "000061",
        "01" + "0104000000000001" + "0001610a00",
        "01" + "0104000000000001" + "0001610202",
        "01" + "0104000000000001" + "0001ff0201",
        "01" + "01040008" + "7fffffff",
        "01" + "01040001" + "ffffffffffffffff" + "00000000",
        "01" + "01040100" + "03000161" + "00000000",
        "01" + "01040100" + "01000120" + "00000000"
      })
  void whatIsNoMessageIsSaidToBeNone(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> decode(bytes)).isInstanceOf(MalformedFrameException.class);
  }

  @Test
  void mutatedMessagesDecodeOrAreRefusedAndNothingElse() {
    byte[] good =
        encode(
            Message.text("body").toBuilder()
                .id("id")
                .property("s", "x")
                .property("l", 1L)
                .property("b", new byte[9])
                .build());
    Random random = new Random(4);
    int decoded = 0;
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length) + 1);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        decode(bytes);
        decoded++;
      } catch (MalformedFrameException e) {
        refused++;
      }
    }
    assertThat(decoded).isPositive();
    assertThat(refused).isPositive();
  }
}
