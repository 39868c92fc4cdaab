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
import java.util.stream.Stream;
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
  private final ReadyMessages ready;
  private final Expiries expiries;
  private final Set<HubConsumer> consumers = new LinkedHashSet<>();

  /** Consumers that can take more, in the order of their turns. */
  private final Deque<HubConsumer> takers = new ArrayDeque<>();

  /** What is to come back after a while; neither ready nor in flight. */
  private final Set<Queued> resting = new LinkedHashSet<>();

  /** The order of keys, as long as a consumer asks for it. */
  private @Nullable KeyOrder keys;

  /** What messages must pass before they are kept, where the only consumer drops the others. */
  private @Nullable Selection screen;

  /** Whether those who select wait until others have had their turn. */
  private boolean paused;

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
    this.ready = new ReadyMessages(terms.prioritized());
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
    return ready.size() + (keys == null ? 0 : keys.waiting());
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
      ready.addNew(message);
      log.placed(message);
      wantsDispatch.accept(this);
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
      if (admit(message)) {
        ready.putBack(message);
      }
    }
  }

  /** Gives messages to the consumers, one to each in turn, while both are there. */
  void dispatch() {
    Slice slice = new Slice();
    int inVain = 0;
    while (inVain < takers.size()) {
      HubConsumer taker = takers.removeFirst();
      Queued message = nextFor(taker, slice);
      if (message == null && !ready.hasSelections()) {
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
    if (slice.isOver()) {
      if (!takers.isEmpty()) {
        takers.addLast(takers.removeFirst()); // who has used it up is last in the next one
      }
      pause(slice);
    }
    if (ready.hasSelections()) {
      freeUnwanted();
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

  /** The first that may go to a consumer; those before it wait for their keys. */
  private @Nullable Queued nextFor(HubConsumer taker, Slice slice) {
    Queued message = firstFor(taker, slice);
    while (message != null && keys != null && !keys.letGo(message)) {
      message = firstFor(taker, slice);
    }
    return message;
  }

  private @Nullable Queued firstFor(HubConsumer taker, Slice slice) {
    Selection selection = taker.selection();
    if (selection == null) {
      return ready.pollFirst();
    }
    if (paused || slice.isOver()) {
      return null;
    }
    Queued message =
        selection.next(ready, slice, selection.dropsTheRest() ? this::drop : any -> {});
    if (message != null) {
      ready.take(message);
    }
    return message;
  }

  private void drop(Queued message) {
    ready.take(message);
    forget(message);
  }

  /** There is more to look through; others have their turn before that. */
  private void pause(Slice slice) {
    paused = true;
    waiting
        .agenda()
        .add(
            new Agenda.Entry() {
              @Override
              void due() {
                paused = false;
                wantsDispatch.accept(MessageQueue.this);
              }
            },
            slice.pauseMillis());
  }

  /** Writes what is ready behind a place, in order, as much as a page holds; changes nothing. */
  void browse(BrowsePlace from, WireWriter out) {
    long end = from.end() < 0 ? nextPosition : from.end();
    out.i64(end);
    BrowsePlace place = new BrowsePlace(end, from.rank(), from.position());
    int pageEnd = out.size() + Wire.FRAME_TARGET_BYTES;
    Iterator<Queued> ahead =
        waitingToo(ready.behind(Queued.place(from.rank(), from.position())))
            .filter(place::isBefore)
            .iterator();
    while (out.size() < pageEnd && ahead.hasNext()) {
      Queued message = ahead.next();
      out.u8(message.rank()).i64(message.position()).blob(message.payload().bytes());
    }
  }

  private Stream<Queued> waitingToo(Stream<Queued> inOrder) {
    return keys == null ? inOrder : Stream.concat(inOrder, keys.stream()).sorted();
  }

  void join(HubConsumer consumer) {
    if (consumer.isKeyOrdered() && keys == null) {
      keys = keysInHand();
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
    ready.add(selection);
    if (selection.dropsTheRest()) {
      selection.screenedFrom(nextPosition);
      screen = selection;
    }
    freeUnwanted();
  }

  private void part(Selection selection) {
    freeUnwanted();
    ready.remove(selection);
    if (screen == selection) {
      screen = null;
    }
  }

  /** What waits for one of its key that nobody has taken may be for somebody else than that one. */
  private void freeUnwanted() {
    if (keys != null && keys.hasFree()) {
      keys.drainFree(this::ready);
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
    if (message.millisLeft() <= 0) {
      freeKey(message);
      forget(message);
    } else {
      ready(message);
      freeKey(message);
    }
  }

  private void expired(Queued message) {
    if (!ready.take(message) && keys != null) {
      keys.remove(message);
    }
    forget(message);
    freeUnwanted();
  }

  private void freeKey(Queued message) {
    if (keys != null) {
      keys.settled(message, this::isWanted, this::ready);
    }
  }

  private boolean isWanted(Queued message) {
    return !ready.hasSelections()
        || consumers.stream().anyMatch(consumer -> consumer.canTakeThis(message));
  }

  private void ready(Queued message) {
    expiries.watch(message);
    ready.putBack(message);
    wantsDispatch.accept(this);
  }

  /**
   * Drops all messages that are ready.
   *
   * @return how many
   */
  int purge() {
    int count = ready();
    ready.drainTo(this::forget);
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
