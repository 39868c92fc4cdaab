package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anymq.Capability;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ConsumerInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a broker's answers, refusals and silence say about what it can do. */
@Timeout(60)
final class ActiveMqDetectionTest {

  private static final Duration LONG = Duration.ofSeconds(15);
  private static final Duration SHORT = Duration.ofSeconds(2);

  /** For the questions before the one that is not answered, on a busy machine. */
  private static final Duration PATIENT = Duration.ofSeconds(5);

  /** What a connect asks the broker. */
  enum Question {
    STATISTICS,
    SCHEDULER,
    DELETIONS;

    boolean is(Command command) {
      return switch (this) {
        case STATISTICS -> FakeOpenWire.isTo(command, "ActiveMQ.Statistics.");
        case SCHEDULER -> FakeOpenWire.isTo(command, "ActiveMQ.Scheduler.");
        case DELETIONS ->
            command instanceof ConsumerInfo info
                && info.getDestination().getPhysicalName().startsWith("ActiveMQ.*.Queue");
      };
    }
  }

  private static Map<Capability, Support> capabilities(FakeOpenWire.Fates fates) throws Exception {
    try (FakeOpenWire broker = FakeOpenWire.start(fates)) {
      ActiveMqLink link = ActiveMqLink.open(broker.request(LONG), warning -> {});
      try {
        return link.capabilities();
      } finally {
        link.close(SHORT);
      }
    }
  }

  @Test
  void whatIsAnsweredIsDeclared() throws Exception {
    assertThat(capabilities(command -> FakeOpenWire.Fate.TAKEN))
        .containsKeys(Capability.QUEUE_DEPTH, Capability.DELIVERY_DELAY);
  }

  @ParameterizedTest
  @EnumSource(Question.class)
  void aBrokerThatDoesNotAnswerFailsTheConnect(Question question) throws Exception {
    AtomicBoolean asked = new AtomicBoolean();
    try (FakeOpenWire broker =
        FakeOpenWire.start(
            command -> {
              if (!question.is(command)) {
                return FakeOpenWire.Fate.TAKEN;
              }
              asked.set(true);
              return FakeOpenWire.Fate.SILENCE;
            })) {
      MessagingException failure =
          catchThrowableOfType(
              MessagingException.class, () -> ActiveMqLink.open(broker.request(PATIENT)));
      assertThat(failure).as("the failure of a connect that gets no answer").isNotNull();
      assertThat(failure.isTransient()).as("whether %s is transient", failure).isTrue();
    }
    assertThat(asked).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Question.class)
  void aRefusalIsAnAnswer(Question question) throws Exception {
    Map<Capability, Support> found =
        capabilities(
            command -> question.is(command) ? FakeOpenWire.Fate.REFUSED : FakeOpenWire.Fate.TAKEN);
    assertThat(found.containsKey(Capability.QUEUE_DEPTH))
        .isEqualTo(question != Question.STATISTICS);
    assertThat(found.containsKey(Capability.DELIVERY_DELAY))
        .isEqualTo(question != Question.SCHEDULER);
  }

  /** It answers the message when there is room; whoever makes room may have to connect first. */
  @Test
  void aBrokerWithoutRoomIsOneWithoutThePlugIns() throws Exception {
    assertThat(
            capabilities(
                command ->
                    Question.STATISTICS.is(command) || Question.SCHEDULER.is(command)
                        ? FakeOpenWire.Fate.UNANSWERED
                        : FakeOpenWire.Fate.TAKEN))
        .containsKey(Capability.PERSISTENCE)
        .doesNotContainKeys(Capability.QUEUE_DEPTH, Capability.DELIVERY_DELAY);
  }

  /** A broker that was restarted without the plug-in, as the consumers of before are reopened. */
  @Test
  void whatNeedsThePlugInSaysSoWhenItIsOpened() throws Exception {
    try (FakeOpenWire broker =
        FakeOpenWire.start(
            command ->
                Question.STATISTICS.is(command)
                    ? FakeOpenWire.Fate.REFUSED
                    : FakeOpenWire.Fate.TAKEN)) {
      ActiveMqLink link = ActiveMqLink.open(broker.request(LONG), warning -> {});
      try {
        Source queue = Links.queue(Queue.of("q"));
        Source shared =
            new Source.OfTopic(Topic.of("t"), new Source.Terms(Optional.of("team"), false, true));
        for (ConsumerRequest wanted :
            List.of(
                new ConsumerRequest(queue, 1, Optional.of("a = 1"), false),
                new ConsumerRequest(queue, 1, Optional.empty(), true),
                new ConsumerRequest(shared, 1, Optional.empty(), false))) {
          assertThatThrownBy(() -> link.openConsumer(wanted, new Links.Received()))
              .isInstanceOf(UnsupportedCapabilityException.class)
              .hasMessageContaining("statistics plug-in");
        }
      } finally {
        link.close(SHORT);
      }
    }
  }

  @Test
  void aBrokerThatDoesNotSayWhichItIsFailsTheConnect() throws Exception {
    try (FakeOpenWire broker = FakeOpenWire.nameless()) {
      assertThatThrownBy(() -> ActiveMqLink.open(broker.request(LONG)))
          .isInstanceOf(MessagingTimeoutException.class)
          .hasMessageContaining("did not tell its id");
    }
  }
}
