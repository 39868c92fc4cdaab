package io.anymq.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies of noted records that the native producer still has under way though nobody waits for them
 * any more: it may store them later than an operation may take. Until that is decided another copy
 * would be a second message. Safe for use by several threads.
 */
final class LateCopies {

  private final Map<KeptRecords.Note, CompletableFuture<@Nullable Void>> copies = new HashMap<>();

  /** A copy is late. */
  synchronized void add(KeptRecords.Note note, CompletableFuture<@Nullable Void> stored) {
    copies.put(note, stored);
  }

  synchronized boolean contains(KeptRecords.Note note) {
    return copies.containsKey(note);
  }

  /**
   * Takes out those that are decided.
   *
   * @param decided is told of each, and whether it is stored
   */
  void takeDecided(BiConsumer<KeptRecords.Note, Boolean> decided) {
    Map<KeptRecords.Note, Boolean> taken = new HashMap<>();
    synchronized (this) {
      copies.forEach(
          (note, stored) -> {
            if (stored.isDone()) {
              taken.put(note, !stored.isCompletedExceptionally());
            }
          });
      copies.keySet().removeAll(taken.keySet());
    }
    taken.forEach(decided);
  }

  /** Takes out all: their link closes. */
  synchronized List<KeptRecords.Note> takeAll() {
    List<KeptRecords.Note> taken = new ArrayList<>(copies.keySet());
    copies.clear();
    return taken;
  }
}
