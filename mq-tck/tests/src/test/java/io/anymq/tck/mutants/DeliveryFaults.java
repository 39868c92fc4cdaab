package io.anymq.tck.mutants;

import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong with deliveries. */
final class DeliveryFaults {

  private DeliveryFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.of(
            "rejecting is accepting",
            Fault.of(Delivery.class, "reject", DeliveryFaults::accept),
            "ACK-09",
            "ACK-15",
            "ACK-17",
            "RDLV-08",
            "TOPIC-09",
            "TX-09",
            "CAP-05",
            "INTEROP-06"),
        ApiVariant.of(
            "a delayed release is immediate",
            delayed(DeliveryFaults::release),
            "RDLV-20",
            "RDLV-27",
            "RDLV-28",
            "CAP-22"),
        ApiVariant.of(
            "a delayed release loses the message",
            delayed(DeliveryFaults::accept),
            "RDLV-26",
            "RDLV-25"),
        ApiVariant.of(
            "a delayed release takes eight seconds longer",
            delayed(
                call -> call.with(0, call.argument(0, Duration.class).plusSeconds(8)).proceed()),
            "RDLV-20",
            "RDLV-21"),
        ApiVariant.of("a negative delay is none", delayed(DeliveryFaults::unsigned), "RDLV-24"),
        ApiVariant.of(
            "everything is marked as redelivered",
            Fault.of(Delivery.class, "redelivered", call -> true),
            "RECV-14",
            "INTEROP-01",
            "TOPIC-07"),
        ApiVariant.of(
            "nothing is marked as redelivered",
            Fault.of(Delivery.class, "redelivered", call -> false),
            "RDLV-10",
            "TX-04",
            "RECOV-05",
            "RECOV-21"),
        ApiVariant.of(
            "no more than two deliveries are counted",
            Fault.of(
                Delivery.class,
                "deliveryCount",
                call -> Math.min(2, call.target(Delivery.class).deliveryCount())),
            "RDLV-06",
            "RECOV-32"),
        ApiVariant.of(
            "nothing is said to be settled",
            Fault.of(Delivery.class, "settled", call -> false),
            "ACK-02"),
        ApiVariant.of(
            "everything is said to be settled",
            Fault.of(Delivery.class, "settled", call -> true),
            "RECV-14",
            "RECV-28"),
        ApiVariant.of(
            "accepting does nothing", Fault.skips(Delivery.class, "accept"), "RECV-10", "ACK-08"),
        ApiVariant.of(
            "releasing does nothing", Fault.skips(Delivery.class, "release"), "ACK-17", "RDLV-03"),
        ApiVariant.of(
            "settling otherwise does nothing",
            call -> call.on(Delivery.class) ? unlessSettled(call) : call.proceed(),
            "ACK-08"),
        ApiVariant.stateful("settling again is refused", DeliveryFaults::once, "ACK-08")
            .throwing(MessagingException.class),
        ApiVariant.of(
            "bytes are bent into text",
            Fault.of(
                Delivery.class, "message", call -> bent(call.target(Delivery.class).message())),
            "MSG-14"));
  }

  private static Fault delayed(Fault bad) {
    return call ->
        call.is(Delivery.class, "release") && call.count() == 1 ? bad.answer(call) : call.proceed();
  }

  private static @Nullable Object accept(Call call) {
    call.target(Delivery.class).accept();
    return null;
  }

  private static @Nullable Object release(Call call) {
    call.target(Delivery.class).release();
    return null;
  }

  private static @Nullable Object unlessSettled(Call call) throws Throwable {
    try {
      return call.proceed();
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.ILLEGAL_USE) {
        return null;
      }
      throw e;
    }
  }

  private static Fault once() {
    Set<Object> settled = ConcurrentHashMap.newKeySet();
    return call -> {
      if (call.is(Delivery.class, "accept") && !settled.add(call.target(Object.class))) {
        throw new MessagingException(ErrorCode.ILLEGAL_USE, "Settled already");
      }
      return call.proceed();
    };
  }

  private static @Nullable Object unsigned(Call call) throws Throwable {
    try {
      call.proceed();
    } catch (InvalidOptionException e) {
      call.target(Delivery.class).release();
    }
    return null;
  }

  private static Message bent(Message message) {
    String text = new String(message.body(), java.nio.charset.StandardCharsets.UTF_8);
    return message.toBuilder().body(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).build();
  }
}
