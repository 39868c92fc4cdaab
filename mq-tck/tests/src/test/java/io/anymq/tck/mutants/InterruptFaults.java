package io.anymq.tck.mutants;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Session;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong when a thread is interrupted. */
final class InterruptFaults {

  private InterruptFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.of(
            "an interrupt is forgotten",
            InterruptFaults::forgetting,
            "LIFE-80",
            "LIFE-81",
            "LIFE-82",
            "LIFE-83",
            "LIFE-84",
            "LIFE-85",
            "LIFE-86",
            "LIFE-87",
            "LIFE-88",
            "LIFE-90",
            "LIFE-91"),
        ApiVariant.stateful(
            "an interrupt is everybody's",
            InterruptFaults::spreading,
            "LIFE-81",
            "LIFE-82",
            "LIFE-85",
            "LIFE-86",
            "LIFE-87",
            "LIFE-89",
            "LIFE-90"),
        ApiVariant.of(
            "an interrupted accept or release is dropped",
            call ->
                call.on(Delivery.class)
                        && (call.is("accept") || call.is("release"))
                        && Thread.currentThread().isInterrupted()
                    ? null
                    : call.proceed(),
            "LIFE-83"),
        ApiVariant.of(
            "an interrupted receive takes a message with it",
            Fault.of(Consumer.class, "receive", InterruptFaults::taking),
            "LIFE-83"),
        ApiVariant.stateful(
            "an interrupted close drops the window", InterruptFaults::dropping, "LIFE-88"),
        ApiVariant.stateful(
            "an interrupted commit sends twice", InterruptFaults::doubling, "LIFE-84"),
        ApiVariant.of(
            "an interrupted commit is said to be undone",
            Fault.of(
                Session.class,
                "commit",
                call -> {
                  if (!Thread.interrupted()) {
                    return call.proceed();
                  }
                  Object unused = call.proceed();
                  Thread.currentThread().interrupt();
                  throw interrupted();
                }),
            "LIFE-84"));
  }

  private static MessagingException interrupted() {
    return new MessagingException(ErrorCode.INTERRUPTED, "The thread was interrupted");
  }

  private static @Nullable Object taking(Call call) throws Throwable {
    if (!Thread.interrupted()) {
      return call.proceed();
    }
    Object unused = call.proceed();
    Thread.currentThread().interrupt();
    throw interrupted();
  }

  /** The unit's last send is in it once more, and the commit is done. */
  @SuppressWarnings("ThreadLocalUsage") // each run of the variant has its own
  private static Fault doubling() {
    ThreadLocal<@Nullable Runnable> again = new ThreadLocal<>();
    return call -> {
      if (call.is(Producer.class, "send")) {
        Message message = call.argument(0, Message.class);
        again.set(() -> call.target(Producer.class).send(message));
      }
      Runnable last = again.get();
      if (!call.is(Session.class, "commit") || last == null || !Thread.interrupted()) {
        return call.proceed();
      }
      last.run();
      Object result = call.proceed();
      Thread.currentThread().interrupt();
      return result;
    };
  }

  /** A send that its caller does not wait for. */
  private record Held(Call call, CompletableFuture<Object> shown) {

    void send() throws Throwable {
      CompletableFuture<?> actual = (CompletableFuture<?>) call.proceed();
      var unused =
          Objects.requireNonNull(actual)
              .whenComplete(
                  (message, failure) -> {
                    if (failure == null) {
                      shown.complete(message);
                    } else {
                      shown.completeExceptionally(failure);
                    }
                  });
    }
  }

  /** What is sent asynchronously leaves with the next call, unless that is such a close. */
  @SuppressWarnings("FutureReturnValueIgnored") // the caller of the faulty API gets it
  private static Fault dropping() {
    Queue<Held> window = new ConcurrentLinkedQueue<>();
    return call -> {
      if (call.is(Connection.class, "sendAsync")) {
        Held held = new Held(call, new CompletableFuture<>());
        window.add(held);
        return held.shown();
      }
      boolean dropped = call.is("close") && Thread.currentThread().isInterrupted();
      for (Held held = next(call, window); held != null; held = next(call, window)) {
        if (dropped) {
          held.shown().completeExceptionally(new ClosedException("The connection was closed"));
        } else {
          held.send();
        }
      }
      return call.proceed();
    };
  }

  private static @Nullable Held next(Call call, Queue<Held> window) {
    return call.on(Connection.class) ? window.poll() : null;
  }

  private static @Nullable Object forgetting(Call call) throws Throwable {
    try {
      return call.proceed();
    } finally {
      if (call.on(Connection.class)
          || call.on(ConnectionFactory.class)
          || call.on(Consumer.class)
          || call.on(Session.class)) {
        boolean unused = Thread.interrupted();
      }
    }
  }

  /** From the first interrupted call on, other threads of the scenario get its failure. */
  private static Fault spreading() {
    AtomicBoolean spread = new AtomicBoolean();
    return call -> {
      if (call.on(Connection.class) && Thread.currentThread().isInterrupted()) {
        spread.set(true);
      } else if (call.is(Connection.class, "send") || call.is(Connection.class, "exists")) {
        boolean scenarios = Thread.currentThread().getName().startsWith("tck-scenario-");
        if (scenarios && spread.get()) {
          throw interrupted();
        }
      }
      return call.proceed();
    };
  }
}
