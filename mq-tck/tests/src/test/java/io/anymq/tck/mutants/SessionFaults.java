package io.anymq.tck.mutants;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.Producer;
import io.anymq.Session;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong in units of work. */
final class SessionFaults {

  private SessionFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.stateful(
            "a session sends at once",
            SessionFaults::sendsAtOnce,
            "TX-01",
            "TX-13",
            "TX-15",
            "DEPTH-10"),
        ApiVariant.stateful(
            "a session receives like its connection",
            SessionFaults::receivesAtOnce,
            "TX-09",
            "TX-23"),
        ApiVariant.of(
            "commit does nothing",
            Fault.skips(Session.class, "commit"),
            "TX-05",
            "RECOV-17",
            "TX-16",
            "CAP-02",
            "CAP-03"),
        ApiVariant.of(
            "rollback does nothing",
            Fault.skips(Session.class, "rollback"),
            "TX-02",
            "TX-04",
            "TX-12"),
        ApiVariant.of(
            "rollback commits",
            Fault.of(Session.class, "rollback", SessionFaults::commit),
            "TX-15",
            "DEPTH-17"),
        ApiVariant.of(
            "commit rolls back",
            Fault.of(
                Session.class,
                "commit",
                call -> {
                  call.target(Session.class).rollback();
                  return null;
                }),
            "TX-03",
            "TX-14"),
        ApiVariant.of(
            "closing a session commits",
            Fault.of(Session.class, "close", SessionFaults::commitOnce),
            "TX-06"),
        ApiVariant.of(
            "closing a session does nothing", Fault.skips(Session.class, "close"), "TX-06"),
        ApiVariant.stateful(
            "a unit ends when the stages behind its sends have run",
            SessionFaults::runsStages,
            "SEND-53"),
        ApiVariant.of(
            "commit never fails",
            Fault.swallows(Session.class, "commit", null),
            "TX-07",
            "TX-11",
            "RECOV-14"));
  }

  private static @Nullable Object commit(Call call) {
    call.target(Session.class).commit();
    return null;
  }

  private static @Nullable Object commitOnce(Call call) throws Throwable {
    try {
      return commit(call);
    } catch (ClosedException e) {
      return null; // it is closed again
    } finally {
      call.proceed();
    }
  }

  /** Completes what the application holds on the thread that ends the unit. */
  @SuppressWarnings("FutureReturnValueIgnored") // the caller of the faulty API gets it
  private static Fault runsStages() {
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    return call -> {
      Object result = call.proceed();
      if (call.is(Producer.class, "sendAsync")) {
        CompletableFuture<Object> shown = new CompletableFuture<>();
        CompletableFuture<?> actual = (CompletableFuture<?>) Objects.requireNonNull(result);
        held.add(() -> copy(actual, shown));
        return shown;
      }
      if (call.is(Session.class, "commit") || call.is(Session.class, "rollback")) {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
          next.run();
        }
      }
      return result;
    };
  }

  private static void copy(CompletableFuture<?> actual, CompletableFuture<Object> shown) {
    try {
      shown.complete(actual.get(10, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      shown.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      shown.completeExceptionally(e);
    }
  }

  private static Fault sendsAtOnce() {
    return instead("createProducer");
  }

  private static Fault receivesAtOnce() {
    return instead("createConsumer");
  }

  /** A session has the connection do it. */
  private static Fault instead(String method) {
    Map<Object, Connection> connections = new ConcurrentHashMap<>();
    return call -> {
      if (call.is(Connection.class, "createSession")) {
        Session session = call.target(Connection.class).createSession();
        connections.put(session, call.target(Connection.class));
        return call.faulty(session);
      }
      if (!call.is(Session.class, method)) {
        return call.proceed();
      }
      Connection connection =
          Objects.requireNonNull(connections.get(call.target(Session.class)), "its connection");
      return call.faulty(
          method.equals("createProducer")
              ? connection.createProducer(call.argument(0, io.anymq.Destination.class))
              : connection.createConsumer(
                  call.argument(0, io.anymq.Queue.class),
                  call.argument(1, io.anymq.ConsumerOptions.class)));
    };
  }
}
