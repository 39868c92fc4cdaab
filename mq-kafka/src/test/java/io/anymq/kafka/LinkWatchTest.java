package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a watch says of topics; it looks when a test says so, and not by itself. */
final class LinkWatchTest extends LinkTest {

  private final List<String> gone = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private LinkWatch watch;
  private String topic;

  @BeforeEach
  void makeWatch() {
    topic = KafkaHarness.NAMES.topic(queue);
    watch =
        new LinkWatch(
            Interposed.config(broker),
            () -> Set.of(topic),
            topics -> topics.forEach(each -> seen.add(each.name())),
            gone::add,
            cause -> {
              throw new AssertionError("the broker is there", cause);
            },
            () -> {});
  }

  @AfterEach
  void closeWatch() {
    watch.close();
  }

  private void delete() {
    link.delete(queue);
    assertThat(link.exists(queue)).as("deleted").isFalse();
  }

  private void lookTwice() {
    watch.look();
    watch.look();
  }

  @Test
  void aTopicThatIsThereIsSeen() {
    watch.look();
    assertThat(seen).containsExactly(topic);
    assertThat(gone).isEmpty();
  }

  /** A broker that has just started knows no topics for a moment. */
  @Test
  void aTopicThatIsMissedOnceIsNotGone() {
    delete();
    watch.look();
    link.declare(queue, QueueOptions.DEFAULT);
    watch.look();
    delete();
    watch.look();
    assertThat(gone).isEmpty();
    watch.look();
    assertThat(gone).containsExactly(topic);
  }

  /** The watch has not seen that it was there; producers have, and have sent. */
  @Test
  void aTopicThatGoesAgainBetweenTwoLooksIsGoneAgain() {
    watch.look();
    delete();
    lookTwice();
    assertThat(gone).as("what is said when it is deleted").containsExactly(topic);
    link.declare(queue, QueueOptions.DEFAULT);
    delete();
    lookTwice();
    assertThat(gone)
        .as("what is said when it is deleted for the second time; see LinkWatch.note")
        .containsExactly(topic, topic);
  }
}
