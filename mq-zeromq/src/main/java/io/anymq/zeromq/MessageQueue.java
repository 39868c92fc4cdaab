package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
  private final DestinationLog log;
  private final Backlog backlog;
  private final Expiries expiries;
  private final Set<HubConsumer> consumers = new LinkedHashSet<>();

  /** Consumers that can take more, in the order of their turns. */
  private final Deque<HubConsumer> takers = new ArrayDeque<>();

  /** What is to come back after a while; neither ready nor in flight. */
  private final Set<Queued> resting = new LinkedHashSet<>();

  /** What messages must pass before they are kept, where the only consumer drops the others. */
  private @Nullable Selection screen;

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
   * @param log is told what happens here
   * @param wantsDispatch is told when messages may have met a consumer that can take them
   */
  MessageQueue(
      QueueTerms terms,
      HubMemory memory,
      WaitingRoom waiting,
      DestinationLog log,
      Consumer<MessageQueue> wantsDispatch) {
    this.terms = terms;
    this.memory = memory;
    this.waiting = waiting;
    this.log = log;
    this.wantsDispatch = wantsDispatch;
    this.backlog = new Backlog(terms.prioritized(), () -> wantsDispatch.accept(this));
    this.expiries = new Expiries(waiting.agenda(), this::expired);
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
    return backlog.size();
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
  public DestinationLog log() {
    return log;
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
    if (screen != null && !screen.selects(payload)) {
      return;
    }
    Queued message = new Queued(payload, terms.rankOf(payload), nextPosition++, topic);
    if (admit(message)) {
      backlog.addNew(message);
      log.placed(message);
    }
  }

  /** Takes a message in, unless it has expired; it is neither ready nor in the log yet. */
  private boolean admit(Queued message) {
    message.payload().hold(memory);
    memory.take(message.cost());
    boolean lives = message.millisLeft() > 0;
    if (lives) {
      expiries.watch(message);
    } else {
      forget(message);
    }
    return lives;
  }

  /** Takes back, in their old places, what it had before its hub ended; it is empty. */
  void restore(Collection<Queued> messages) {
    for (Queued message : messages) {
      nextPosition = Math.max(nextPosition, message.position() + 1);
      message.comesBackFromBefore();
      if (admit(message)) {
        backlog.putBack(message);
      }
    }
  }

  /**
   * Gives messages to the consumers, one to each in turn, while both are there.
   *
   * @param slice how much of the backlog may be looked through for that
   */
  void dispatch(Slice slice) {
    int inVain = 0;
    while (inVain < takers.size()) {
      HubConsumer taker = takers.removeFirst();
      Queued message = backlog.nextFor(taker, slice, this::forget);
      if (message == null && !backlog.hasSelections()) {
        takers.addFirst(taker); // there is nothing for anybody, and it is still his turn
        return;
      }
      if (message == null) {
        takers.addLast(taker);
        inVain++; // when all have looked in vain, the turns are as they were
      } else {
        inVain = 0;
        give(message, taker);
      }
    }
    if (slice.wasCutShort() && !takers.isEmpty()) {
      takers.addLast(takers.removeFirst()); // who has used it up is last in the next one
    } else if (backlog.hasSelections()) {
      backlog.freeUnwanted();
    }
  }

  private void give(Queued message, HubConsumer taker) {
    inFlight++;
    expiries.unwatch(message);
    taker.take(message);
    if (taker.canTake()) {
      takers.addLast(taker);
    }
  }

  /** Writes what is ready behind a place, in order, as much as a page holds; changes nothing. */
  void browse(BrowsePlace from, WireWriter out) {
    long end = from.end() < 0 ? nextPosition : from.end();
    out.i64(end);
    BrowsePlace place = new BrowsePlace(end, from.rank(), from.position());
    int pageEnd = out.size() + Wire.FRAME_TARGET_BYTES;
    Iterator<Queued> ahead =
        backlog
            .behind(Queued.place(from.rank(), from.position()))
            .filter(place::isBefore)
            .iterator();
    while (out.size() < pageEnd && ahead.hasNext()) {
      Queued message = ahead.next();
      out.u8(message.rank()).i64(message.position()).blob(message.payload().bytes());
    }
  }

  void join(HubConsumer consumer) {
    if (consumer.isKeyOrdered() && !backlog.isKeyOrdered()) {
      backlog.orderKeys(keysInHand());
    }
    consumers.add(consumer);
    takers.addLast(consumer);
    Selection selection = consumer.selection();
    if (selection != null) {
      join(selection);
    }
    wantsDispatch.accept(this);
  }

  private void join(Selection selection) {
    backlog.add(selection);
    if (selection.dropsTheRest()) {
      selection.screenedFrom(nextPosition);
      screen = selection;
    }
  }

  private void part(Selection selection) {
    backlog.remove(selection);
    if (screen == selection) {
      screen = null;
    }
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
    Selection selection = consumer.selection();
    if (selection != null) {
      part(selection);
    }
    if (consumers.stream().noneMatch(HubConsumer::isKeyOrdered)) {
      backlog.endKeyOrder();
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
    if (message.millisLeft() <= 0) {
      freeKey(message);
      forget(message);
    } else {
      expiries.watch(message);
      backlog.putBack(message);
      freeKey(message);
    }
  }

  private void expired(Queued message) {
    backlog.remove(message);
    forget(message);
  }

  private void freeKey(Queued message) {
    backlog.settled(message, this::isWanted);
  }

  private boolean isWanted(Queued message) {
    return !backlog.hasSelections()
        || consumers.stream().anyMatch(consumer -> consumer.canTakeThis(message));
  }

  /**
   * Drops all messages that are ready.
   *
   * @return how many
   */
  int purge() {
    int count = ready();
    backlog.drainTo(this::forget);
    return count;
  }

  /**
   * Drops everything, for the queue is deleted.
   *
   * @return the consumers that it had
   */
  List<HubConsumer> destroy() {
    log.deleted();
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
    expiries.unwatch(message);
    log.gone(message);
    message.payload().letGo(memory);
    memory.give(message.cost());
  }
}
