package io.anymq.core.script;

import io.anymq.core.Lane;
import io.anymq.core.script.ScriptedDelivery.Fate;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A consumer on a link: both the client's end and the broker's, and the wires between them. */
public class Visit implements LinkConsumer {

  private final ScriptedLink link;
  private final Store store;
  private final ConsumerRequest request;
  private final DeliverySink sink;
  private final Optional<Selector> selector;
  private final Set<ScriptedDelivery> unsettled = new LinkedHashSet<>();
  private final Deque<ScriptedDelivery> onTheWay = new ArrayDeque<>();
  private final Lane deliveries;
  private final Lane settlements;
  private boolean over;
  private boolean closing;
  private boolean closed;

  /** The greatest tag of a delivery that the application got; the model's. */
  public long lastSeen;

  Visit(ScriptedLink link, Store store, ConsumerRequest request, DeliverySink sink) {
    this.link = link;
    this.store = store;
    this.request = request;
    this.sink = sink;
    this.selector = request.selector().map(Selector::parse);
    String name = link + " consumer of " + store;
    this.deliveries = link.simulation().blockingLane(name + " deliveries");
    this.settlements = link.simulation().lane(name + " settlements");
  }

  static Visit of(ScriptedLink link, Store store, ConsumerRequest request, DeliverySink sink) {
    Profile profile = link.broker().profile();
    if (profile.delays()) {
      return profile.parks()
          ? new Both(link, store, request, sink)
          : new Delaying(link, store, request, sink);
    }
    return profile.parks()
        ? new Lot(link, store, request, sink)
        : new Visit(link, store, request, sink);
  }

  ScriptedLink link() {
    return link;
  }

  /** Whether its link is there, and it has not been closed. */
  public boolean isLive() {
    return !over && link.isAlive();
  }

  public ConsumerRequest request() {
    return request;
  }

  Store store() {
    return store;
  }

  boolean isKeyOrdered() {
    return request.keyOrdered();
  }

  /** Whether it would get a message. */
  public boolean selects(Entry entry) {
    return selector.map(some -> some.matches(entry.message())).orElse(true);
  }

  Optional<Selector> selector() {
    return selector;
  }

  Set<ScriptedDelivery> unsettled() {
    return unsettled;
  }

  /** What the core has not settled, as far as the broker knows. */
  public List<ScriptedDelivery> unsettledOnes() {
    return unsettled.stream().filter(each -> !each.settled).toList();
  }

  // --- the broker's end

  boolean isHungry() {
    long taken = unsettled.stream().filter(each -> !each.isParked()).count();
    return !over && taken < request.prefetch();
  }

  void give(Entry entry) {
    entry.given++;
    int count = link.broker().profile().counts() ? entry.handed + 1 : entry.given;
    boolean again = entry.isRepeated() || entry.mayBeKnown;
    entry.mayBeKnown = true;
    ScriptedDelivery delivery =
        new ScriptedDelivery(entry, this, link.broker().nextTag(), count, again);
    unsettled.add(delivery);
    onTheWay.add(delivery);
    deliveries.add(this::bring);
  }

  private void bring() {
    List<ScriptedDelivery> some = new ArrayList<>();
    int most = 1 + link.simulation().random(4);
    while (!onTheWay.isEmpty() && some.size() < most) {
      some.add(onTheWay.remove());
    }
    if (!some.isEmpty() && !closed) {
      sink.deliver(List.copyOf(some));
    }
  }

  private void done(ScriptedDelivery delivery, Outcome outcome, Duration delay) {
    if (over || !unsettled.remove(delivery)) {
      return;
    }
    if (outcome == Outcome.RELEASE) {
      link.broker().putBack(delivery.entry(), delay);
    }
    link.broker().pump();
  }

  /** What is unsettled goes back. */
  void end() {
    if (over) {
      return;
    }
    over = true;
    store.leave(this);
    settlements.clear();
    unsettled.forEach(each -> link.broker().putBack(each.entry(), Duration.ZERO));
    unsettled.clear();
    link.broker().left(this);
    link.broker().pump();
  }

