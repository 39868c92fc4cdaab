package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.kafka.SeenTopic.Change;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

final class SeenTopicTest {

  private final SeenTopic seen = new SeenTopic();
  private final Uuid first = Uuid.randomUuid();
  private final Uuid second = Uuid.randomUuid();

  private Change look(Uuid id, int partitions) {
    List<TopicPartitionInfo> all =
        IntStream.range(0, partitions)
            .mapToObj(each -> new TopicPartitionInfo(each, Node.noNode(), List.of(), List.of()))
            .toList();
    return seen.look(new TopicDescription("t", false, all, null, id));
  }

  @Test
  void theFirstLookAndOneThatShowsTheSameIsNoChange() {
    assertThat(look(first, 2)).isEqualTo(Change.NONE);
    assertThat(look(first, 2)).isEqualTo(Change.NONE);
  }

  @Test
  void morePartitionsAreAChangeAndFewerAreAnOldAnswer() {
    look(first, 1);
    assertThat(look(first, 3)).isEqualTo(Change.GROWN);
    assertThat(look(first, 1)).isEqualTo(Change.NONE);
    assertThat(look(first, 3)).isEqualTo(Change.NONE);
    assertThat(look(first, 4)).isEqualTo(Change.GROWN);
  }

  @Test
  void anotherIdIsAnotherTopicAndAnEarlierOneAnOldAnswer() {
    look(first, 3);
    assertThat(look(second, 1)).isEqualTo(Change.REPLACED);
    assertThat(look(first, 3)).isEqualTo(Change.NONE);
    assertThat(look(second, 1)).isEqualTo(Change.NONE);
    assertThat(look(Uuid.randomUuid(), 1)).isEqualTo(Change.REPLACED);
  }
}
