package io.anymq.core;

import io.anymq.ClosedException;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.SendInDoubtException;
import io.anymq.spi.Link;
import io.anymq.spi.Texts;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that wait for their replies. All replies come to one temporary queue, made with the
 * first request; what nobody waits for any more is dropped.
 */
final class Requests implements Child {

  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  private final CoreConnection connection;

  /** In the order in which they began, in which they end when all end at once. */
  private final Map<String, CompletableFuture<Message>> waiting =
      Collections.synchronizedMap(new LinkedHashMap<>());

  /** Made by the thread that needs it first; others wait for it no longer than they want to. */
  private final AtomicReference<@Nullable CompletableFuture<ReplyAddress>> address =
      new AtomicReference<>();

  /** Why there will be no reply any more. */
  private volatile @Nullable MessagingException over;

  /** Where replies come to. */
  private record ReplyAddress(Queue queue, CoreConsumer consumer) {}

  /**
   * A request that was handed to its producer.
   *
   * @param reply completes with the reply
   * @param ended the same, and then its correlation id is free
   */
  private record Asked(CompletableFuture<Message> reply, CompletableFuture<Message> ended) {

    /** Nobody waits for the reply any more. */
    void drop() {
      reply.cancel(false);
    }
  }

  Requests(CoreConnection connection) {
    this.connection = connection;
  }

  Message exchange(Destination destination, Message request, Duration timeout) {
    Asked asked = begin(destination, request, timeout);
    try {
      return Waits.get(asked.ended());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      asked.drop();
      throw new SendInDoubtException(
          "The thread was interrupted while it waited for the reply from %s; the request may be handled, and a reply that comes now is dropped"
              .formatted(destination.describe()),
          e);
    } catch (ExecutionException e) {
      throw failure(destination, timeout, e.getCause() == null ? e : e.getCause());
    }
  }

  /** This thread must go on taking replies, whatever depends on the future. */
  CompletableFuture<Message> exchangeAsync(
      Destination destination, Message request, Duration timeout) {
    CompletableFuture<Message> told = new CompletableFuture<>();
    Asked asked = begin(destination, request, timeout);
    CompletableFuture<Message> unused =
        asked
            .ended()
            .whenComplete(
                (reply, failure) ->
                    connection
                        .threads()
                        .complete(
                            () -> {
                              if (failure == null) {
                                told.complete(reply);
                              } else {
                                told.completeExceptionally(failure(destination, timeout, failure));
                              }
                            }));
    // The application may cancel it, or complete it by itself.
    unused = told.whenComplete((reply, failure) -> asked.drop());
    return told;
  }

  private static MessagingException failure(
      Destination destination, Duration timeout, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof TimeoutException
        ? new MessagingTimeoutException(
            "No reply from %s within %s; the request may still be handled, and a reply that comes now is dropped"
                .formatted(destination.describe(), Texts.of(timeout)),
            cause)
        : MessagingFailures.of(new CompletionException(cause));
  }

