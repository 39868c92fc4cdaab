package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.DeadLetter;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.spi.NativeNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.apache.activemq.command.ActiveMQStreamMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What dead letters keep, and dead letters of dead letters. */
final class ActiveMqLettersTest {

  private static final byte[] BODY = "no map".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMapStaysAMapHoweverOftenItIsBuried(boolean artemis) throws Exception {
    ActiveMQMapMessage map = new ActiveMQMapMessage();
    map.setInt("answer", 42);
    map.setProperty("list", List.of("a", 1));
    map.setProperty("n".repeat(256), "no message's");
    ActiveMqMapper mapper = mapper(artemis);
    ActiveMQMessage second = buried(mapper, buried(mapper, map, "first"), "second");
    assertThat(((ActiveMQMapMessage) second).getInt("answer")).isEqualTo(42);
    assertThat(second.getProperty("list")).hasToString("[a, 1]");
    assertThat(second.getProperty("n".repeat(256))).hasToString("no message's");
    assertThat(letterIn(mapper, second).error()).isEqualTo("second");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsLeftOfTheReasonsOfAnEarlierBurial(boolean artemis) throws Exception {
    ActiveMqMapper mapper = mapper(artemis);
    ActiveMQMessage first =
        buried(
            mapper,
            new ActiveMQTextMessage(),
            new DeadLetter(DeadLetter.Reason.REJECTED, 7, "topic:t", "s", "because \uD83D\uDE00"));
    DeadLetter last = new DeadLetter(DeadLetter.Reason.REJECTED, 1, "queue:q.dlq", null, null);
    assertThat(letterIn(mapper, buried(mapper, first, last))).isEqualTo(last);
  }

  /** A program has sent it back to its queue, with a life of its own. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLetterThatWasSentAgainDoesNotEnd(boolean artemis) throws Exception {
    ActiveMqMapper mapper = mapper(artemis);
    Message sentAgain =
        why("first").mark(Message.text("\uD83D\uDE00")).toBuilder()
            .id("id")
            .property("p", "\uD83D\uDE00")
            .timestamp(Instant.ofEpochMilli(5_000))
            .timeToLive(Duration.ofSeconds(60))
            .expiresAt(Instant.ofEpochMilli(65_000))
            .deliveryDelay(Duration.ofSeconds(1))
            .build();
    ActiveMQMessage natively = mapper.toNative(sentAgain);
    ActiveMqMapper.markRepeated(natively);
    ActiveMQMessage letter = buried(mapper, natively, "second");
    assertThat(letter.getExpiration()).isZero();
    assertThat(letter.getProperty("x-anymq-native-expiration")).isEqualTo(65_000L);
    assertThat(letter.getProperties()).doesNotContainKey(ActiveMqMapper.REPEATED);
    Message read = decoded(mapper, letter);
    assertThat(read)
        .usingRecursiveComparison()
        .isEqualTo(why("second").mark(sentAgain)); // which has no life
  }

  @Test
  void whenItWouldHaveExpiredIsKept() throws Exception {
    ActiveMQTextMessage text = new ActiveMQTextMessage();
    text.setText("body");
    text.setExpiration(1_234);
    ActiveMqMapper mapper = mapper(false);
    ActiveMQMessage second = buried(mapper, buried(mapper, text, "first"), "second");
    assertThat(second.getExpiration()).isZero();
    assertThat(second.getProperty("x-anymq-native-expiration")).isEqualTo(1_234L);
    assertThat(decoded(mapper, second).expiresAt()).isEmpty();
    assertThat(decoded(mapper, second).timeToLive()).isEmpty();
  }

  static Stream<ActiveMQMessage> undecodable() throws Exception {
    ActiveMQMessage replyTo = new ActiveMQBytesMessage();
    replyTo.setProperty(ActiveMqMapper.REPLY_TO, "somewhere");
    ActiveMQMessage life = new ActiveMQBytesMessage();
    life.setProperty(ActiveMqMapper.TIME_TO_LIVE, -1L);
    ActiveMQMessage ours = new ActiveMQBytesMessage();
    ours.setProperty(ActiveMqMapper.ID, "id");
    ours.setProperty(ActiveMqMapper.REPLY_TO, "somewhere");
    return Stream.of(
        new ActiveMQMapMessage(),
        new ActiveMQStreamMessage(),
        new ActiveMQObjectMessage(),
        replyTo,
        life,
        ours);
  }

  /** Otherwise its consumer would send it from one dead-letter queue to the next. */
  @ParameterizedTest
  @MethodSource("undecodable")
  void theLetterOfWhatCannotBeReadCanBeRead(ActiveMQMessage foreign) throws Exception {
    foreign.setContent(new ByteSequence(BODY));
    foreign.setProperty("colour", "blue");
    ActiveMqMapper mapper = mapper(false);
    assertThat(delivery(mapper, foreign).undecodable()).isPresent();
    ActiveMQMessage first = buried(mapper, foreign, "first");
    ActiveMQMessage second = buried(mapper, first, "second");
    for (ActiveMQMessage letter : List.of(first, second)) {
      assertThat(decoded(mapper, letter).body()).isEqualTo(BODY);
      assertThat(letter.getContent().toArray()).isEqualTo(BODY);
      assertThat(letter).isInstanceOf(foreign.getClass());
    }
    assertThat(letterIn(mapper, second).error()).isEqualTo("second");
  }

  @Test
  void aPropertyOfOursThatCannotBeReadIsKeptUnderAnotherName() throws Exception {
    ActiveMQMessage foreign = new ActiveMQBytesMessage();
    foreign.setProperty(ActiveMqMapper.REPLY_TO, "somewhere");
    foreign.setProperty("colour", "blue");
    ActiveMqMapper mapper = mapper(false);
    ActiveMQMessage second = buried(mapper, buried(mapper, foreign, "first"), "second");
    assertThat(second.getProperty("x-anymq-native-x-anymq-reply-to")).hasToString("somewhere");
    assertThat(decoded(mapper, second).property("colour", String.class)).contains("blue");
  }

  private static ActiveMqMapper mapper(boolean artemis) {
    return new ActiveMqMapper(new ActiveMqDestinations(NativeNames.none()), artemis);
  }

  private static DeadLetter why(@Nullable String error) {
    return new DeadLetter(DeadLetter.Reason.REJECTED, 1, "queue:q", null, error);
  }

  private static ActiveMQMessage buried(
      ActiveMqMapper mapper, ActiveMQMessage message, String error) throws Exception {
    return buried(mapper, message, why(error));
  }

  private static ActiveMQMessage buried(
      ActiveMqMapper mapper, ActiveMQMessage message, DeadLetter why) throws Exception {
    ActiveMqDelivery delivery = delivery(mapper, message);
    return mapper.toNative(why.mark(delivery.message()), Optional.of(delivery));
  }

  /** As it comes, through the bytes of a frame. */
  private static ActiveMqDelivery delivery(ActiveMqMapper mapper, ActiveMQMessage message)
      throws Exception {
    OpenWireFormat format = new OpenWireFormat();
    ActiveMQMessage sent = (ActiveMQMessage) message.copy();
    sent.setMessageId(new MessageId("ID:host:1:1:1:1"));
    sent.beforeMarshall(format);
    MessageDispatch dispatch = new MessageDispatch();
    dispatch.setMessage((ActiveMQMessage) format.unmarshal(format.marshal(sent)));
    return new ActiveMqDelivery(dispatch, Queue.of("q"), mapper, Optional.empty());
  }

  private static Message decoded(ActiveMqMapper mapper, ActiveMQMessage message) throws Exception {
    ActiveMqDelivery delivery = delivery(mapper, message);
    assertThat(delivery.undecodable()).isEmpty();
    return delivery.message();
  }

  private static DeadLetter letterIn(ActiveMqMapper mapper, ActiveMQMessage message)
      throws Exception {
    return DeadLetter.of(decoded(mapper, message)).orElseThrow();
  }
}
