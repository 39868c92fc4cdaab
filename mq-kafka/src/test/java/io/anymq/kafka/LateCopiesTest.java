package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.kafka.KeptRecords.Note;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LateCopiesTest {

  private final LateCopies late = new LateCopies();
  private final Map<Note, Boolean> decided = new HashMap<>();

  private static Note note(long offset) {
    TopicPartition partition = new TopicPartition("t", 0);
    return new Note("keeper", partition, Uuid.randomUuid(), offset, 10, "process");
  }

  private CompletableFuture<@Nullable Void> add(Note note) {
    CompletableFuture<@Nullable Void> stored = new CompletableFuture<>();
    late.add(note, stored);
    return stored;
  }

  @Test
  void whatIsUnderWayIsNotDecided() {
    Note note = note(1);
    CompletableFuture<?> unused = add(note);
    late.takeDecided(decided::put);
    assertThat(decided).isEmpty();
    assertThat(late.contains(note)).as("so that nobody writes another copy").isTrue();
    assertThat(late.takeAll()).containsExactly(note);
    assertThat(late.contains(note)).isFalse();
  }

  @Test
  void whatIsStoredOrHasFailedIsToldOnce() {
    Note stored = note(1);
    Note failed = note(2);
    Note open = note(3);
    assertThat(add(stored).complete(null)).isTrue();
    Exception cause = new IllegalStateException("for this test");
    assertThat(add(failed).completeExceptionally(cause)).isTrue();
    CompletableFuture<?> unused = add(open);
    late.takeDecided(decided::put);
    assertThat(decided).isEqualTo(Map.of(stored, true, failed, false));
    assertThat(late.takeAll()).containsExactly(open);
  }
}
