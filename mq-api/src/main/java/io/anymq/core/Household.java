package io.anymq.core;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** All that was made from one connection, so that it can be closed with it, in the right order. */
final class Household {

  /**
   * How many producers are kept for {@code Connection.send}; the one unused for longest goes first.
   */
  private static final int KEPT_PRODUCERS = 64;

  private final CoreConnection connection;
  private final Set<CoreProducer> producers = inOrder();
  private final Set<CoreConsumer> consumers = inOrder();
  private final Set<CoreSession> sessions = inOrder();
  private final Map<Destination, CompletableFuture<CoreProducer>> kept =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Queue, CoreTemporaryQueue> temporary = new ConcurrentHashMap<>();
  private final Requests requests;

  /** What was made first is closed first. */
  private static <T> Set<T> inOrder() {
    return Collections.synchronizedSet(new LinkedHashSet<>());
  }

  Household(CoreConnection connection) {
    this.connection = connection;
    this.requests = new Requests(connection);
  }

  Requests requests() {
    return requests;
  }

  Queue makeTemporaryQueue() {
    CoreTemporaryQueue made = new CoreTemporaryQueue();
    temporary.put(made.queue(), made);
    try {
      connection.supervisor().adopt(made);
    } catch (RuntimeException e) {
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
    } catch (RuntimeException e) {
      producer.close(Deadline.now());
      throw e;
    }
    return producer;
  }

  <C extends CoreConsumer> C adopt(C consumer) {
    consumers.add(consumer);
    try {
      connection.supervisor().adopt(consumer);
    } catch (RuntimeException e) {
      consumer.close(Deadline.now());
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

  /**
   * The producer kept for a destination; made when there is none. Making one asks the broker, and
   * must not hold up sends to other destinations.
   */
  CoreProducer kept(Destination destination) {
    CompletableFuture<CoreProducer> mine = new CompletableFuture<>();
    CompletableFuture<CoreProducer> there;
    synchronized (kept) {
      there = kept.get(destination);
      if (there == null || isOver(there)) {
        kept.put(destination, mine);
        there = mine;
      }
    }
    if (there == mine) {
      make(destination, mine);
    }
    try {
      return Waits.join(there);
    } catch (CompletionException e) {
      MessagingException failure = MessagingFailures.of(e);
      if (there != mine && failure.code() == ErrorCode.INTERRUPTED) {
        return kept(destination); // the thread that made it was interrupted, and not this one
      }
      throw failure;
    }
  }

  private static boolean isOver(CompletableFuture<CoreProducer> made) {
    return made.isCompletedExceptionally() || (made.isDone() && made.join().isClosed());
  }

  private void make(Destination destination, CompletableFuture<CoreProducer> promised) {
    try {
      promised.complete(adopt(new CoreProducer(connection, destination, ProducerOptions.DEFAULT)));
    } catch (RuntimeException | Error e) { // others wait for it, whatever became of it
      promised.completeExceptionally(e);
    }
    retireOne();
  }

  /**
   * Closing waits for what is unconfirmed, which is no business of the one who asks for another.
   */
  private void retireOne() {
    CompletableFuture<CoreProducer> oldest = null;
    synchronized (kept) {
      if (kept.size() > KEPT_PRODUCERS) {
        Iterator<CompletableFuture<CoreProducer>> byUse = kept.values().iterator();
        oldest = byUse.next();
        byUse.remove();
      }
    }
    if (oldest != null) {
      CompletableFuture<Void> unused =
          oldest.thenAccept(producer -> connection.threads().chore(producer::close));
    }
  }

  boolean isListenerThread() {
    return List.copyOf(consumers).stream().anyMatch(CoreConsumer::isListenerThread);
  }

  /** Listeners finish first, for they may send; then sends are waited for. */
  void close(Deadline deadline) {
    requests.close();
    Threads threads = connection.threads();
    Deadline limit = SideBySide.limit(deadline);
    SideBySide.close(threads, List.copyOf(sessions), limit, each -> each.close(deadline));
    List<CoreConsumer> open = List.copyOf(consumers);
    open.forEach(CoreConsumer::beginClose);
    SideBySide.close(threads, open, limit, each -> each.close(deadline));
    SideBySide.close(threads, List.copyOf(producers), limit, each -> each.close(deadline));
  }
}