  private Asked begin(Destination destination, Message request, Duration timeout) {
    if (request.replyTo().isPresent()) {
      throw new InvalidMessageException(
          "A request's reply-to is set by the library; leave it out, or send and receive yourself");
    }
    Message complete = connection.admit(request.toBuilder().replyTo(replyQueue(timeout)).build());
    String key = complete.correlationId().or(complete::id).orElseThrow();
    CompletableFuture<Message> reply = new CompletableFuture<>();
    if (waiting.putIfAbsent(key, reply) != null) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE,
          "A request with the correlation id '%s' waits for its reply already".formatted(key));
    }
    CompletableFuture<Message> ended =
        reply.whenComplete((done, failure) -> waiting.remove(key, reply));
    connection
        .threads()
        .unlessDone(
            reply,
            Deadline.in(timeout).remaining(),
            () -> reply.completeExceptionally(new TimeoutException()));
    send(destination, complete, timeout, reply);
    MessagingException none = over;
    if (none != null) {
      reply.completeExceptionally(none); // it may have begun behind the end of all others
    }
    return new Asked(reply, ended);
  }

  private void send(
      Destination destination,
      Message request,
      Duration timeout,
      CompletableFuture<Message> reply) {
    try {
      CompletableFuture<Message> unused =
          connection
              .withKept(destination, producer -> producer.sendAdmitted(request, timeout))
              .whenComplete(
                  (sent, failure) -> {
                    if (failure != null) {
                      reply.completeExceptionally(failure);
                    }
                  });
    } catch (MessagingException e) {
      reply.completeExceptionally(e);
      throw e;
    }
  }

  /** Made again when its consumer has ended, which it does only for good. */
  private Queue replyQueue(Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    while (true) {
      CompletableFuture<ReplyAddress> there = address.get();
      if (there == null || isOver(there)) {
        CompletableFuture<ReplyAddress> mine = new CompletableFuture<>();
        if (address.compareAndSet(there, mine)) {
          return make(mine);
        }
      } else {
        ReplyAddress made = awaitAddress(there, deadline, timeout);
        if (made != null) {
          return made.queue();
        }
      }
    }
  }

  private static boolean isOver(CompletableFuture<ReplyAddress> made) {
    return made.isCompletedExceptionally() || (made.isDone() && made.join().consumer().isClosing());
  }

  private Queue make(CompletableFuture<ReplyAddress> promised) {
    try {
      ReplyAddress made = openAddress();
      promised.complete(made);
      return made.queue();
    } catch (RuntimeException | Error e) { // others wait for it, whatever became of it
      promised.completeExceptionally(e);
      throw e;
    }
  }

  /** Null when the thread that made it was interrupted, and not this one. */
  private static @Nullable ReplyAddress awaitAddress(
      CompletableFuture<ReplyAddress> there, Deadline deadline, Duration timeout) {
    try {
      return Waits.get(there, deadline);
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } catch (TimeoutException e) {
      throw new MessagingTimeoutException(
          "The queue for replies could not be created within %s; the request was not sent"
              .formatted(Texts.of(timeout)),
          e);
    } catch (ExecutionException e) {
      MessagingException failure = MessagingFailures.of(e);
      if (failure.code() == ErrorCode.INTERRUPTED) {
        return null;
      }
      throw failure;
    }
  }

  private ReplyAddress openAddress() {
    connection.supervisor().watch(this);
    Queue queue = connection.createTemporaryQueue();
    try {
      return new ReplyAddress(
          queue, connection.consumer(queue, ConsumerOptions.DEFAULT, this::onReply));
    } catch (RuntimeException e) {
      deleteAfter(e, queue);
      throw e;
    }
  }

  /** It would go with the connection; that it cannot be deleted now is not what went wrong. */
  private void deleteAfter(RuntimeException failure, Queue queue) {
    try {
      connection.delete(queue);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void attach(Link link, long epoch) {}

  @Override
  public String describe() {
    return "the address of replies";
  }

  @Override
  public void detach(long epoch) {}

  /** The connection is lost for good: there will be no reply any more. */
  @Override
  public void fail(MessagingException cause) {
    end(cause);
  }

  private void end(MessagingException cause) {
    over = cause;
    List.copyOf(waiting.values()).forEach(reply -> reply.completeExceptionally(cause));
  }

  private void onReply(Delivery delivery) {
    Message reply = delivery.message();
    CompletableFuture<Message> waiter =
        reply.correlationId().<CompletableFuture<Message>>map(waiting::remove).orElse(null);
    if (waiter == null) {
      LOG.debug("Nobody waits for {} any more; it is dropped", reply);
    } else {
      waiter.complete(reply);
    }
  }

  /** Ends all waits; there will be no reply any more. */
  void close() {
    end(new ClosedException("The connection was closed before the reply came"));
  }

  /** Answers a request. */
  static Message answerTo(Message request, Message answer) {
    String key = request.correlationId().or(request::id).orElseThrow(() -> noReply("it has no id"));
    if (answer.correlationId().isPresent() && !answer.correlationId().get().equals(key)) {
      throw new InvalidMessageException(
          "A reply carries the request's correlation id, '%s'; leave it out".formatted(key));
    }
    return answer.toBuilder().correlationId(key).build();
  }

  static InvalidMessageException noReply(String why) {
    return new InvalidMessageException("This message cannot be replied to: " + why);
  }
}
