package io.anymq.tck.mutants;

import io.anymq.BackendInfo;
import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionListener;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What the core could do wrong in opening, closing and telling. */
final class LifeFaults {

  private LifeFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.stateful(
                "closing a connection closes all of its kind", LifeFaults::closingAll, "LIFE-13")
            .throwing(ClosedException.class),
        ApiVariant.stateful(
                "unsubscribing ends all subscriptions", LifeFaults::unsubscribingAll, "TOPIC-11")
            .throwing(ClosedException.class),
        ApiVariant.of(
            "a connection's states are not told",
            Fault.skips(ConnectionListener.class, "stateChanged"),
            "LIFE-01",
            "LIFE-17"),
        ApiVariant.of(
            "a connection that recovers is said to be open",
            call -> {
              boolean recovering =
                  call.is(ConnectionListener.class, "stateChanged")
                      && call.argument(1, ConnectionState.class) == ConnectionState.RECOVERING;
              return recovering ? call.with(1, ConnectionState.OPEN).proceed() : call.proceed();
            },
            "RECOV-01"),
        ApiVariant.of(
            "closing a consumer does nothing",
            Fault.skips(Consumer.class, "close"),
            "LIFE-03",
            "LIFE-09"),
        ApiVariant.of(
            "closing a connection does nothing",
            Fault.skips(Connection.class, "close"),
            "LIFE-04",
            "LIFE-06"),
        ApiVariant.stateful("closing again is refused", LifeFaults::closingOnce, "LIFE-02")
            .throwing(ClosedException.class),
        ApiVariant.of(
            "close has a time limit of its own",
            Fault.of(
                Connection.class,
                "close",
                call ->
                    call.count() == 1
                        ? call.with(0, Duration.ofSeconds(7)).proceed()
                        : call.proceed()),
            "LIFE-08"),
        ApiVariant.of("what is closed answers", answering(), "LIFE-09", "SEND-14", "RECOV-11"),
        ApiVariant.of(
            "a connection does not say what it talks to",
            Fault.of(Connection.class, "backend", call -> new BackendInfo("", "", "")),
            "LIFE-15"),
        ApiVariant.of(
            "unwrap gives nothing",
            Fault.swallows(Connection.class, "unwrap", new Random(1)),
            "LIFE-16"),
        ApiVariant.of(
            "every failure is a plain one",
            plain(),
            "SEND-17",
            "ERR-01",
            "ERR-02",
            "ERR-03",
            "ERR-07"),
        ApiVariant.of("a failed connect leaves a thread", leaking(), "ERR-08"),
        ApiVariant.of(
            "a factory does not say its URL",
            Fault.of(ConnectionFactory.class, "url", call -> ""),
            "CONF-10"));
  }

  private static Fault closingOnce() {
    Set<Object> closed = ConcurrentHashMap.newKeySet();
    return call -> {
      if (call.is("close") && !closed.add(call.target(Object.class))) {
        throw new ClosedException("Closed already");
      }
      return call.proceed();
    };
  }

  private static Fault answering() {
    return call -> {
      try {
        return call.proceed();
      } catch (ClosedException e) {
        return call.nothing();
      }
    };
  }

  private static Fault plain() {
    return call -> {
      try {
        return call.proceed();
      } catch (MessagingException e) {
        throw new MessagingException(ErrorCode.BACKEND_FAILURE, "It did not work", e);
      }
    };
  }

  private static Fault leaking() {
    return Fault.of(
        ConnectionFactory.class,
        "connect",
        call -> {
          try {
            return call.proceed();
          } catch (MessagingException e) {
            new LifeMutations.LeaksThread().closed();
            throw e;
          }
        });
  }

  private static Fault closingAll() {
    List<Connection> open = new CopyOnWriteArrayList<>();
    return call -> {
      if (call.is(ConnectionFactory.class, "connect")) {
        Connection made =
            call.target(ConnectionFactory.class)
                .connect(call.argument(0, ConnectionListener.class));
        open.add(made);
        return call.faulty(made);
      }
      if (call.is(Connection.class, "close")) {
        open.stream().skip(1).forEach(Connection::close); // the first is the run's own
      }
      return call.proceed();
    };
  }

  private static Fault unsubscribingAll() {
    Set<Subscription> open = ConcurrentHashMap.newKeySet();
    return call -> {
      if (call.is(Connection.class, "subscribe")
          && call.count() == 2
          && call.takes(0, Topic.class)) {
        Subscription made =
            call.target(Connection.class)
                .subscribe(
                    call.argument(0, Topic.class), call.argument(1, SubscriptionOptions.class));
        open.add(made);
        return call.faulty(made);
      }
      if (call.is(Subscription.class, "unsubscribe")) {
        open.forEach(Subscription::close);
      }
      return call.proceed();
    };
  }
}
