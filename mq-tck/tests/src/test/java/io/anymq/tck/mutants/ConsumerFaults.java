package io.anymq.tck.mutants;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.RedeliveryDelay;
import io.anymq.SubscriptionOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What the core could do wrong in receiving. */
final class ConsumerFaults {

  private ConsumerFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.of(
            "a subscription that is refused is not there, and nobody says so",
            Fault.swallows(Connection.class, "subscribe", null),
            "SEL-05",
            "SEL-09"),
        ApiVariant.of(
            "a consumer that is refused is not there, and nobody says so",
            Fault.swallows(Connection.class, "createConsumer", null),
            "TEMP-02",
            "RECV-23",
            "SEL-24"),
        ApiVariant.of("receive does not wait", hasty(), "RECV-02"),
        ApiVariant.of("receive looks again two seconds later", polling(), "RECV-03"),
        ApiVariant.of("receiveNoWait waits", waiting(), "RECV-04"),
        ApiVariant.of(
            "receiveBatch has no limit",
            Fault.of(Consumer.class, "receiveBatch", call -> call.with(0, 100).proceed()),
            "RECV-05",
            "CONF-09"),
        ApiVariant.of(
            "a prefetch above 256 is one of 256",
            call ->
                call.is(Connection.class, "createConsumer")
                    ? call.with(1, atMost256(call.argument(1, ConsumerOptions.class))).proceed()
                    : call.proceed(),
            "RECV-18"),
        ApiVariant.stateful(
            "receive hands out every delivery twice", ConsumerFaults::twice, "RECV-09", "LIFE-13"),
        ApiVariant.of("an interrupted receive forgets the interrupt", uninterrupted(), "RECV-13"),
        ApiVariant.of(
            "receive beside a listener finds nothing",
            Fault.swallows(Consumer.class, "receive", Optional.empty()),
            "RECV-22",
            "LIFE-03",
            "LIFE-04",
            "RECOV-09"),
        ApiVariant.of(
            "receiveBatch beside a listener finds nothing",
            Fault.swallows(Consumer.class, "receiveBatch", List.of()),
            "RECV-22"),
        ApiVariant.of(
            "a consumer makes what is missing, whatever the options say", declaring(), "RECV-11"),
        ApiVariant.of(
                "a consumer never makes what is missing",
                consumers(
                    options ->
                        options.toBuilder()
                            .missingDestination(io.anymq.MissingDestination.FAIL)
                            .build()),
                "RECV-12")
            .throwing(DestinationNotFoundException.class),
        ApiVariant.of(
            "a concurrency without a listener is passed over",
            consumers(options -> options.toBuilder().concurrency(1).build()),
            "RECV-21",
            "RECV-23",
            "RECV-29"),
        ApiVariant.of(
            "everything is settled by the application",
            consumers(
                options -> options.toBuilder().acknowledgement(AcknowledgementMode.MANUAL).build()),
            "ACK-02",
            "ACK-03",
            "LIFE-07",
            "LIFE-12"),
        ApiVariant.of(
            "what is received is accepted",
            consumers(
                options ->
                    options.toBuilder().acknowledgement(AcknowledgementMode.AUTOMATIC).build()),
            "ACK-14",
            "ACK-40",
            "ACK-41",
            "RECV-07",
            "RECV-28"),
        ApiVariant.of(
            "deliveries have a limit of their own",
            consumers(options -> options.toBuilder().maxDeliveries(25).build()),
            "RDLV-01",
            "RDLV-02",
            "RDLV-03",
            "RDLV-05",
            "RDLV-07",
            "RDLV-25",
            "TX-12"),
        ApiVariant.of(
            "dead letters go to the default queue",
            consumers(ConsumerFaults::plainDeadLetters),
            "ACK-15"),
        ApiVariant.of(
            "a consumer's redelivery delay is passed over",
            consumers(options -> options.toBuilder().redeliveryDelay(RedeliveryDelay.NONE).build()),
            "RDLV-22",
            "RDLV-23",
            "RDLV-45",
            "TX-18"),
        ApiVariant.of(
            "each redelivery waits as long as the third",
            consumers(
                options ->
                    options.toBuilder()
                        .redeliveryDelay(RedeliveryDelay.constant(Duration.ofMillis(400)))
                        .build()),
            "RDLV-45"),
        ApiVariant.of(
            "a message has three deliveries, whatever the options say",
            consumers(options -> options.toBuilder().maxDeliveries(3).build()),
            "RDLV-44",
            "TX-20"),
        ApiVariant.of(
            "a consumer prefetches without a bound",
            consumers(options -> options.toBuilder().prefetch(1_000).build()),
            "DEST-07",
            "DEPTH-15"));
  }

  /** Changes the options of all consumers, those of subscriptions and sessions too. */
  static Fault consumers(UnaryOperator<ConsumerOptions> change) {
    return call -> {
      if (call.is("createConsumer")) {
        return call.with(1, change.apply(call.argument(1, ConsumerOptions.class))).proceed();
      }
      if (call.is("subscribe")) {
        SubscriptionOptions options = call.argument(1, SubscriptionOptions.class);
        ConsumerOptions consumer = change.apply(options.consumer());
        return call.with(1, options.toBuilder().consumer(consumer).build()).proceed();
      }
      return call.proceed();
    };
  }

  private static ConsumerOptions plainDeadLetters(ConsumerOptions options) {
    ConsumerOptions.Builder plain =
        ConsumerOptions.builder()
            .concurrency(options.concurrency())
            .redeliveryDelay(options.redeliveryDelay())
            .maxDeliveries(options.maxDeliveries());
    options.acknowledgement().ifPresent(plain::acknowledgement);
    options.prefetch().ifPresent(plain::prefetch);
    return plain.build();
  }

  private static Fault hasty() {
    return Fault.of(
        Consumer.class,
        "receive",
        call -> call.faulty(call.target(Consumer.class).receiveNoWait()));
  }

  private static Fault polling() {
    return Fault.of(
        Consumer.class,
        "receive",
        call -> {
          Optional<Delivery> found = call.target(Consumer.class).receiveNoWait();
          if (found.isPresent()) {
            return call.faulty(found);
          }
          Object late = call.proceed();
          Thread.sleep(2_000); // counted from its arrival: no chance decides how late it is
          return late;
        });
  }

  private static Fault waiting() {
    return Fault.of(
        Consumer.class,
        "receiveNoWait",
        call -> call.faulty(call.target(Consumer.class).receive(Duration.ofSeconds(1))));
  }

  private static Fault twice() {
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<Object> last = new AtomicReference<>(Optional.empty());
    return Fault.of(
        Consumer.class,
        "receive",
        call -> {
          if (calls.incrementAndGet() % 2 == 0) {
            return last.get();
          }
          Object received = call.proceed();
          last.set(received);
          return received;
        });
  }

  private static Fault uninterrupted() {
    return Fault.of(
        Consumer.class,
        "receive",
        call -> {
          try {
            return call.proceed();
          } catch (MessagingException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
              boolean unused = Thread.interrupted();
            }
            throw e;
          }
        });
  }

  private static Fault declaring() {
    return call -> {
      if (call.is(Connection.class, "createConsumer")) {
        call.target(Connection.class).declare(call.argument(0, Destination.class));
      }
      return call.proceed();
    };
  }

  private static ConsumerOptions atMost256(ConsumerOptions options) {
    return options.prefetch().orElse(0) > 256 ? options.toBuilder().prefetch(256).build() : options;
  }
}
