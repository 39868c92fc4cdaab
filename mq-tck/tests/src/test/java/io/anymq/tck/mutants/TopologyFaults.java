package io.anymq.tck.mutants;

import io.anymq.Connection;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.Topic;
import io.anymq.tck.scenario.Check;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong with destinations and their depth. */
final class TopologyFaults {

  private TopologyFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        ApiVariant.stateful(
            "a topic repeats its last message to new subscribers",
            TopologyFaults::retaining,
            "TOPIC-03",
            "TOPIC-30",
            "TOPIC-62"),
        ApiVariant.of(
            "exists declares",
            on(
                "exists",
                call -> {
                  call.target(Connection.class).declare(call.argument(0, Destination.class));
                  return call.proceed();
                }),
            "DEST-04",
            "TEMP-08"),
        ApiVariant.stateful(
            "what is deleted goes when somebody has looked",
            TopologyFaults::deletingLater,
            "DEST-03",
            "TEMP-04"),
        ApiVariant.of(
            "deleting a topic deletes the queue of its name",
            on(
                "delete",
                call -> {
                  Destination gone = call.argument(0, Destination.class);
                  if (gone instanceof Topic) {
                    call.target(Connection.class).delete(Queue.of(gone.name()));
                  }
                  return call.proceed();
                }),
            "DEST-05"),
        ApiVariant.of(
                "deleting what is missing fails",
                on(
                    "delete",
                    call -> {
                      Destination gone = call.argument(0, Destination.class);
                      if (!call.target(Connection.class).exists(gone)) {
                        throw new DestinationNotFoundException("There is no " + gone);
                      }
                      return call.proceed();
                    }),
                "DEST-03")
            .throwing(DestinationNotFoundException.class),
        ApiVariant.of(
                "unsubscribing what is missing fails",
                on(
                    "unsubscribe",
                    call -> {
                      var unused = call.proceed();
                      throw new DestinationNotFoundException("There is no such subscription");
                    }),
                "TOPIC-25")
            .throwing(DestinationNotFoundException.class),
        ApiVariant.of(
            "purge takes what consumers hold",
            on(
                "purge",
                call -> {
                  Queue queue = call.argument(0, Queue.class);
                  call.target(Connection.class).delete(queue);
                  call.target(Connection.class).declare(queue);
                  return null;
                }),
            "DEST-07"),
        ApiVariant.of(
            "purge of a missing queue is done",
            Fault.swallows(Connection.class, "purge", null),
            "DEST-08"),
        ApiVariant.of(
            "depth is one too many",
            depth(
                depth ->
                    QueueDepth.of(depth.atRest() + 1, depth.inFlight().orElse(0), depth.exact())),
            "DEPTH-01",
            "DEPTH-11",
            "DEPTH-19",
            "DEPTH-04",
            "DEST-24",
            "TEMP-07",
            "CAP-13"),
        ApiVariant.of(
            "depth was taken long ago",
            depth(
                depth ->
                    new QueueDepth(
                        depth.ready(),
                        depth.inFlight(),
                        depth.total(),
                        depth.exact(),
                        Instant.EPOCH)),
            "DEPTH-13"),
        ApiVariant.of(
            "nothing is ever in flight",
            depth(depth -> QueueDepth.of(depth.atRest(), 0, depth.exact())),
            "DEPTH-08",
            "CAP-14"),
        ApiVariant.of(
            "depth takes a message each time",
            on("depth", TopologyFaults::depthTakes),
            "DEPTH-05"));
  }

  private static Fault on(String method, Fault bad) {
    return Fault.of(Connection.class, method, bad);
  }

  private interface Change {
    QueueDepth of(QueueDepth actual);
  }

  private static Fault depth(Change change) {
    return on(
        "depth",
        call -> change.of(call.target(Connection.class).depth(call.argument(0, Queue.class))));
  }

  private static @Nullable Object depthTakes(Call call) throws Throwable {
    Object depth = call.proceed();
    try (var consumer =
        call.target(Connection.class).createConsumer(call.argument(0, Queue.class))) {
      consumer.receive(Check.LIMIT).ifPresent(Delivery::accept);
    }
    return depth;
  }

  private static Fault deletingLater() {
    Set<Destination> deleted = ConcurrentHashMap.newKeySet();
    return call -> {
      if (call.is(Connection.class, "delete")) {
        deleted.add(call.argument(0, Destination.class));
        return null;
      }
      Object result = call.proceed();
      if (call.is(Connection.class, "exists")
          && deleted.remove(call.argument(0, Destination.class))) {
        call.target(Connection.class).delete(call.argument(0, Destination.class));
      }
      return result;
    };
  }

  private static Fault retaining() {
    AtomicReference<@Nullable Call> last = new AtomicReference<>();
    return call -> {
      if (call.is(Connection.class, "send") && call.takes(0, Topic.class)) {
        last.set(call);
      }
      Object result = call.proceed();
      Call repeated = last.get();
      if (call.is(Connection.class, "subscribe") && repeated != null) {
        var unused = repeated.proceed();
      }
      return result;
    };
  }
}
