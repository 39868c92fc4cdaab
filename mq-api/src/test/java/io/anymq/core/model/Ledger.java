package io.anymq.core.model;

import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.core.Simulation;
import io.anymq.core.script.Entry;
import io.anymq.core.script.Observer;
import io.anymq.core.script.ScriptedDelivery;
import io.anymq.core.script.ScriptedDelivery.Fate;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The contract, as rules on what the core does with its link and tells the application. */
final class Ledger implements Observer {

  /** How long the core may take, of its own, before a settlement is on its way. */
  private static final long TOLERANCE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Simulation simulation;
  private final Map<String, Tracked> messages = new LinkedHashMap<>();
  private final List<Receiver> receivers = new ArrayList<>();
  private final Set<ScriptedDelivery> reported = new LinkedHashSet<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<Entry, List<ScriptedDelivery>> letters = new LinkedHashMap<>();

  private long deliveries;

  /** The queues that are prioritized by the core: between priorities, there is no order. */
  final Set<Destination> banded = new LinkedHashSet<>();

  /** Whether a dead letter may have been in doubt, without a cut, until its time limit. */
  boolean answersMissing;

  Ledger(Simulation simulation) {
    this.simulation = simulation;
  }

  List<String> violations() {
    return violations;
  }

  @SuppressWarnings("AnnotateFormatMethod")
  void require(boolean holds, String rule, Object... about) {
    if (!holds) {
      violations.add(rule.formatted(about));
    }
  }

  @Override
  public void misused(String what) {
    violations.add("The core used the link against its contract: " + what);
  }

  // --- sending

  Tracked track(String text, Sender sender) {
    Unit unit = sender.unit();
    Tracked sent = new Tracked(text, sender, ++sender.sent, sender.to, unit);
    messages.put(text, sent);
    if (unit != Unit.NONE) {
      unit.sends.add(sent);
    }
    return sent;
  }

  @Override
  public void sending(String to, OutboundMessage message) {
    Tracked sent = messages.get(message.message().text());
    if (message.origin().isPresent()) {
      return;
    }
    require(sent.to.toString().equals(to), "%s was sent to %s", sent, to);
    require(!sent.isHeldBack(), "%s was sent before its session was committed", sent);
    require(sent.state != Tracked.State.CONFIRMED, "%s was sent again after that", sent);
    boolean unknown = sent.attempts > sent.refused;
    require(
        message.repeated() ? sent.attempts > 0 : !unknown,
        "%s, attempt %d: repeated is %s",
        sent,
        sent.attempts + 1,
        message.repeated());
    sent.attempts++;
  }

  @Override
  public void refused(String to, Message message) {
    if (DeadLetter.of(message).isEmpty()) {
      messages.get(message.text()).refused++;
    }
  }

  @Override
  public void storing(
      String to, Message message, boolean repeated, Optional<InboundDelivery> origin) {
    if (origin.isPresent()) {
      burying(to, message, (ScriptedDelivery) origin.get());
      return;
    }
    Tracked sent = messages.get(message.text());
    require(!sent.isHeldBack(), "%s reached the broker before its session was committed", sent);
    require(
        sent.state != Tracked.State.NOT_SENT,
        "The application was told that %s was not sent, but the broker gets it",
        sent);
    if (sent.stored == 0 && sent.refused == 0 && !banded.contains(sent.to)) {
      require(
          sent.number > sent.sender.lastStored,
          "%s came to the broker behind number %d of its producer",
          sent,
          sent.sender.lastStored);
      sent.sender.lastStored = Math.max(sent.number, sent.sender.lastStored);
    }
    require(sent.stored == 0 || repeated, "%s is there twice, and not marked", sent);
    sent.stored++;
    sent.expires = message.expiresAt().isPresent();
  }

  void confirmed(Tracked sent) {
    require(sent.stored > 0, "%s was confirmed, and the broker does not have it", sent);
    sent.state = Tracked.State.CONFIRMED;
    sent.ended = true;
  }

  void failed(Tracked sent, MessagingException why) {
    sent.ended = true;
    if (why.code() == ErrorCode.SEND_IN_DOUBT) {
      sent.state = Tracked.State.IN_DOUBT;
      require(
          sent.attempts > 0 || sent.unit != Unit.NONE || Thread.currentThread().isInterrupted(),
          "%s is in doubt, and was never sent",
          sent);
    } else {
      sent.state = Tracked.State.NOT_SENT;
      require(
          sent.stored == 0,
          "The application was told that %s was not sent (%s), but the broker has it",
          sent,
          why.getMessage());
    }
  }

  // --- receiving