  /** The link is lost; what is on the way may be lost with it. */
  void lost() {
    if (link.simulation().chance(70)) {
      onTheWay.clear();
    }
    end();
  }

  // --- the client's end

  @Override
  public boolean releasesNatively() {
    return link.broker().profile().releases();
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    deliveries.forEach(each -> settle((ScriptedDelivery) each, outcome, Duration.ZERO));
  }

  void settle(ScriptedDelivery delivery, Outcome outcome, Duration delay) {
    Observer observer = link.broker().observer();
    if (delivery.visit() != this) {
      observer.misused("settled with another consumer: " + delivery);
    }
    if (delivery.settled) {
      observer.misused("settled twice: " + delivery);
    }
    if (delivery.parked) {
      observer.misused("settled while parked: " + delivery);
    }
    observer.settling(delivery, outcome, delay);
    delivery.settled = true;
    if (outcome == Outcome.RELEASE) {
      delivery.record();
    }
    if (!over) {
      Runnable effect = () -> done(delivery, outcome, delay);
      if (settlements.isIdle() && link.simulation().chance(40)) {
        effect.run();
      } else {
        settlements.add(effect);
      }
    }
  }

  @Override
  public void close() {
    if (isLive() && !closing) { // what is settled behind the close reaches nothing
      unsettled.stream()
          .filter(each -> each.unit == null && each.fate == Fate.ACCEPTED && !each.settled)
          .forEach(each -> link.broker().observer().misused("closed without settling " + each));
    }
    closing = true;
    link.simulation().pause();
    if (!over && link.isAlive()) {
      while (!settlements.isIdle()) {
        link.simulation().pause();
      }
    }
    closed = true;
    if (isLive()) {
      unsettled.forEach(ScriptedDelivery::record);
    }
    end();
    link.forget(this);
    link.simulation().remove(settlements);
  }

  void parked(InboundDelivery delivery, boolean value) {
    ScriptedDelivery mine = (ScriptedDelivery) delivery;
    if (mine.settled || mine.parked == value) {
      link.broker().observer().misused((value ? "parked: " : "unparked: ") + mine);
    }
    mine.parked = value;
    mine.wasParked = true;
    if (!over) {
      link.broker().pump();
    }
  }

  @Override
  public String toString() {
    return link + " consumer of " + store + (isLive() ? "" : " (over)");
  }

  /** One whose broker keeps a released message for a while. */
  private static final class Delaying extends Visit implements DelayedRelease {
    Delaying(ScriptedLink link, Store store, ConsumerRequest request, DeliverySink sink) {
      super(link, store, request, sink);
    }

    @Override
    public void release(InboundDelivery delivery, Duration delay) {
      settle((ScriptedDelivery) delivery, Outcome.RELEASE, delay);
    }
  }

  /** One whose prefetch does not count parked deliveries. */
  private static final class Lot extends Visit implements Parking {
    Lot(ScriptedLink link, Store store, ConsumerRequest request, DeliverySink sink) {
      super(link, store, request, sink);
    }

    @Override
    public void park(InboundDelivery delivery) {
      parked(delivery, true);
    }

    @Override
    public void unpark(InboundDelivery delivery) {
      parked(delivery, false);
    }
  }

  /** One that does both. */
  private static final class Both extends Visit implements DelayedRelease, Parking {
    Both(ScriptedLink link, Store store, ConsumerRequest request, DeliverySink sink) {
      super(link, store, request, sink);
    }

    @Override
    public void release(InboundDelivery delivery, Duration delay) {
      settle((ScriptedDelivery) delivery, Outcome.RELEASE, delay);
    }

    @Override
    public void park(InboundDelivery delivery) {
      parked(delivery, true);
    }

    @Override
    public void unpark(InboundDelivery delivery) {
      parked(delivery, false);
    }
  }
}
