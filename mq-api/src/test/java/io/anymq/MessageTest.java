package io.anymq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

  @Test
  void aBuiltMessageDoesNotChangeWithTheArraysItWasMadeFrom() {
    byte[] body = {1, 2};
    byte[] value = {3};
    Message message = Message.builder().body(body).property("p", value).build();
    body[0] = 9;
    value[0] = 9;
    message.body()[1] = 9;
    message.property("p", byte[].class).orElseThrow()[0] = 9;
    assertThat(message.body()).containsExactly(1, 2);
    assertThat(message.property("p", byte[].class).orElseThrow()).containsExactly(3);
  }

  @Test
  void absentAndEmptyAreTwoThings() {
    Message message = Message.builder().correlationId("").build();
    assertThat(message.correlationId()).contains("");
    assertThat(message.type()).isEmpty();
  }

  @Test
  void nullTakesAFieldAwayAgain() {
    Message message =
        Message.builder().key("k").property("p", 1).key(null).property("p", null).build();
    assertThat(message.key()).isEmpty();
    assertThat(message.properties()).isEmpty();
  }

  @Test
  void bodiesThatAreNoTextAreRefusedAsText() {
    assertThatThrownBy(() -> Message.bytes(new byte[] {(byte) 0xff}).text())
        .isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void valuesThatNoBackendCarriesAreRefused() {
    for (Object value : List.of('c', List.of(), new Object(), new int[0])) {
      assertThatThrownBy(() -> Message.builder().property("p", value))
          .isInstanceOf(InvalidMessageException.class)
          .hasMessageContaining("'p'");
    }
  }

  @Test
  void namesThatBelongToTheLibraryAreRefused() {
    for (String name : List.of("", "x-anymq-id", "é".repeat(128))) {
      assertThatThrownBy(() -> Message.builder().property(name, 1))
          .isInstanceOf(InvalidMessageException.class);
    }
  }

  @Test
  void aPropertyOfAnotherTypeIsSaidToBeOne() {
    Message message = Message.builder().property("p", 1).build();
    assertThatThrownBy(() -> message.property("p", Long.class))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("Integer");
  }

  @Test
  void timesAreCutToMilliseconds() {
    Message message =
        Message.builder()
            .timestamp(Instant.ofEpochSecond(1, 999_999_999))
            .timeToLive(Duration.ofNanos(1_900_000))
            .build();
    assertThat(message.timestamp()).contains(Instant.ofEpochMilli(1999));
    assertThat(message.timeToLive()).contains(Duration.ofMillis(1));
    assertThatThrownBy(() -> Message.builder().deliveryDelay(Duration.ofNanos(1)))
        .isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void aDeadLetterTellsWhyAndLosesWhatWouldHideIt() {
    Message message = Message.builder().text("x").timeToLive(Duration.ofSeconds(1)).build();
    DeadLetter why = new DeadLetter(DeadLetter.Reason.REJECTED, 3, "queue:q", "audit", "bad");
    Message letter = why.mark(message);
    assertThat(DeadLetter.of(letter)).contains(why);
    assertThat(letter.timeToLive()).isEmpty();
    assertThat(DeadLetter.of(message)).isEmpty();
  }
}