  void joined(Receiver receiver) {
    receivers.add(receiver);
  }

  @Override
  public void reported(ScriptedDelivery delivery) {
    require(!delivery.reported, "handedOut was called twice for %s", delivery);
    delivery.reported = true;
    if (World.isKnown(delivery.destination())) {
      reported.add(delivery);
    }
  }

  /** How many deliveries the application got. */
  long deliveries() {
    return deliveries;
  }

  /** The application gets a delivery. */
  void seen(Receiver by, Delivery delivery) {
    deliveries++;
    ScriptedDelivery inbound = (ScriptedDelivery) Simulation.inbound(delivery);
    Entry entry = inbound.entry();
    require(!by.closed, "%s got %s after it was closed", by, inbound);
    require(!Terms.hasExpired(inbound.message(), now()), "%s got %s too late", by, inbound);
    require(!Terms.isEarly(inbound.message(), now()), "%s got %s too early", by, inbound);
    require(inbound.reported, "handedOut was not called for %s", inbound);
    String text = inbound.message().text();
    if (inbound.fate == Fate.RELEASED) {
      again(inbound);
      orderAgain(by, inbound);
      by.times.merge(text, 1, Integer::sum);
    } else {
      require(
          inbound.fate == Fate.UNSEEN || (by.isAutomatic() && inbound.fate == Fate.ACCEPTED),
          "%s got %s twice",
          by,
          inbound);
      order(by, inbound);
    }
    int count = delivery.deliveryCount();
    // A replay that goes on is another subscription for the broker, and the core knows better.
    int before = by.replays ? Collections.frequency(by.seen, text) : 0;
    int most = inbound.deliveryCount() + by.times.getOrDefault(text, 0) + before;
    // The core forgets what it has dead-lettered, and that may come again when a cut meets it.
    boolean buried = letters.containsKey(entry);
    boolean alone = messages.get(text).stored == 1 && before == 0 && !buried;
    inbound.counted = count;
    require(
        count <= most && count >= (alone ? most : inbound.deliveryCount() + inbound.again),
        "%s says count %d, and this consumer had it %d times by itself",
        inbound,
        count,
        by.times.getOrDefault(text, 0));
    require(
        before > 0 || delivery.redelivered() == (inbound.redelivered() || inbound.again > 0),
        "%s says redelivered: %s",
        inbound,
        delivery.redelivered());
    require(
        inbound.known() + by.times.getOrDefault(text, 0) < by.taste.maxDeliveries() || !alone,
        "%s gets %s, which it has had %d times",
        by,
        inbound,
        inbound.known() + by.times.getOrDefault(text, 0));
    require(
        !alone || by.replays || Collections.frequency(by.seen, text) < by.taste.maxDeliveries(),
        "%s gets %s, and had it as often as it may",
        by,
        inbound);
    require(!by.taste.selects() || isEven(entry.message()), "%s does not select %s", by, inbound);
    keys(by, inbound);
    replay(by, inbound, delivery.redelivered());
    entry.seen++;
    messages.get(text).seen++;
    inbound.fate = Fate.HELD;
    inbound.holder = by;
    inbound.delay = by.taste.delay();
    inbound.delayAsked = false;
    inbound.unit = by.session == null ? null : by.session.unit;
    if (by.session != null) {
      by.session.unit.deliveries.add(inbound);
    }
    bound(by, inbound);
  }

  private Instant now() {
    return Instant.ofEpochMilli(simulation.epochMillis());
  }

  private void again(ScriptedDelivery inbound) {
    require(!inbound.isSettled(), "%s was given back to the broker and comes here too", inbound);
    require(!inbound.isParked(), "%s is parked and comes all the same", inbound);
    require(
        simulation.nanoTime() >= inbound.due,
        "%s comes %d ms too early",
        inbound,
        Duration.ofNanos(inbound.due - simulation.nanoTime()).toMillis());
    inbound.again++;
  }

  /** What the core delivers again by itself keeps its order, among what was due as early. */
  private void orderAgain(Receiver by, ScriptedDelivery inbound) {
    long before = inbound.givenBack;
    if (by.taste.concurrency() > 1 || by.taste.keyOrdered()) {
      return;
    }
    for (ScriptedDelivery other : inbound.visit().unsettledOnes()) {
      require(
          other.tag() >= inbound.tag()
              || other.fate != Fate.RELEASED
              || other.due > inbound.due
              || other.givenBack > before
              || other.isParked()
              || isLast(other)
              || Terms.hasExpired(other.message(), now())
              || other.buried,
          "%s gets %s again before %s",
          by,
          inbound,
          other);
    }
  }

