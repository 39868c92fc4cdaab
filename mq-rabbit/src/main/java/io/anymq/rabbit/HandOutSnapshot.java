package io.anymq.rabbit;

import com.rabbitmq.client.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link HandOutLog} as it was read. Filled by the thread that reads the connection; read when
 * that has seen the mark.
 */
final class HandOutSnapshot {

  /** What is recorded of a message before this kind of entry is not of its present life. */
  static final String END_OF_LIFE = "end";

  private static final String AGAIN = "again/";

  private final long takenAt = System.nanoTime();
  private final Map<String, List<HandOutLog.Entry>> byKey = new HashMap<>();
  private final CompletableFuture<Delivery> complete = new CompletableFuture<>();
  private int size;

  /** When the reading began: what was recorded before is here. */
  long takenAt() {
    return takenAt;
  }

  int size() {
    return size;
  }

  /** Adds what was read; the mark is the end. */
  void add(Delivery read, String mark) {
    String id = String.valueOf(read.getProperties().getMessageId());
    if (id.equals(mark)) {
      complete.complete(read);
      return;
    }
    String type = String.valueOf(read.getProperties().getType());
    String key = String.valueOf(read.getProperties().getCorrelationId());
    if (type.equals(END_OF_LIFE) && !complete.isDone()) {
      size++;
      byKey.remove(key);
      return;
    }
    int generation = generation(type);
    if (generation >= 0 && !complete.isDone()) {
      size++;
      byKey
          .computeIfAbsent(key, unused -> new ArrayList<>(1))
          .add(new HandOutLog.Entry(id, key, type.startsWith(AGAIN), generation));
    }
  }

  /** Marks of readers that are gone have none. */
  private static int generation(String type) {
    String digits = type.substring(type.indexOf('/') + 1);
    return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
  }

  /** The broker has ended the reading. */
  void end() {
    complete.completeExceptionally(
        new MessagingException(ErrorCode.BACKEND_FAILURE, "The broker ended the reading"));
  }

  /** Waits for the mark. */
  Delivery await(long deadline) {
    try {
      return complete.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted while reading a log", e);
    } catch (ExecutionException e) {
      throw new MessagingException(ErrorCode.BACKEND_FAILURE, "The reading was ended", e);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException("The log was not read in time", e);
    }
  }

  /** The hand-outs of a message, one left out. */
  int count(String key, HandOutLog.@Nullable Entry own) {
    String id = own == null ? "" : own.id();
    return (int) entries(key).stream().filter(entry -> !entry.id().equals(id)).count();
  }

  /** Those of one copy that the broker had marked as redelivered. */
  int repeated(String key, int generation) {
    return (int)
        entries(key).stream()
            .filter(entry -> entry.again() && entry.generation() == generation)
            .count();
  }

  private List<HandOutLog.Entry> entries(String key) {
    return byKey.getOrDefault(key, List.of());
  }
}
