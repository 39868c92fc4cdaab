package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer of a share group that gets deliveries when it has the turn, and until it closes: it is
 * a member of a consumer group, which tells whose turn it is and reads nothing, and then of the
 * share group as well. One thread owns the native consumer of the turn.
 */
final class Turn implements OpenConsumer, Parking, Runnable, ConsumerRebalanceListener {

  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** For the broker's own timers, by which locks end. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final String HELD = "held";
  private static final String GIVEN_BACK = "given back";

  /**
   * What a turn is made with.
   *
   * @param config the native clients' settings
   * @param member the member of the share group to be
   * @param session how soon after a crash the broker ends a turn
   * @param lock how long the broker keeps what a crashed member holds, at most
   * @param view what the share group is not done with
   * @param beforeTurn is called at each attempt to begin, before it joins the share group
   */
  record Setup(
      KafkaConfig config,
      Members.Member member,
      Duration session,
      Duration lock,
      OldLocks.View view,
      Runnable beforeTurn) {}

  private final Setup setup;
  private final Members members;
  private final Turns turns;
  private final DeliverySink sink;
  private final LinkState state;
  private final Runnable onClosed;
  private final String clientId;
  private final Thread thread;
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile @Nullable KafkaConsumer<byte[], byte[]> waiting;
  private volatile boolean closing;

  /** Made by the thread; whoever stops the turn meanwhile must not wait until it is open. */
  private volatile @Nullable GroupConsumer inner;

  // The thread's own:
  private boolean mine;
  private OldLocks oldLocks = OldLocks.none();