  private void order(Receiver by, ScriptedDelivery inbound) {
    if (by.taste.concurrency() == 1 && !by.taste.keyOrdered()) {
      require(
          inbound.tag() > inbound.visit().lastSeen,
          "%s gets %s behind delivery %d",
          by,
          inbound,
          inbound.visit().lastSeen);
    }
    inbound.visit().lastSeen = Math.max(inbound.tag(), inbound.visit().lastSeen);
  }

  private void bound(Receiver by, ScriptedDelivery inbound) {
    if (inbound.visit().isLive()) {
      int most = by.taste.prefetch();
      long held =
          reported.stream()
              .filter(one -> one.holder == by && one.visit().isLive())
              .filter(one -> isHeld(one) && !(by.banded && one.again > 0))
              .count();
      require(held <= most, "%s holds %d deliveries", by, held);
      require(
          inbound.visit().request().prefetch() <= by.asked(),
          "%s asked the link for %d deliveries",
          by,
          inbound.visit().request().prefetch());
    }
  }

  private boolean isHeld(ScriptedDelivery delivery) {
    // One that was parked may exceed the prefetch when its time has come.
    return delivery.fate == Fate.HELD && !delivery.isSettled() && !delivery.wasParked();
  }

  private void replay(Receiver by, ScriptedDelivery inbound, boolean marked) {
    Instant time = inbound.message().timestamp().orElseThrow();
    if (by.replays && by.taste.concurrency() == 1 && inbound.visit() != by.visit) {
      require(
          marked || !time.isBefore(by.reached), "The replay of %s goes back to %s", by, inbound);
    }
    by.visit = inbound.visit();
    by.reached = time;
    by.seen.add(inbound.message().text());
  }

  /** A replay has come to the end of its topic. */
  void replayed(Receiver by) {
    for (Tracked sent : messages.values()) {
      require(
          sent.stored == 0
              || sent.expires
              || !sent.to.equals(by.source)
              || by.seen.contains(sent.text),
          "The replay of %s has left out %s",
          by,
          sent);
    }
  }

  private void keys(Receiver by, ScriptedDelivery inbound) {
    if (!by.taste.keyOrdered() || !inbound.visit().isLive()) {
      return; // what a call had taken before its link was lost, others may have by now
    }
    Optional<String> key = inbound.message().key();
    inbound.entry().store().held().stream()
        .filter(other -> other != inbound && other.message().key().equals(key))
        .filter(other -> other.fate == Fate.HELD || other.fate == Fate.RELEASED)
        .filter(other -> !mayDrop(other))
        .filter(other -> !other.isSettled() && !other.buried && other.visit().isLive())
        .forEach(other -> require(false, "%s gets %s beside %s of its key", by, inbound, other));
  }

  static boolean isEven(Message message) {
    return message.property("even", String.class).filter("y"::equals).isPresent();
  }

  // --- settling

  void settles(Delivery delivery, Fate fate, Duration delay, String reason) {
    ScriptedDelivery inbound = (ScriptedDelivery) Simulation.inbound(delivery);
    // What is settled behind the beginning of its consumer's close reaches nothing.
    if (inbound.fate == Fate.HELD && !Simulation.isStale(delivery)) {
      inbound.fate = fate;
      inbound.due = simulation.nanoTime() + delay.toNanos();
      inbound.delay = delay;
      inbound.givenBack = simulation.next();
      inbound.reason = reason;
    }
  }

  @Override
  public void settling(ScriptedDelivery delivery, Outcome outcome, Duration delay) {
    if (!World.isKnown(delivery.destination())) {
      return;
    }
    boolean justified = outcome == Outcome.ACCEPT ? mayAccept(delivery) : mayRelease(delivery);
    require(justified, "The core settles with %s: %s", outcome, delivery);
    boolean waits = delivery.fate == Fate.RELEASED || isReturnedBySession(delivery);
    if (outcome == Outcome.RELEASE && waits && !isOneTooMany(delivery)) {
      require(
          simulation.nanoTime() + delay.toNanos() >= delivery.due,
          "The core releases too early: %s",
          delivery);
    }
  }

  private boolean mayAccept(ScriptedDelivery delivery) {
    if (delivery.buried || mayDrop(delivery)) {
      return true;
    }
    if (delivery.unit instanceof Unit unit) {
      return unit.state == Unit.State.COMMITTING
          && delivery.fate != Fate.RELEASED
          && delivery.fate != Fate.REJECTED
          && unit.isSent();
    }
    boolean dropped =
        delivery.fate == Fate.UNSEEN
            && !isEven(delivery.message())
            && of(delivery).anyMatch(each -> each.taste.selects());
    boolean automatic =
        delivery.fate == Fate.UNSEEN
            && delivery.reported
            && of(delivery).anyMatch(each -> each.isAutomatic() && !each.listens);
    return delivery.fate == Fate.ACCEPTED || dropped || automatic;
  }

