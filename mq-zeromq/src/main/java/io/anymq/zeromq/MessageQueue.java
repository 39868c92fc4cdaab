package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Messages in order, and the consumers that compete for them: a queue, or the backlog of a
 * subscription. For the hub's thread.
 */
final class MessageQueue implements Target {

  private final QueueTerms terms;
  private final HubMemory memory;
  private final Consumer<MessageQueue> wantsDispatch;
  private final WaitingRoom waiting;
  private final Deque<Queued> fresh = new ArrayDeque<>();

  /**
   * What came back, the oldest first; always older than what is fresh. In a prioritized queue
   * everything that is ready.
   */
  private final PriorityQueue<Queued> sorted = new PriorityQueue<>();

  private final Set<HubConsumer> consumers = new LinkedHashSet<>();

  /** Consumers that can take more, in the order of their turns. */
  private final Deque<HubConsumer> takers = new ArrayDeque<>();

  /** What is to come back after a while; neither ready nor in flight. */
  private final Set<Queued> resting = new LinkedHashSet<>();

  /** The order of keys, as long as a consumer asks for it. */
  private @Nullable KeyOrder keys;

  private long nextPosition;
  private int inFlight;

  /** The session whose temporary queue it is. */
  private @Nullable HubSession owner;

  /**
   * An empty queue.
   *
   * @param terms how it was declared
   * @param memory counts what it keeps
   * @param waiting where messages wait for their time
   * @param wantsDispatch is told when messages may have met a consumer that can take them
   */
  MessageQueue(
      QueueTerms terms,
      HubMemory memory,
      WaitingRoom waiting,
      Consumer<MessageQueue> wantsDispatch) {
    this.terms = terms;
    this.memory = memory;
    this.waiting = waiting;
    this.wantsDispatch = wantsDispatch;
  }

  void ownedBy(HubSession session) {
    owner = session;
  }

  /** It is deleted: its owner need not do so any more. */
  void disown(String name) {
    if (owner != null) {
      owner.temporaryQueues().remove(name);
    }
  }

  boolean isTemporary() {
    return owner != null;
  }

  boolean isOwnedBy(HubSession session) {
    return owner == session;
  }

  void requireConsumable(HubSession session) throws Refusal {
    if (owner != null && owner != session) {
      throw new Refusal(
          WireError.NOT_OWNER, "A temporary queue is consumed by the session that made it alone");
    }
  }

  int ready() {
    return fresh.size() + sorted.size() + (keys == null ? 0 : keys.waiting());
  }

  int inFlight() {
    return inFlight;
  }

  boolean hasConsumers() {
    return !consumers.isEmpty();
  }

  QueueTerms terms() {
    return terms;
  }

  /**
   * Refuses more messages than it may hold. Those with consumers count, for they may come back, and
   * so do those that wait for their time: they are confirmed, and must have a place when they are
   * due.
   */
  @Override
  public void requireRoom(int messages) throws Refusal {
    long held = (long) ready() + inFlight + waiting.count();
    if (!terms.allows(held + messages)) {
      throw new Refusal(
          WireError.QUEUE_FULL,
          "The queue holds %d messages, and it may hold %d".formatted(held, terms.maxLength()));
    }
  }

  @Override
  public int copies() {
    return 1;
  }

  @Override
  public WaitingRoom waiting() {
    return waiting;
  }

  @Override
  public void add(Payload payload) {
    add(payload, null);
  }

  void add(Payload payload, @Nullable String topic) {
    payload.hold(memory);
    memory.take(Queued.COST_BYTES);
    if (terms.prioritized()) {
      sorted.add(new Queued(payload, payload.priority(), nextPosition++, topic));
    } else {
      fresh.addLast(new Queued(payload, 0, nextPosition++, topic));
    }
    wantsDispatch.accept(this);
  }

  /** Gives messages to the consumers, one to each in turn, while both are there. */
  void dispatch() {
    Queued message = takers.isEmpty() ? null : next();
    while (message != null) {
      HubConsumer taker = takers.removeFirst();
      inFlight++;
      taker.take(message);
      if (taker.canTake()) {
        takers.addLast(taker);
      }
      message = takers.isEmpty() ? null : next();
    }
  }

  /** The first that may go; those before it wait for their keys. */
  private @Nullable Queued next() {
    Queued message = first();
    while (message != null && keys != null && !keys.letGo(message)) {
      message = first();
    }
    return message;
  }

  private @Nullable Queued first() {
    Queued oldest = sorted.poll();
    return oldest == null ? fresh.pollFirst() : oldest;
  }

