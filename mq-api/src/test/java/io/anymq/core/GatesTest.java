package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidSelectorException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is refused before anything is asked of a backend, and what a message gets on its way. */
class GatesTest {

  private static final Queue QUEUE = Queue.of("q");
  private static final Message PLAIN = Message.text("1234567890");

  private final MessageGate gate = new MessageGate(20);

  private static Capabilities all() {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    for (Capability each : Capability.values()) {
      support.put(each, Support.NATIVE);
    }
    return new Capabilities("fake", support, Map.of());
  }

  private static Capabilities with(Capability capability, Support how) {
    Map<Capability, Support> support = new EnumMap<>(all().support());
    support.put(capability, how);
    return new Capabilities("fake", support, Map.of());
  }

  private static Capabilities without(Capability capability) {
    return with(capability, Support.UNSUPPORTED);
  }

  private void refused(Message message, Capability capability) {
    assertThatCode(() -> gate.admit(message, all())).doesNotThrowAnyException();
    assertThatThrownBy(() -> gate.admit(message, without(capability)))
        .isInstanceOf(UnsupportedCapabilityException.class);
    assertThatCode(() -> gate.admit(PLAIN, without(capability))).doesNotThrowAnyException();
  }

  @Test
  void aMessageAsksForNothingThatWouldBeIgnored() {
    refused(PLAIN.toBuilder().priority(5).build(), Capability.PRIORITY);
    refused(PLAIN.toBuilder().timeToLive(Duration.ofSeconds(1)).build(), Capability.TIME_TO_LIVE);
    refused(PLAIN.toBuilder().expiresAt(Instant.now()).build(), Capability.TIME_TO_LIVE);
    refused(
        PLAIN.toBuilder().deliveryDelay(Duration.ofSeconds(1)).build(), Capability.DELIVERY_DELAY);
  }

  @Test
  void bodyAndPropertiesAreWithinTheLimit() {
    fits(PLAIN.toBuilder().property("ab", "12345678").build());
    tooLarge(PLAIN.toBuilder().property("ab", "123456789").build(), 21);
    fits(PLAIN.toBuilder().property("ab", 1L).build());
    tooLarge(PLAIN.toBuilder().property("abc", 1L).build(), 21);
    tooLarge(PLAIN.toBuilder().property("ab", "12345678").property("é", "").build(), 22);
    fits(Message.bytes(new byte[20]));
    tooLarge(Message.bytes(new byte[21]), 21);
  }

  private void fits(Message message) {
    assertThat(gate.admit(message, all()).id()).isPresent();
  }

  private void tooLarge(Message message, int bytes) {
    assertThatThrownBy(() -> gate.admit(message, all()))
        .isInstanceOf(MessageTooLargeException.class)
        .hasMessageContaining(bytes + " bytes")
        .hasMessageContaining("allows 20");
  }

  @Test
  void aMessageGetsAnIdAndATimestampOfItsOwn() {
    Instant before = Instant.now().minusMillis(1);
    Message one = gate.stamp(PLAIN);
    Message two = gate.stamp(PLAIN);
    assertThat(one.id()).isPresent().isNotEqualTo(two.id());
    assertThat(one.timestamp().orElseThrow()).isBetween(before, Instant.now());
    assertThat(one.expiresAt()).isEmpty();
    Message again = gate.stamp(one);
    assertThat(again).isSameAs(one);
    Message named = gate.stamp(PLAIN.toBuilder().id("mine").build());
    assertThat(named.id()).contains("mine");
    assertThat(named.timestamp()).isPresent();
    Message timed = gate.stamp(PLAIN.toBuilder().timestamp(Instant.EPOCH).build());
    assertThat(timed.timestamp()).contains(Instant.EPOCH);
    assertThat(timed.id()).isPresent();
  }