  /** What expired before it was handed out, for the first time or again, is done with. */
  private boolean mayDrop(ScriptedDelivery delivery) {
    boolean waits =
        delivery.fate == Fate.UNSEEN
            || delivery.fate == Fate.RELEASED
            || isReturnedBySession(delivery);
    return waits && Terms.hasExpired(delivery.message(), now());
  }

  private java.util.stream.Stream<Receiver> of(ScriptedDelivery delivery) {
    return receivers.stream()
        .filter(each -> each.source.equals(delivery.destination()))
        .filter(each -> each.asked() == delivery.visit().request().prefetch());
  }

  private boolean mayRelease(ScriptedDelivery delivery) {
    if (delivery.unit instanceof Unit unit && unit.state == Unit.State.OPEN) {
      return false;
    }
    return delivery.fate == Fate.RELEASED
        || (delivery.fate == Fate.REJECTED && (!delivery.buried || answersMissing))
        || isReturnedBySession(delivery)
        || isOneTooMany(delivery);
  }

  private static boolean isReturnedBySession(ScriptedDelivery delivery) {
    return delivery.unit instanceof Unit unit && unit.state != Unit.State.OPEN;
  }

  private boolean isOneTooMany(ScriptedDelivery delivery) {
    return delivery.fate == Fate.UNSEEN && isLast(delivery);
  }

  /** The core knows a message by its id, and two copies of it have the same. */
  private boolean isLast(ScriptedDelivery delivery) {
    return messages.get(delivery.message().text()).seen >= limit(delivery);
  }

  private int limit(ScriptedDelivery delivery) {
    return World.limit(delivery.destination());
  }

  private void burying(String to, Message letter, ScriptedDelivery delivery) {
    DeadLetter why = DeadLetter.of(letter).orElseThrow();
    require(
        letter.timeToLive().isEmpty() && letter.expiresAt().isEmpty(),
        "The dead letter of %s expires",
        delivery);
    require(letter.deliveryDelay().isEmpty(), "The dead letter of %s waits", delivery);
    boolean last = isLast(delivery);
    boolean returned = delivery.fate == Fate.RELEASED || isReturnedBySession(delivery);
    boolean justified =
        why.reason() == DeadLetter.Reason.REJECTED
            ? delivery.fate == Fate.REJECTED && delivery.reason.equals(why.error())
            : last && (returned || delivery.fate == Fate.UNSEEN);
    require(justified, "A dead letter (%s) of %s", why, delivery);
    require(
        !(why.reason() == DeadLetter.Reason.REJECTED && delivery.unit instanceof Unit unit)
            || unit.state == Unit.State.COMMITTING,
        "A dead letter of %s before its session was committed",
        delivery);
    Queue due =
        delivery.destination() instanceof Queue queue
            ? queue.deadLetterQueue()
            : ((Topic) delivery.destination()).deadLetterQueue();
    require(due.toString().equals(to), "The dead letter of %s goes to %s", delivery, to);
    require(
        delivery.counted == 0 || why.deliveryCount() == delivery.counted,
        "The dead letter of %s says count %d",
        delivery,
        why.deliveryCount());
    delivery.buried = true;
    List<ScriptedDelivery> before =
        letters.computeIfAbsent(delivery.entry(), entry -> new ArrayList<>());
    require(
        answersMissing
            || !delivery.visit().isLive()
            || before.stream().noneMatch(one -> one.visit().isLive()),
        "A second dead letter of %s",
        delivery);
    before.add(delivery);
  }

  // --- at rest

  /** What must hold when nothing has happened for a while. */
  void rest() {
    for (ScriptedDelivery delivery : reported) {
      boolean overdue = simulation.nanoTime() > delivery.due + TOLERANCE_NANOS;
      if (delivery.visit().isLive() && !delivery.isSettled() && overdue && delivery.unit == null) {
        require(
            delivery.fate != Fate.ACCEPTED && delivery.fate != Fate.REJECTED,
            "The broker never hears of %s",
            delivery);
      }
      require(delivery.fate != Fate.UNSEEN, "The application never got %s", delivery);
    }
    for (Tracked sent : messages.values()) {
      boolean held = sent.unit != Unit.NONE && sent.unit.state == Unit.State.OPEN;
      require(sent.ended || held, "Nobody was told what became of %s", sent);
    }
  }
}
