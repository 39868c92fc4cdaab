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
import java.util.concurrent.locks.ReentrantLock;
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

  /** Held while the address is made, which asks the broker. */
  private final ReentrantLock addressLock = new ReentrantLock();

  private @Nullable ReplyAddress address;

  /** Why there will be no reply any more. */
  private volatile @Nullable MessagingException over;

  /** Where replies come to. */
  private record ReplyAddress(Queue queue, CoreConsumer consumer) {}

  Requests(CoreConnection connection) {
    this.connection = connection;
  }

  Message exchange(Destination destination, Message request, Duration timeout) {
    try {
      return Waits.get(begin(destination, request, timeout));
    } catch (InterruptedException e) {
      throw Interrupts.interrupted(e);
    } catch (ExecutionException e) {
      throw failure(destination, timeout, e.getCause() == null ? e : e.getCause());
    }
  }

  /** This thread must go on taking replies, whatever depends on the future. */
  CompletableFuture<Message> exchangeAsync(
      Destination destination, Message request, Duration timeout) {
    CompletableFuture<Message> told = new CompletableFuture<>();
    CompletableFuture<Message> unused =
        begin(destination, request, timeout)
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

  private CompletableFuture<Message> begin(
      Destination destination, Message request, Duration timeout) {
    if (request.replyTo().isPresent()) {
      throw new InvalidMessageException(
          "A request's reply-to is set by the library; leave it out, or send and receive yourself");
    }
    Message complete = connection.admit(request.toBuilder().replyTo(replyQueue()).build());
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
    return ended;
  }

  private void send(
      Destination destination,
      Message request,
      Duration timeout,
      CompletableFuture<Message> reply) {
    try {
      CompletableFuture<Message> unused =
          connection
              .kept(destination)
              .sendAdmitted(request, timeout)
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
  private Queue replyQueue() {
    Waits.lock(addressLock);
    try {
      ReplyAddress now = address;
      if (now == null || now.consumer().isClosing()) {
        now = openAddress();
        address = now;
      }
      return now.queue();
    } finally {
      addressLock.unlock();
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
