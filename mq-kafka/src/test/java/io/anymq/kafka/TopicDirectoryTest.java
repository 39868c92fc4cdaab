package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TopicDirectoryTest {

  @Test
  void whatOneWatcherFailsWithDisturbsNoOther() {
    assertThatCode(
            () -> {
              TopicDirectory.tell(
                  topics -> {
                    throw new OutOfMemoryError("for this test");
                  },
                  Map.of());
              TopicDirectory.tell(
                  topics -> {
                    throw new IllegalStateException("for this test");
                  },
                  Map.of());
            })
        .doesNotThrowAnyException();
  }
}
