package io.anymq.kafka;

import io.anymq.ConnectionLostException;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * Bounded questions to the cluster, through one admin client. A question that is under way when the
 * link is lost, or begins to close, ends at once. Safe for use by several threads.
 */
final class KafkaCalls {

  private final Admin admin;
  private final Supplier<Duration> timeout;
  private final CompletableFuture<Object> lost;
  private final CompletableFuture<Object> closed = new CompletableFuture<>();

  KafkaCalls(Admin admin, Duration timeout) {
    this(admin, () -> timeout, new CompletableFuture<>());
  }

  private KafkaCalls(Admin admin, Supplier<Duration> timeout, CompletableFuture<Object> lost) {
    this.admin = admin;
    this.timeout = timeout;
    this.lost = lost;
  }

  /**
   * For what a link has yet to do when it closes: its loss ends these questions, too, but its close
   * leaves them the time that it has.
   */
  KafkaCalls farewell(LinkState state) {
    return new KafkaCalls(admin, () -> state.timeLeft(timeout.get()), lost);
  }

  Admin admin() {
    return admin;
  }

  /** How long an answer may take. */
  Duration timeout() {
    return timeout.get();
  }

  /** Ends all questions, now and later, those of the farewell included. */
  void lose(MessagingException cause) {
    lost.completeExceptionally(cause);
  }

  /** Ends all questions, now and later, but those of the farewell. */
  void close(MessagingException cause) {
    closed.completeExceptionally(cause);
  }

  /**
   * Waits for an answer.
   *
   * @param doing what is asked for, as "to make topic x"
   * @param right the right that it needs, as "CREATE on topic x"
   */
  <T> T await(KafkaFuture<T> answer, String doing, String right) {
    try {
      return answerOf(answer);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw failure(e, doing, right);
    }
  }

  /**
   * Waits for an answer to a question about one thing.
   *
   * @param missing the failure that says that it does not exist
   * @param doing as for {@link #await}
   * @param right as for {@link #await}
   * @return the answer, or empty when the thing does not exist
   */
  <T> Optional<T> awaitUnless(
      Class<? extends Exception> missing,
      @Nullable KafkaFuture<T> answer,
      String doing,
      String right) {
    try {
      // Of several things asked about at once each has its own answer; none is left out.
      return Optional.ofNullable(answerOf(Objects.requireNonNull(answer)));
    } catch (ExecutionException e) {
      if (missing.isInstance(e.getCause())) {
        return Optional.empty();
      }
      throw failure(e, doing, right);
    } catch (TimeoutException | InterruptedException e) {
      throw failure(e, doing, right);
    }
  }

  private <T> T answerOf(KafkaFuture<T> answer)
      throws ExecutionException, TimeoutException, InterruptedException {
    CompletableFuture<T> asked = answer.toCompletionStage().toCompletableFuture();
    CompletableFuture.anyOf(asked, lost, closed).get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    return asked.get(0, TimeUnit.MILLISECONDS);
  }

  private MessagingException failure(Exception failure, String doing, String right) {
    if (lost.isCompletedExceptionally() || closed.isCompletedExceptionally()) {
      return new ConnectionLostException(
          "The connection to Kafka was lost when asked " + doing, failure);
    }
    return KafkaErrors.translate(failure, doing, right);
  }
}
