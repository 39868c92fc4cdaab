package io.anymq.core;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** The producers that a connection keeps for {@code Connection.send}, one for each destination. */
final class KeptProducers {

  /** How many are kept beside those in use; the one unused for longest goes first. */
  static final int MOST = 64;

  private final Threads threads;
  private final Function<Destination, CoreProducer> maker;

  /** In the order of their last use. */
  private final Map<Destination, Kept> all = new LinkedHashMap<>(16, 0.75f, true);

  KeptProducers(Threads threads, Function<Destination, CoreProducer> maker) {
    this.threads = threads;
    this.maker = maker;
  }

  /** A producer, once it is made. */
  private static final class Kept {
    private final CompletableFuture<CoreProducer> made = new CompletableFuture<>();

    /** How many make or use it now. With the monitor held. */
    private int users;

    boolean isOver() {
      return made.isCompletedExceptionally() || (made.isDone() && made.join().isClosed());
    }
  }

  /**
   * Does something with the producer for a destination, which is not closed meanwhile; makes one
   * when there is none. That asks the broker, and must not hold up sends to other destinations.
   */
  <T> T use(Destination destination, Function<CoreProducer, T> use) {
    Kept mine = new Kept();
    Kept there = borrow(destination, mine);
    try {
      if (there == mine) {
        make(destination, mine.made);
      }
      return use.apply(Waits.join(there.made));
    } catch (CompletionException e) {
      MessagingException failure = MessagingFailures.of(e);
      if (there != mine && failure.code() == ErrorCode.INTERRUPTED) {
        return use(destination, use); // the thread that made it was interrupted, and not this one
      }
      throw failure;
    } finally {
      giveBack(there);
    }
  }

  private void make(Destination destination, CompletableFuture<CoreProducer> promised) {
    try {
      promised.complete(maker.apply(destination));
    } catch (RuntimeException | Error e) { // others wait for it, whatever became of it
      promised.completeExceptionally(e);
    }
  }

  private Kept borrow(Destination destination, Kept mine) {
    synchronized (all) {
      Kept there = all.get(destination);
      if (there == null || there.isOver()) {
        all.put(destination, mine);
        there = mine;
      }
      there.users++;
      return there;
    }
  }

  /**
   * Closing the others waits for what is unconfirmed, which is no business of the one who asks for
   * another.
   */
  private void giveBack(Kept used) {
    List<Kept> retired = new ArrayList<>();
    synchronized (all) {
      used.users--;
      Iterator<Kept> byUse = all.values().iterator();
      while (all.size() > MOST && byUse.hasNext()) {
        Kept oldest = byUse.next();
        if (oldest.users == 0) {
          byUse.remove();
          retired.add(oldest);
        }
      }
    }
    for (Kept each : retired) {
      CompletableFuture<Void> unused =
          each.made.thenAccept(producer -> threads.chore(producer::close));
    }
  }
}