  Turn(
      Setup setup,
      Members members,
      Turns turns,
      DeliverySink sink,
      LinkState state,
      Consumer<Turn> onClosed) {
    this.setup = setup;
    this.members = members;
    this.turns = turns;
    this.sink = sink;
    this.state = state;
    this.onClosed = Threads.once(() -> onClosed.accept(this));
    clientId = setup.config().clientId("turn");
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  /** Stands in line, and then looks for others that do not; throws when there are any. */
  void open() {
    ClientIds.hold(clientId);
    thread.start();
    try {
      awaitMember();
      turns.removeLeftovers(setup.member().group());
      if (members.hasOthersThanTurns(setup.member().group())) {
        throw Turns.inUse(
            "it is to keep the order of keys, and another one does not", setup.member().group());
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void awaitMember() {
    long deadline = System.nanoTime() + setup.config().operationTimeout().toNanos();
    while (!turns.members(setup.member().group()).contains(clientId)) {
      if (System.nanoTime() - deadline > 0 || broken.get()) {
        throw new MessagingTimeoutException(
            "Group " + Turns.group(setup.member().group()) + " cannot be joined");
      }
      Pauses.brief("joining group " + Turns.group(setup.member().group()));
    }
  }

  @Override
  public void run() {
    try {
      KafkaConsumer<byte[], byte[]> consumer = newConsumer();
      waiting = consumer;
      try {
        standInLine(consumer);
      } finally {
        giveBackAndLeave(consumer);
      }
    } catch (WakeupException e) {
      LOG.debug("Turn {} ends", clientId, e);
    } catch (RuntimeException e) {
      failed(
          KafkaErrors.translate(
              e,
              "to wait for a turn at " + setup.member().topic(),
              "READ on group " + Turns.group(setup.member().group())));
    } finally {
      ClientIds.free(clientId);
    }
  }

  private void giveBackAndLeave(KafkaConsumer<byte[], byte[]> consumer) {
    try {
      giveBack();
    } finally {
      consumer.close(
          CloseOptions.timeout(state.timeLeft(setup.config().requestTimeout()))
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  /** Gives back what it holds, and says so to the next. */
  private void giveBack() {
    GroupConsumer consumer = inner;
    if (consumer == null) {
      return;
    }
    consumer.close();
    if (!state.isLost() && oldLocks.haveEnded()) {
      try {
        noteGivenBack();
      } catch (KafkaException e) {
        LOG.debug("The next consumer of {} waits for a while", setup.member().topic(), e);
      }
    }
  }

  private void noteGivenBack() {
    try {
      note(GIVEN_BACK);
    } catch (WakeupException e) {
      note(GIVEN_BACK); // It was meant for a poll that had ended.
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    return new KafkaConsumer<>(
        setup.config().turn(clientId, Turns.group(setup.member().group()), setup.session()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private void standInLine(KafkaConsumer<byte[], byte[]> consumer) {
    consumer.subscribe(Set.of(setup.member().topic()), this);
    while (!closing) {
      consumer.poll(POLL);
      if (mine) {
        begin();
      }
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], byte[]> consumer = waiting;
    if (partitions.isEmpty() || consumer == null || mine) {
      return;
    }
    consumer.pause(partitions); // It shows whose turn it is, and reads nothing.
    mine = true;
    if (isLeft(consumer)) {
      oldLocks = OldLocks.of(setup.view(), List.of(leftByCrash(), setup.lock().plus(MARGIN)));
    }
    begin();
  }

  /** Whether the one before did not say that it has given back what it held. */
  private boolean isLeft(KafkaConsumer<byte[], byte[]> consumer) {
    OffsetAndMetadata note = consumer.committed(Set.of(noteAt())).get(noteAt());
    return note != null && note.metadata().equals(HELD);
  }

  private TopicPartition noteAt() {
    return new TopicPartition(setup.member().topic(), 0);
  }

  /** The offset is of no use; what counts is the word. */
  private void note(String word) {
    KafkaConsumer<byte[], byte[]> consumer = waiting;
    if (consumer != null) {
      consumer.commitSync(
          Map.of(noteAt(), new OffsetAndMetadata(0, word)),
          state.timeLeft(setup.config().requestTimeout()));
    }
  }

  /**
   * How long locks may last when the broker has ended the session of the one before: with that so
   * much of their time is over; but the session began with its last heartbeat, and the locks with
   * its last sign of life. Where it was removed in good time they may last for longer.
   */
  private Duration leftByCrash() {
    Duration left =
        setup.lock().plus(KafkaConfig.TURN_HEARTBEAT).plus(MARGIN).minus(setup.session());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty() && !closing) {
      failed(
          new MessagingException(
              ErrorCode.CONNECTION_LOST, "The turn at " + setup.member().topic() + " was lost"));
    }
  }

  /**
   * What may fail comes before the note, for only what is open says that it has given all back. The
   * group may change in this moment; then the note is written after the next poll.
   */
  private void begin() {
    if (inner != null || closing) {
      return;
    }
    setup.beforeTurn().run();
    if (closing) {
      return;
    }
    try {
      note(HELD);
    } catch (CommitFailedException | RebalanceInProgressException e) {
      LOG.debug("Turn {} begins a moment later", clientId, e);
      return;
    }
    openInner();
  }

  private void openInner() {
    GroupConsumer consumer = members.create(setup.member(), oldLocks, new Inner(), closed -> {});
    inner = consumer;
    if (closing) {
      consumer.stop(); // Whoever stopped the turn before may not have seen it.
    }
    consumer.open();
  }

  /** Passes on what the member of the share group receives. */
  private final class Inner implements DeliverySink {

    @Override
    public void deliver(List<? extends InboundDelivery> deliveries) {
      sink.deliver(deliveries);
    }

    @Override
    public void broken(MessagingException cause) {
      breakUp(cause);
    }
  }

  private void failed(MessagingException cause) {
    if (!closing && !state.isLost()) {
      breakUp(cause);
    }
  }

  @Override
  public Set<String> topics() {
    return Set.of(setup.member().topic());
  }

  @Override
  public void breakUp(MessagingException cause) {
    if (broken.compareAndSet(false, true)) {
      stop();
      sink.broken(cause);
      Thread unused = Threads.start("anymq-kafka-broken", this::close);
    }
  }

  /** What it holds goes back first, and then the turn: the thread that has it sees to that. */
  @Override
  public void stop() {
    closing = true;
    GroupConsumer member = inner;
    if (member != null) {
      member.stop();
    }
    KafkaConsumer<byte[], byte[]> consumer = waiting;
    if (consumer != null && woken.compareAndSet(false, true)) {
      consumer.wakeup();
    }
  }

  /** The core delivers again what is released, from the delivery that it has. */
  @Override
  public boolean releasesNatively() {
    return false;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    GroupConsumer.settleInLanes(outcome, deliveries);
  }

  @Override
  public void park(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.PARK, delivery);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.UNPARK, delivery);
  }

  @Override
  public void close() {
    stop();
    Threads.join(thread, state.joinBy(setup.config().operationTimeout()));
    onClosed.run();
  }
}
