package io.anymq.tck.mutants;

import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionState;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.SendInDoubtException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong in sending. */
@SuppressWarnings("FutureReturnValueIgnored") // the caller of the faulty API gets them
final class ProducerFaults {

  private ProducerFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.stateful(
            "some sends are reported as not sent, and arrive",
            ProducerFaults::disowned,
            "RECOV-20"),
        ApiVariant.of("a send during an outage fails", impatient(), "RECOV-04"),
        ApiVariant.stateful(
            "every third asynchronous send is overtaken",
            ProducerFaults::overtaken,
            "SEND-03",
            "SEND-05",
            "SEND-10",
            "SEND-13",
            "SEND-19",
            "LIFE-11"),
        ApiVariant.of("the window has no bound", creating(ProducerFaults::widest), "SEND-04"),
        ApiVariant.of(
            "a producer makes what is missing, whatever the options say", declaring(), "SEND-06"),
        ApiVariant.of(
                "a producer never makes what is missing",
                creating(ProducerFaults::strict),
                "SEND-09")
            .throwing(DestinationNotFoundException.class),
        ApiVariant.of("a send of the connection never makes what is missing", needing(), "SEND-07")
            .throwing(DestinationNotFoundException.class),
        ApiVariant.of("a refused message ends its producer", breaking(), "SEND-10")
            .throwing(ClosedException.class),
        ApiVariant.of("flush does not wait", Fault.skips(Producer.class, "flush"), "SEND-12"),
        ApiVariant.stateful(
            "confirmations are told when the connection closes, and nothing waits for them",
            ProducerFaults::late,
            "SEND-11",
            "SEND-13"),
        ApiVariant.of(
            "a producer cannot be closed", Fault.skips(Producer.class, "close"), "SEND-14"),
        ApiVariant.stateful(
            "send returns what it returned the first time",
            ProducerFaults::repeating,
            "SEND-15",
            "TTL-10"),
        ApiVariant.stateful(
            "a cancelled send is called back", ProducerFaults::callingBack, "SEND-16"),
        ApiVariant.of(
            "asynchronous sends are confirmed before the broker has them",
            hasty(),
            "RECOV-15",
            "TX-08"),
        ApiVariant.of("what is in doubt is reported as not sent", undoubted(), "SEND-18"),
        ApiVariant.of(
            "what is too large is dropped",
            dropping(),
            "MSG-06",
            "MSG-07",
            "CONF-06",
            "CONF-07",
            "TX-14"));
  }

  private static boolean sends(Call call, String name) {
    return call.is(Producer.class, name) || call.is(Connection.class, name);
  }

  private static boolean waitsForSends(Call call) {
    return call.is("flush")
        || call.is(Producer.class, "close")
        || call.is(Connection.class, "close");
  }

  /** Each of these is held back until another message has been sent, or somebody waits for it. */
  private static Fault overtaken() {
    AtomicInteger count = new AtomicInteger();
    Postponed postponed = new Postponed();
    return call -> {
      if (sends(call, "sendAsync") && count.getAndIncrement() % 3 == 0) {
        return postponed.add(call);
      }
      if (waitsForSends(call)) {
        postponed.doAll();
        return call.proceed();
      }
      Object result = call.proceed();
      if (sends(call, "sendAsync") || sends(call, "send")) {
        postponed.doAll();
      }
      return result;
    };
  }

  private interface Change {
    ProducerOptions.Builder of(ProducerOptions options);
  }

  private static Fault creating(Change change) {
    return Fault.of(
        Connection.class,
        "createProducer",
        call -> call.with(1, change.of(call.argument(1, ProducerOptions.class)).build()).proceed());
  }

  private static ProducerOptions.Builder widest(ProducerOptions options) {
    ProducerOptions.Builder changed = ProducerOptions.builder().window(10_000);
    options.sendTimeout().ifPresent(changed::sendTimeout);
    return changed.missingDestination(options.missingDestination());
  }

  private static ProducerOptions.Builder strict(ProducerOptions options) {
    ProducerOptions.Builder changed = ProducerOptions.builder();
    options.window().ifPresent(changed::window);
    options.sendTimeout().ifPresent(changed::sendTimeout);
    return changed.missingDestination(MissingDestination.FAIL);
  }

  private static Fault declaring() {
    return Fault.of(
        Connection.class,
        "createProducer",
        call -> {
          call.target(Connection.class).declare(call.argument(0, Destination.class));
          return call.proceed();
        });
  }

  private static Fault needing() {
    return Fault.of(
        Connection.class,
        "send",
        call -> {
          Destination to = call.argument(0, Destination.class);
          if (!call.target(Connection.class).exists(to)) {
            throw new DestinationNotFoundException("There is no " + to);
          }
          return call.proceed();
        });
  }

  private static Fault breaking() {
    return Fault.of(
        Producer.class,
        "sendAsync",
        call -> {
          try {
            return call.proceed();
          } catch (MessagingException e) {
            call.target(Producer.class).close();
            throw e;
          }
        });
  }

  private static Fault late() {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    return call -> {
      if (sends(call, "sendAsync")) {
        return Postponed.future(call).thenCombine(closed, (sent, unused) -> sent);
      }
      Object result = call.proceed();
      if (call.is(Connection.class, "close")) {
        closed.complete(true);
      }
      return result;
    };
  }

  private static Fault repeating() {
    AtomicReference<@Nullable Object> first = new AtomicReference<>();
    return call -> {
      if (!sends(call, "send")) {
        return call.proceed();
      }
      Object sent = call.proceed();
      first.compareAndSet(null, sent);
      return first.get();
    };
  }

  /** Each is held back until the next one, and can be cancelled until then. */
  private static Fault callingBack() {
    Postponed postponed = new Postponed();
    return call -> {
      if (sends(call, "sendAsync")) {
        return postponed.add(call);
      }
      if (sends(call, "send")) {
        postponed.doAll();
      }
      return call.proceed();
    };
  }

  private static Fault hasty() {
    return call -> {
      if (!sends(call, "sendAsync")) {
        return call.proceed();
      }
      var unused = call.proceed();
      return CompletableFuture.completedFuture(call.last(Message.class));
    };
  }

  private static Fault undoubted() {
    return Fault.of(
        Producer.class,
        "send",
        call -> {
          try {
            return call.proceed();
          } catch (SendInDoubtException e) {
            throw new MessagingTimeoutException("Not sent", e);
          }
        });
  }

  private static Fault dropping() {
    return call -> {
      try {
        return call.proceed();
      } catch (MessageTooLargeException e) {
        Message dropped = call.last(Message.class);
        return call.returns() == Message.class
            ? dropped
            : CompletableFuture.completedFuture(dropped);
      }
    };
  }

  private static Fault disowned() {
    AtomicInteger count = new AtomicInteger();
    return call -> {
      Object sent = call.proceed();
      return sends(call, "sendAsync") && count.incrementAndGet() % 7 == 0
          ? CompletableFuture.failedFuture(
              new MessagingException(ErrorCode.BACKEND_FAILURE, "Not sent"))
          : sent;
    };
  }

  private static Fault impatient() {
    Map<Object, Connection> connections = new ConcurrentHashMap<>();
    return call -> {
      if (call.is(Connection.class, "createProducer")) {
        Connection connection = call.target(Connection.class);
        Producer made =
            connection.createProducer(
                call.argument(0, Destination.class), call.argument(1, ProducerOptions.class));
        connections.put(made, connection);
        return call.faulty(made);
      }
      Connection connection =
          call.on(Connection.class)
              ? call.target(Connection.class)
              : connections.get(call.target(Object.class));
      if (sends(call, "send") && connection != null && connection.state() != ConnectionState.OPEN) {
        throw new ConnectionLostException("There is no connection");
      }
      return call.proceed();
    };
  }
}
