package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes through a share group: a queue, or a durable subscription.
 *
 * <p>A native share consumer cannot fetch while any record of its last fetch is unsettled, so one
 * message that is held would keep all others back. So a consumer has lanes, each a member of the
 * group with a thread of its own. It begins with one, as large as the prefetch; as long as handlers
 * are quick, that is all, because what a fetch costs hardly depends on how much it brings. When a
 * batch takes long, or nothing moves at all, though the prefetch has room, smaller lanes are added
 * that fetch meanwhile; one goes when it was not needed for a while.
 */
final class GroupConsumer implements OpenConsumer, Parking {

  private static final Logger LOG = LoggerFactory.getLogger(GroupConsumer.class);

  /**
   * What a group consumer is made with.
   *
   * @param config the native clients' settings
   * @param destination the queue or topic
   * @param topic its native topic
   * @param group the share group
   * @param limit the group's delivery limit
   * @param prefetch how many deliveries may be unsettled
   * @param role a part of its members' client ids
   * @param beforeFirst called when the first records are there; throws when nobody may have them
   * @param kept the records that the group would lose
   * @param handOuts which deliveries applications have had
   * @param oldLocks what somebody before this consumer may still hold
   * @param upkeep looks after the group's settings
   */
  record Setup(
      KafkaConfig config,
      Destination destination,
      String topic,
      String group,
      DeliveryLimit limit,
      int prefetch,
      String role,
      Runnable beforeFirst,
      KeptReturn kept,
      HandOuts handOuts,
      OldLocks oldLocks,
      GroupUpkeep.Upkeep upkeep) {}

  private final Setup setup;
  private final DeliverySink sink;
  private final LinkState state;
  private final Runnable onClosed;
  private final LaneGate gate;
  private final String holder = ClientIds.next();
  private final BreakUp breakUp;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final SeenTopic last = new SeenTopic();
  private final Loans loans;
  private final Map<String, RareWarning> warnings = new ConcurrentHashMap<>();

  GroupConsumer(Setup setup, DeliverySink sink, LinkState state, Consumer<GroupConsumer> onClosed) {
    this.setup = setup;
    this.sink = sink;
    this.state = state;
    breakUp = new BreakUp(this, sink, state);
    this.onClosed =
        Threads.once(
            () -> {
              ended();
              onClosed.accept(this);
            },
            () -> state.joinBy(setup.config().operationTimeout()));
    gate = new LaneGate(setup.prefetch());
    loans = new Loans(setup.prefetch());
  }

