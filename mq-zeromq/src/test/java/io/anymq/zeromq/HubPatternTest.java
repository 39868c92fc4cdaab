package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Topic;
import io.anymq.TopicPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hub's matching of topics means what {@link TopicPattern} means. */
@Timeout(10)
class HubPatternTest {

  private static HubPattern pattern(String expression) throws Refusal {
    HubMemory memory = new HubMemory(0);
    WaitingRoom waiting = new WaitingRoom(new Agenda(), memory);
    return HubPattern.of(
        expression,
        terms ->
            new MessageQueue(
                QueueTerms.DEFAULT, memory, waiting, DestinationLog.NONE, wantsDispatch -> {}));
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, true",
    "a.b, a.c, false",
    "a.*, a.b, true",
    "a.*, a, false",
    "a.*, a.b.c, false",
    "a.#, a, true",
    "a.#, a.b.c, true",
    "#, anything.at.all, true",
    "#.c, c, true",
    "#.c, a.b.c, true",
    "a.#.c, a.c, true",
    "a.#.c, a.b.b.c, true",
    "a.#.c, a.b.b, false",
    "*.#.*, a, false",
    "*.#.*, a.b, true"
  })
  void meansTheSameAsThePortablePattern(String expression, String topic, boolean expected)
      throws Refusal {
    assertThat(pattern(expression).matches(topic)).isEqualTo(expected);
    assertThat(TopicPattern.of(expression).matches(Topic.of(topic))).isEqualTo(expected);
  }

  @Test
  void aNameThatIsNotPortableIsNotHeard() throws Refusal {
    assertThat(pattern("#").matches("\u00fcber")).isFalse();
  }

  @Test
  void whatIsNoPatternIsRefused() {
    assertThatThrownBy(() -> pattern("a..b")).isInstanceOf(Refusal.class);
  }

  @Test
  void manyHashesTakeNoTime() throws Refusal {
    HubPattern greedy = pattern("#.a.".repeat(40) + "b");
    assertThat(greedy.matches("a.".repeat(90) + "c")).isFalse();
  }
}