  @Test
  void aTimeToLiveBecomesAMoment() {
    Instant before = Instant.now().minusMillis(1);
    Message message = PLAIN.toBuilder().timeToLive(Duration.ofSeconds(60)).build();
    assertThat(gate.stamp(gate.stamp(message)).expiresAt().orElseThrow())
        .isBetween(before.plusSeconds(60), Instant.now().plusSeconds(60));
    Message longest = PLAIN.toBuilder().timeToLive(Duration.ofMillis(Long.MAX_VALUE)).build();
    assertThat(gate.stamp(longest).expiresAt()).contains(Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  private static ConsumerOptions selecting() {
    return ConsumerOptions.builder().selector("a = 1").build();
  }

  private static void queueRefused(ConsumerOptions options, Capability capability) {
    ConsumerGate.checkQueue(all(), QUEUE, options);
    ConsumerGate.checkQueue(without(capability), QUEUE, ConsumerOptions.DEFAULT);
    assertThatThrownBy(() -> ConsumerGate.checkQueue(without(capability), QUEUE, options))
        .isInstanceOf(UnsupportedCapabilityException.class);
  }

  @Test
  void aConsumerAsksForWhatThereIs() {
    queueRefused(selecting(), Capability.QUEUE_SELECTORS);
    queueRefused(ConsumerOptions.builder().keyOrdered(true).build(), Capability.KEY_ORDERING);
    assertThatThrownBy(
            () ->
                ConsumerGate.checkQueue(
                    all(), QUEUE, ConsumerOptions.builder().selector("a = ").build()))
        .isInstanceOf(InvalidSelectorException.class);
  }

  @Test
  void consumersThatTakeTurnsDoNotSelect() {
    ConsumerOptions both = selecting().toBuilder().keyOrdered(true).build();
    ConsumerGate.checkQueue(all(), QUEUE, both);
    Capabilities turns = with(Capability.KEY_ORDERING, Support.EMULATED);
    ConsumerGate.checkQueue(turns, QUEUE, selecting());
    ConsumerGate.checkQueue(turns, QUEUE, ConsumerOptions.builder().keyOrdered(true).build());
    assertThatThrownBy(() -> ConsumerGate.checkQueue(turns, QUEUE, both))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("take turns");
  }

  @Test
  void aQueueHasRoomForItsDeadLetterQueuesName() {
    Queue longest = Queue.of("q".repeat(Destination.MAX_NAME_LENGTH));
    assertThatThrownBy(() -> ConsumerGate.checkQueue(all(), longest, ConsumerOptions.DEFAULT))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining("'.dlq'");
    ConsumerGate.checkQueue(
        all(), longest, ConsumerOptions.builder().deadLetterQueue(QUEUE).build());
    Topic topic = Topic.of("t".repeat(Destination.MAX_NAME_LENGTH));
    assertThatThrownBy(() -> ConsumerGate.checkDeadLetterQueue(topic))
        .hasMessageContaining(Topic.DEAD_LETTER_SUFFIX);
  }

  private static void subscriptionRefused(SubscriptionOptions options, Capability capability) {
    ConsumerGate.checkSubscription(all(), options);
    ConsumerGate.checkSubscription(without(capability), SubscriptionOptions.DEFAULT);
    assertThatThrownBy(() -> ConsumerGate.checkSubscription(without(capability), options))
        .isInstanceOf(UnsupportedCapabilityException.class);
  }

  @Test
  void aSubscriptionAsksForWhatThereIs() {
    subscriptionRefused(SubscriptionOptions.durable("s"), Capability.DURABLE_SUBSCRIPTIONS);
    subscriptionRefused(
        SubscriptionOptions.builder().shared("s").build(), Capability.SHARED_SUBSCRIPTIONS);
    subscriptionRefused(
        SubscriptionOptions.builder().replayFrom(Instant.EPOCH).build(), Capability.REPLAY);
    subscriptionRefused(SubscriptionOptions.builder().replayAfter("p").build(), Capability.REPLAY);
    subscriptionRefused(
        SubscriptionOptions.builder().consumer(selecting()).build(), Capability.TOPIC_SELECTORS);
    subscriptionRefused(
        SubscriptionOptions.builder()
            .consumer(ConsumerOptions.builder().keyOrdered(true).build())
            .build(),
        Capability.KEY_ORDERING);
  }

  @Test
  void whatMeansNothingTogetherIsRefused() {
    refused(SubscriptionOptions.builder().shared("s").consumer(selecting()), "Selectors are not");
    refused(SubscriptionOptions.builder().shared("s").replayAfter("p"), "keeps its own place");
    refused(SubscriptionOptions.builder().durable("s").replayAfter("p"), "keeps its own place");
    ConsumerGate.checkSubscription(
        all(), SubscriptionOptions.builder().durable("s").replayFrom(Instant.EPOCH).build());
    ConsumerGate.checkPattern(SubscriptionOptions.DEFAULT);
    for (SubscriptionOptions.Builder each :
        java.util.List.of(
            SubscriptionOptions.builder().replayAfter("p"),
            SubscriptionOptions.builder().replayFrom(Instant.EPOCH))) {
      assertThatThrownBy(() -> ConsumerGate.checkPattern(each.build()))
          .isInstanceOf(UnsupportedCapabilityException.class)
          .hasMessageContaining("not of a pattern");
    }
  }

  private static void refused(SubscriptionOptions.Builder options, String why) {
    assertThatThrownBy(() -> ConsumerGate.checkSubscription(all(), options.build()))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining(why);
  }
}
