package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Message;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that wait for their time, with a clock that is moved by hand. */
@Timeout(10)
class HubDelayTest {

  /** Late, so that the clock passes the largest number in between. */
  private static final long START = Long.MAX_VALUE - Duration.ofMillis(50).toNanos();

  private final HubContent content = new HubContent(100_000);

  HubDelayTest() {
    at(0);
  }

  private void at(long millis) {
    content.agenda().advance(START + Duration.ofMillis(millis).toNanos());
  }

  private MessageQueue queue(QueueTerms terms) throws Refusal {
    content.declareQueue("q", terms);
    return content.requireQueue("q");
  }

  private static Payload encoded(Message message) {
    WireWriter out = new WireWriter();
    MessageCodec.encode(message, out);
    return new Payload(out.copyAndClear());
  }

  private static Payload later(long millis) {
    return encoded(
        Message.text("a").toBuilder()
            .timeToLive(Duration.ofDays(1))
            .deliveryDelay(Duration.ofMillis(millis))
            .build());
  }

  @Test
  void isReadyWhenItIsDueAndNotBefore() throws Refusal {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    queue.take(later(100));
    queue.take(later(40));
    at(39);
    assertThat(queue.ready()).isZero();
    at(40);
    assertThat(queue.ready()).isEqualTo(1);
    at(99);
    assertThat(queue.ready()).isEqualTo(1);
    at(100);
    assertThat(queue.ready()).isEqualTo(2);
  }

  @Test
  void tellsHowLongUntilTheNext() throws Refusal {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    assertThat(content.agenda().untilNext(START)).isEqualTo(Long.MAX_VALUE);
    queue.take(later(100));
    queue.take(later(40));
    assertThat(content.agenda().untilNext(START)).isEqualTo(Duration.ofMillis(40).toNanos());
  }

  @Test
  void aTopicIsToldWhenItIsDue() throws Refusal {
    content.declare(Wire.TOPIC, "t");
    HubTopic topic = content.requireTopic("t");
    topic.take(later(100));
    MessageQueue backlog =
        topic.subscriptions().open(new Subscription.Terms("late", true, false)).backlog();
    at(100);
    assertThat(backlog.ready()).isEqualTo(1);
  }

  @Test
  void whatWaitsHasItsPlaceInABoundedQueue() throws Refusal {
    MessageQueue queue = queue(new QueueTerms(false, 1));
    queue.requireRoom(1);
    queue.take(later(100));
    assertThatThrownBy(() -> queue.requireRoom(1)).isInstanceOf(Refusal.class);
    at(100);
    assertThat(queue.ready()).isEqualTo(1);
  }

  @Test
  void whatWaitsCostsMemoryUntilItGoesWithItsDestination() throws Refusal {
    content.declare(Wire.TOPIC, "t");
    HubTopic topic = content.requireTopic("t");
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    Payload message = later(100);
    assertThat(topic.cost(message)).isGreaterThan(message.cost());
    topic.take(message);
    queue.take(later(200));
    assertThat(content.memory().used()).isGreaterThan(topic.cost(message));
    content.delete(Wire.TOPIC, "t");
    content.delete(Wire.QUEUE, "q");
    assertThat(content.memory().used()).isZero();
    assertThat(content.agenda().untilNext(START)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE / 1_000_000, Long.MAX_VALUE})
  void anyDelayIsAWait(long millis) throws Refusal {
    MessageQueue queue = queue(QueueTerms.DEFAULT);
    queue.take(later(millis));
    at(0);
    assertThat(queue.ready()).isZero();
    assertThat(content.agenda().untilNext(START)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 12, 13, 20})
  void aMessageThatIsCutOffHasNoDelay(int length) {
    byte[] whole = later(100).bytes();
    assertThat(new Payload(java.util.Arrays.copyOf(whole, length)).delayMillis()).isZero();
    assertThat(new Payload(whole).delayMillis()).isEqualTo(100);
  }
}