  /** Writes what is ready behind a place, in order, as much as a page holds; changes nothing. */
  void browse(BrowsePlace from, WireWriter out) {
    long end = from.end() < 0 ? nextPosition : from.end();
    out.i64(end);
    BrowsePlace place = new BrowsePlace(end, from.rank(), from.position());
    int pageEnd = out.size() + Wire.FRAME_TARGET_BYTES;
    Iterator<Queued> ahead =
        Stream.concat(notFresh().sorted(), freshBehind(from.position()))
            .filter(place::isBefore)
            .iterator();
    while (out.size() < pageEnd && ahead.hasNext()) {
      Queued message = ahead.next();
      out.u8(message.rank()).i64(message.position()).blob(message.payload().bytes());
    }
  }

  /** What is fresh from about there on: its positions have no gaps, so one tells the index. */
  private Stream<Queued> freshBehind(long position) {
    Queued first = fresh.peekFirst();
    return first == null ? Stream.empty() : skip(fresh.spliterator(), position - first.position());
  }

  /** Without the first so many, in few steps: a deque's spliterator is halved by its indices. */
  private static Stream<Queued> skip(Spliterator<Queued> all, long count) {
    Spliterator<Queued> before = count > 0 ? all.trySplit() : null;
    if (before == null) {
      return StreamSupport.stream(all, false);
    }
    long half = before.estimateSize();
    return count >= half
        ? skip(all, count - half)
        : Stream.concat(skip(before, count), StreamSupport.stream(all, false));
  }

  private Stream<Queued> notFresh() {
    return keys == null ? sorted.stream() : Stream.concat(sorted.stream(), keys.stream());
  }

  void join(HubConsumer consumer) {
    if (consumer.isKeyOrdered() && keys == null) {
      keys = keysInHand();
    }
    consumers.add(consumer);
    takers.addLast(consumer);
    wantsDispatch.accept(this);
  }

  private KeyOrder keysInHand() {
    KeyOrder inHand = new KeyOrder();
    consumers.forEach(consumer -> consumer.unsettled().forEach(inHand::isOut));
    resting.forEach(inHand::isOut);
    return inHand;
  }

  /** A consumer leaves; what it held comes back to its old place. */
  void leave(HubConsumer consumer, Iterable<Queued> held) {
    consumers.remove(consumer);
    takers.remove(consumer);
    held.forEach(this::release);
    if (keys != null && consumers.stream().noneMatch(HubConsumer::isKeyOrdered)) {
      keys.drainTo(this::ready);
      keys = null;
    }
  }

  /** A consumer that could not take more can do so again. */
  void canTakeAgain(HubConsumer consumer) {
    takers.addLast(consumer);
    wantsDispatch.accept(this);
  }

  void accept(Queued message) {
    inFlight--;
    freeKey(message);
    forget(message);
  }

  void release(Queued message) {
    inFlight--;
    comeBack(message);
  }

  /**
   * Takes a message back, which is ready again in its old place after a while. Where keys have an
   * order, its key waits with it.
   */
  void releaseLater(Queued message, long millis) {
    inFlight--;
    resting.add(message);
    waiting.hold(millis, () -> endRest(message), () -> forget(message));
  }

  private void endRest(Queued message) {
    resting.remove(message);
    comeBack(message);
  }

  private void comeBack(Queued message) {
    ready(message);
    freeKey(message);
  }

  private void freeKey(Queued message) {
    Queued next = keys == null ? null : keys.settled(message);
    if (next != null) {
      ready(next);
    }
  }

  private void ready(Queued message) {
    sorted.add(message);
    wantsDispatch.accept(this);
  }

  /**
   * Drops all messages that are ready.
   *
   * @return how many
   */
  int purge() {
    int count = ready();
    fresh.forEach(this::forget);
    sorted.forEach(this::forget);
    fresh.clear();
    sorted.clear();
    if (keys != null) {
      keys.drainTo(this::forget);
    }
    return count;
  }

  /**
   * Drops everything, for the queue is deleted.
   *
   * @return the consumers that it had
   */
  List<HubConsumer> destroy() {
    List<HubConsumer> orphans = new ArrayList<>(consumers);
    consumers.clear();
    takers.clear();
    waiting.close();
    resting.clear();
    purge();
    return orphans;
  }

  /** The message is no more, and neither is its cost. */
  void forget(Queued message) {
    message.payload().letGo(memory);
    memory.give(Queued.COST_BYTES);
  }
}
