package io.anymq.tck.mutants;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Session;
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
