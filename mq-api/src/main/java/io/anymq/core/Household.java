package io.anymq.core;

import io.anymq.Destination;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** All that was made from one connection, so that it can be closed with it, in the right order. */
final class Household {

  private final CoreConnection connection;
  private final Set<CoreProducer> producers = inOrder();
  private final Set<CoreConsumer> consumers = inOrder();
  private final Set<CoreSession> sessions = inOrder();
  private final KeptProducers kept;
  private final Map<Queue, CoreTemporaryQueue> temporary = new ConcurrentHashMap<>();
  private final Requests requests;

  /** What was made first is closed first. */
  private static <T> Set<T> inOrder() {
    return Collections.synchronizedSet(new LinkedHashSet<>());
  }

  Household(CoreConnection connection) {
    this.connection = connection;
    this.requests = new Requests(connection);
    this.kept =
        new KeptProducers(
            connection.threads(),
            to -> adopt(new CoreProducer(connection, to, ProducerOptions.DEFAULT)));
  }

  Requests requests() {
    return requests;
  }

  Queue makeTemporaryQueue() {
    CoreTemporaryQueue made = new CoreTemporaryQueue();
    temporary.put(made.queue(), made);
    try {
      connection.supervisor().adopt(made);
    } catch (RuntimeException | Error e) {
      forgetTemporary(made.queue());
      throw e;
    }
    return made.queue();
  }

  boolean ownsTemporary(Queue queue) {
    return temporary.containsKey(queue);
  }

  void forgetTemporary(Destination destination) {
    CoreTemporaryQueue gone = destination instanceof Queue queue ? temporary.remove(queue) : null;
    if (gone != null) {
      connection.supervisor().forget(gone);
    }
  }

  CoreProducer adopt(CoreProducer producer) {
    producers.add(producer);
    try {
      connection.supervisor().adopt(producer);
    } catch (RuntimeException | Error e) {
      Guard.run(() -> producer.close(Deadline.now()), e::addSuppressed);
      throw e;
    }
    return producer;
  }

  <C extends CoreConsumer> C adopt(C consumer) {
    consumers.add(consumer);
    try {
      connection.supervisor().adopt(consumer);
    } catch (RuntimeException | Error e) {
      Guard.run(() -> consumer.close(Deadline.now()), e::addSuppressed);
      throw e;
    }
    return consumer;
  }

  CoreSession adopt(CoreSession session) {
    sessions.add(session);
    if (connection.supervisor().state().isClosing()) {
      sessions.remove(session);
      throw connection.supervisor().state().closed();
    }
    return session;
  }

  void forget(CoreProducer producer) {
    producers.remove(producer);
  }

  void forget(CoreConsumer consumer) {
    consumers.remove(consumer);
  }

  void forget(CoreSession session) {
    sessions.remove(session);
  }

  /** Does something with the producer kept for a destination. */
  <T> T withKept(Destination destination, Function<CoreProducer, T> use) {
    return kept.use(destination, use);
  }

  boolean isListenerThread() {
    return List.copyOf(consumers).stream().anyMatch(CoreConsumer::isListenerThread);
  }

  /** Listeners finish first, for they may send; then sends are waited for. */
  void close(Deadline deadline) {
    Threads threads = connection.threads();
    Deadline limit = SideBySide.limit(deadline);
    Guard.all(
        requests::close,
        () -> SideBySide.close(threads, List.copyOf(sessions), limit, each -> each.close(deadline)),
        () -> closeConsumers(deadline, limit),
        () ->
            SideBySide.close(threads, List.copyOf(producers), limit, each -> each.close(deadline)));
  }

  private void closeConsumers(Deadline deadline, Deadline limit) {
    List<CoreConsumer> open = List.copyOf(consumers);
    open.forEach(CoreConsumer::beginClose);
    SideBySide.close(connection.threads(), open, limit, each -> each.close(deadline));
  }
}
