package io.anymq.tck.mutants;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.MessageListener;
import io.anymq.MessagingException;
import io.anymq.Producer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong in calling listeners. */
final class ListenerFaults {

  private ListenerFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.stateful(
            "nothing is received while a listener runs", ListenerFaults::busy, "RECV-27"),
        ApiVariant.of(
            "a listener is called twice",
            listening(
                call -> {
                  var unused = call.proceed();
                  return call.proceed();
                }),
            "RECV-06",
            "RECV-20",
            "ACK-03",
            "INTEROP-04"),
        ApiVariant.stateful(
            "one listener is called at a time",
            ListenerFaults::oneAtATime,
            "RECV-21",
            "RECV-29",
            "TOPIC-10",
            "REQ-08"),
        ApiVariant.stateful(
            "a listener that threw is not called again",
            ListenerFaults::offended,
            "RECV-24",
            "ACK-04",
            "RDLV-09"),
        ApiVariant.of(
            "a listener that throws has handled its message",
            Fault.swallows(MessageListener.class, "onMessage", null),
            "ACK-04",
            "RDLV-04",
            "RDLV-05",
            "RDLV-22",
            "RECV-40"),
        ApiVariant.of(
            "a listener's error is forgotten", listening(ListenerFaults::withoutError), "RDLV-04"),
        ApiVariant.stateful(
            "nothing works in a listener",
            ListenerFaults::forbidding,
            "RECV-25",
            "RECV-26",
            "LIFE-05",
            "LIFE-06"),
        ApiVariant.of(
            "returning from a listener accepts in manual mode too",
            listening(
                call -> {
                  var unused = call.proceed();
                  call.argument(0, Delivery.class).accept();
                  return null;
                }),
            "RECV-28"),
        ApiVariant.stateful(
            "an interrupt stays for the next message", ListenerFaults::interrupting, "RECV-30"));
  }

  private static Fault listening(Fault bad) {
    return Fault.of(MessageListener.class, "onMessage", bad);
  }

  private static Fault oneAtATime() {
    // Fair: or else the one who waits may come last, and nobody waits for him.
    ReentrantLock lock = new ReentrantLock(true);
    return listening(
        call -> {
          lock.lock();
          try {
            return call.proceed();
          } finally {
            lock.unlock();
          }
        });
  }

  private static Fault offended() {
    AtomicBoolean threw = new AtomicBoolean();
    return listening(
        call -> {
          if (threw.get()) {
            return null;
          }
          try {
            return call.proceed();
          } catch (Exception e) {
            threw.set(true);
            throw e;
          }
        });
  }

  private static @Nullable Object withoutError(Call call) throws Throwable {
    try {
      return call.proceed();
    } catch (Exception e) {
      throw new IllegalStateException("Something went wrong");
    }
  }

  private static Fault forbidding() {
    ThreadLocal<Boolean> listening = ThreadLocal.withInitial(() -> false);
    return call -> {
      if (call.is(MessageListener.class, "onMessage")) {
        listening.set(true);
        try {
          return call.proceed();
        } finally {
          listening.set(false);
        }
      }
      if (listening.get()
          && (call.on(Connection.class) || call.on(Consumer.class) || call.on(Producer.class))) {
        throw new MessagingException(ErrorCode.ILLEGAL_USE, "Not in a listener");
      }
      return call.proceed();
    };
  }

  private static Fault interrupting() {
    AtomicBoolean interrupted = new AtomicBoolean();
    return listening(
        call -> {
          if (interrupted.get()) {
            Thread.currentThread().interrupt();
          }
          Object result = call.proceed();
          interrupted.set(Thread.currentThread().isInterrupted());
          return result;
        });
  }

  private static Fault busy() {
    AtomicInteger running = new AtomicInteger();
    return call -> {
      if (call.is(MessageListener.class, "onMessage")) {
        running.incrementAndGet();
        try {
          return call.proceed();
        } finally {
          running.decrementAndGet();
        }
      }
      return call.is(Consumer.class, "receive") && running.get() > 0
          ? Optional.empty()
          : call.proceed();
    };
  }
}
