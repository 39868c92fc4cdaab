package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * RDLV-47 where no queue can be bounded: the topic of the dead letters takes no message of the
 * past. One that allows too little is no way to refuse, see {@link LetterRoom}.
 */
final class KafkaRefusedLettersTest extends LinkTest {

  private static final String POISON = "poison";
  private static final int PAIRS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Queue morgue;

  @BeforeEach
  void refuseLetters() throws Exception {
    morgue = queue.deadLetterQueue();
    link.declare(morgue, QueueOptions.DEFAULT);
    allowAge(Duration.ZERO);
  }

  @AfterEach
  void deleteQueues() {
    link.delete(queue);
    link.delete(morgue);
  }

  /** A letter has the time of its message, which is always older than that. */
  private void allowAge(Duration age) throws Exception {
    Links.set(
        link,
        ConfigResource.Type.TOPIC,
        KafkaHarness.NAMES.topic(morgue),
        TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
        String.valueOf(age.toMillis()));
  }

  @Test
  void holdUpNobodyAndAreNotLost() throws Exception {
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      for (int i = 0; i < PAIRS; i++) {
        connection.send(queue, Message.text(POISON + i));
        connection.send(queue, Message.text("good" + i));
      }
      try (Consumer consumer = connection.createConsumer(queue, oneAtATime())) {
        assertThat(settled(consumer, 2 * PAIRS)).as("what one consumer gets").hasSize(2 * PAIRS);
      }
    }
    allowAge(Duration.ofDays(1));
    try (Connection connection = ConnectionFactory.of(broker.url()).connect();
        Consumer consumer = connection.createConsumer(queue, oneAtATime());
        Consumer letters = connection.createConsumer(morgue, oneAtATime())) {
      Set<String> again = settled(consumer, PAIRS);
      assertThat(again).as("what comes again").hasSize(PAIRS).allMatch(t -> t.startsWith(POISON));
      List<String> buried = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        Delivery letter = letters.receive(LIMIT).orElseThrow();
        assertThat(DeadLetter.of(letter.message())).as("its reason").isPresent();
        buried.add(letter.message().text());
        letter.accept();
      }
      assertThat(buried).containsExactlyInAnyOrderElementsOf(again);
      connection.send(morgue, Message.text("behind them"));
      assertThat(letters.receive(LIMIT).orElseThrow().message().text()).isEqualTo("behind them");
    }
  }

  private static ConsumerOptions oneAtATime() {
    return ConsumerOptions.builder()
        .acknowledgement(AcknowledgementMode.MANUAL)
        .prefetch(1)
        .maxDeliveries(1_000)
        .build();
  }

  /** Rejects what is poison, accepts the rest; returns the different texts. */
  private static Set<String> settled(Consumer consumer, int count) {
    Set<String> texts = new TreeSet<>();
    while (texts.size() < count) {
      Delivery delivery =
          consumer
              .receive(LIMIT)
              .orElseThrow(() -> new AssertionError("Nothing comes behind " + texts));
      String text = delivery.message().text();
      if (texts.add(text) && text.startsWith(POISON)) {
        delivery.reject("it is poison");
      } else if (text.startsWith(POISON)) {
        delivery.release();
      } else {
        delivery.accept();
      }
    }
    return texts;
  }
}