  /** Opens the first lane; throws when that fails. */
  void open() {
    try {
      openFirst();
      setup.kept().add(this, setup.group());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    if (gate.isClosing()) {
      setup.kept().remove(this);
    }
  }

  private void openFirst() {
    ShareLane first = addLane(setup.prefetch());
    if (first == null) {
      return;
    }
    if (!state.isOpen()) {
      stop(); // The link may have looked for consumers to stop before this one was there.
    }
    try {
      first.opened().get(setup.config().operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw KafkaErrors.translate(e, "to consume from topic " + setup.topic(), rights());
    } catch (InterruptedException e) {
      throw KafkaErrors.translate(e, "opening a consumer", rights());
    }
  }

  /** Notes a record that the group would lose; throws when that fails. */
  KeptRecords.Note keep(ShareDelivery delivery) {
    ConsumerRecord<byte[], byte[]> old = delivery.record();
    TopicPartition partition = new TopicPartition(old.topic(), old.partition());
    return setup
        .kept()
        .records()
        .hold(setup.group(), holder, partition, old.offset(), delivery.deliveryCount());
  }

  /** Makes sure that it is still noted. */
  void keepOn(KeptRecords.Note note) {
    setup.kept().records().keep(note);
  }

  /** The record is accepted. */
  void forget(KeptRecords.Note note) {
    setup.kept().records().remove(note);
  }

  /** The consumer closes, and has not settled it. */
  void letGo(KeptRecords.Note note) {
    setup.kept().records().letGo(note);
  }

  /** The application gets a delivery that has come again. */
  void noteBefore(ShareDelivery delivery) {
    if (delivery.deliveryCount() > 2) { // the first one that comes again is as a rule no culprit
      setup.handOuts().noteBefore(message(delivery), delivery.deliveryCount());
    } else {
      CompletableFuture<Boolean> unused = noteHandOut(delivery);
    }
  }

  /** The application has, or has had, a delivery that has come again, or will. */
  CompletableFuture<Boolean> noteHandOut(ShareDelivery delivery) {
    return setup.handOuts().note(message(delivery), delivery.deliveryCount());
  }

  int earlierHandOuts(ShareDelivery delivery) {
    return setup.handOuts().before(message(delivery), delivery.deliveryCount());
  }

  /** Nobody will ask how often it was handed out. */
  void forgetHandOuts(ShareDelivery delivery) {
    setup.handOuts().forget(message(delivery));
  }

  private String message(ShareDelivery delivery) {
    return setup.group() + " " + DeliveryLimit.identity(delivery.record());
  }

  /** Warns of what may happen to thousands of messages; of each kind a line, and few more. */
  void warn(String what, Throwable failure) {
    if (state.isLost()) {
      LOG.debug("{}", ofThis(what), failure); // The loss is told, and is the reason.
      return;
    }
    warnings
        .computeIfAbsent(what, kind -> new RareWarning(GroupConsumer.class))
        .warn(ofThis(what), failure);
  }

  private String ofThis(String what) {
    return "%s, group %s: %s".formatted(setup.destination().describe(), setup.group(), what);
  }

  private void ended() {
    warnings.forEach((what, warning) -> warning.end(ofThis(what)));
  }

  private String rights() {
    return "READ on topic %s and on group %s".formatted(setup.topic(), setup.group());
  }

  private @Nullable ShareLane addLane(int size) {
    ShareLane lane = new ShareLane(this, gate, size, setup.config().clientId(setup.role()));
    if (!gate.add(lane)) {
      return null;
    }
    ClientIds.hold(lane.clientId());
    try {
      lane.start();
    } catch (RuntimeException | Error e) {
      ClientIds.free(lane.clientId());
      gate.opened();
      gate.remove(lane, 0, 0);
      throw e;
    }
    return lane;
  }

  /** Adds a lane when one is needed; called by lanes' threads, which go on where that fails. */
  void growIfNeeded() {
    int size = gate.growth();
    if (size > 0) {
      LOG.debug("One more lane of {} for {}", size, setup.group());
      try {
        ShareLane unused = addLane(size);
      } catch (RuntimeException | OutOfMemoryError e) {
        warn("No further lane; slow handlers hold others up", e);
      }
    }
  }

  KafkaShareConsumer<byte[], byte[]> newConsumer(String clientId, int size) {
    KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            setup.config().shareConsumer(clientId, setup.group(), size),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(Set.of(setup.topic()));
    return consumer;
  }

  /** Called by the lane that has the turn to fetch, when it has fetched something. */
  void beforeDeliveries() {
    if (!begun.get()) {
      setup.beforeFirst().run();
      begun.set(true);
    }
  }

  /** Called by the lane that has the turn to fetch, when it has fetched something once more. */
  void beforeRedelivery() {
    setup.upkeep().beforeRedelivery();
  }

  /** What somebody before this consumer may still hold. */
  OldLocks oldLocks() {
    return setup.oldLocks();
  }

  /** What this consumer was lent. */
  Loans loans() {
    return loans;
  }

  DeliveryLimit limit() {
    return setup.limit();
  }

  Destination destination() {
    return setup.destination();
  }

  @Override
  public Set<String> topics() {
    return Set.of(setup.topic());
  }

  /**
   * A queue that was declared again is another one: what is held of the old one must not be written
   * into it. A subscription goes on: the broker gives it the new topic from its first message.
   */
  @Override
  public void seen(TopicDescription topic) {
    if (last.look(topic) == SeenTopic.Change.REPLACED && destination() instanceof Queue) {
      breakUp(SeenTopic.replaced(destination()));
    }
  }

  /** The names of the members that this consumer is. */
  List<String> clientIds() {
    return gate.lanes().stream().map(ShareLane::clientId).toList();
  }

  Duration requestTimeout() {
    return setup.config().requestTimeout();
  }

  /** How long a lane may take to say good-bye: not at all when nobody is there to hear it. */
  Duration closeTimeout() {
    return state.timeLeft(setup.config().requestTimeout());
  }

  /** Hands a batch on; called by the one lane that has the turn. */
  void deliver(List<ShareDelivery> batch) {
    if (!gate.isClosing()) {
      sink.deliver(batch);
    }
  }

  /** A lane has ended with a failure. */
  void failed(ShareLane lane, Throwable failure) {
    if (gate.isClosing() || state.isLost()) {
      LOG.debug("Lane {} ended", lane.clientId(), failure);
    } else if (!lane.opened().isCompletedExceptionally()) {
      breakUp(KafkaErrors.translate(failure, "to consume from topic " + setup.topic(), rights()));
    } else if (gate.lanes().size() > 1) {
      LOG.warn("No further lane for {}; slow handlers hold others up", setup.group(), failure);
    }
  }

  @Override
  public void breakUp(MessagingException cause) {
    breakUp.begin(cause);
  }

  /** Whether it ends because it is of no more use, and not because somebody closes it. */
  boolean isBroken() {
    return breakUp.hasBegun();
  }

  /** Whether it ends, for whatever reason. */
  boolean isClosing() {
    return gate.isClosing();
  }

  @Override
  public boolean releasesNatively() {
    return true;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    settleInLanes(outcome, deliveries);
  }

  @Override
  public void park(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.PARK, delivery);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.UNPARK, delivery);
  }

  /** Settles deliveries of any consumers, by the lanes that they came from. */
  static void settleInLanes(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    ShareLane first = ((ShareDelivery) deliveries.get(0)).lane();
    if (allOf(first, deliveries)) {
      first.settle(outcome, deliveries);
      return;
    }
    Map<ShareLane, List<ShareDelivery>> byLane = new HashMap<>();
    for (InboundDelivery delivery : deliveries) {
      ShareDelivery lent = (ShareDelivery) delivery;
      byLane.computeIfAbsent(lent.lane(), lane -> new ArrayList<>()).add(lent);
    }
    Threads.all(
        byLane.entrySet().stream()
            .map(each -> (Runnable) () -> each.getKey().settle(outcome, each.getValue()))
            .toArray(Runnable[]::new));
  }

  private static boolean allOf(ShareLane lane, List<? extends InboundDelivery> deliveries) {
    for (InboundDelivery delivery : deliveries) {
      if (!((ShareDelivery) delivery).lane().equals(lane)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void stop() {
    setup.kept().remove(this);
    setup.oldLocks().close();
    gate.close();
    gate.lanes().forEach(ShareLane::wake);
  }

  @Override
  public void close() {
    stop();
    long deadline = state.joinBy(setup.config().operationTimeout());
    for (ShareLane lane : gate.lanes()) {
      Threads.join(lane.thread(), deadline);
    }
    onClosed.run();
  }
}
