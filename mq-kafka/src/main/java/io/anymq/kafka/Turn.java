package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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

  private final TurnSetup setup;
  private final Members members;
  private final Turns turns;
  private final DeliverySink sink;
  private final LinkState state;
  private final Runnable onClosed;
  private final String clientId;
  private final Thread thread;
  private final AtomicReference<@Nullable MessagingException> failure = new AtomicReference<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final SeenTopic last = new SeenTopic();
  private volatile @Nullable KafkaConsumer<byte[], byte[]> waiting;
  private volatile boolean closing;

  /** Made by the thread; whoever stops the turn meanwhile must not wait until it is open. */
  private volatile @Nullable GroupConsumer inner;

  // The thread's own:
  private boolean mine;
  private boolean leaving;
  private OldLocks oldLocks = OldLocks.none();

  Turn(
      TurnSetup setup,
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

  /**
   * Stands in line, and then looks for others that do not; throws when there are any. Where it may
   * be one of the first members of all, it waits for its turn, unless somebody else has that. Who
   * finds others in line is not among the first.
   */
  void open() {
    FirstMembers.Joining joining = members.joining(setup.member().group());
    boolean alone = turns.members(setup.member().group()).isEmpty();
    ClientIds.hold(clientId);
    try {
      thread.start();
      awaitMember();
      turns.removeLeftovers(setup.member().group());
      if (members.hasOthersThanTurns(setup.member().group())) {
        throw Turns.inUse(
            "it is to keep the order of keys, and another one does not", setup.member().group());
      }
      joining.await(
          this::memberIds,
          () -> !alone || closing || turns.hasOther(setup.member().group(), clientId));
    } catch (RuntimeException | Error e) {
      if (thread.getState() == Thread.State.NEW) {
        ClientIds.free(clientId); // else the thread does
      }
      close();
      throw e;
    }
  }

  /** Its names in the share group; none before its turn. */
  private List<String> memberIds() {
    GroupConsumer member = inner;
    return member == null ? List.of() : member.clientIds();
  }

  private void awaitMember() {
    long deadline = System.nanoTime() + setup.config().operationTimeout().toNanos();
    while (!turns.members(setup.member().group()).contains(clientId)) {
      MessagingException cause = failure.get();
      if (cause != null) {
        throw cause;
      }
      if (System.nanoTime() - deadline > 0) {
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
    } catch (Throwable e) { // An Error, too, would end the thread, and nobody would know.
      failed(translated(e));
    } finally {
      ClientIds.free(clientId);
    }
  }

  private MessagingException translated(Throwable failure) {
    return KafkaErrors.translate(
        failure,
        "to wait for a turn at " + setup.member().topic(),
        "READ on group " + Turns.group(setup.member().group()));
  }

  private void giveBackAndLeave(KafkaConsumer<byte[], byte[]> consumer) {
    leaving = true;
    try {
      giveBack(consumer);
    } finally {
      consumer.close(
          CloseOptions.timeout(state.timeLeft(setup.config().requestTimeout()))
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  /** Gives back what it holds, and says so to the next. */
  private void giveBack(KafkaConsumer<byte[], byte[]> consumer) {
    GroupConsumer member = inner;
    if (member == null) {
      return;
    }
    member.close();
    if (!state.isLost() && oldLocks.haveEnded()) {
      note(consumer).givenBack();
    }
  }

  private TurnNote note(KafkaConsumer<byte[], byte[]> consumer) {
    return new TurnNote(
        consumer, setup.member().topic(), state.timeLeft(setup.config().requestTimeout()));
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
        begin(consumer);
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
    try {
      if (note(consumer).saysHeld()) {
        oldLocks = setup.oldLocks();
      }
      begin(consumer);
    } catch (WakeupException e) {
      throw e;
    } catch (KafkaException e) {
      // The native client would hide what it is: a time-out, after which it may be tried again.
      failed(translated(e));
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty() && !closing && !leaving) {
      failed(
          new MessagingException(
              ErrorCode.CONNECTION_LOST, "The turn at " + setup.member().topic() + " was lost"));
    }
  }

  /**
   * What may fail comes before the note, for only what is open says that it has given all back. A
   * failure ends the turn here: the native client would log it, and hide what it is.
   */
  private void begin(KafkaConsumer<byte[], byte[]> consumer) {
    if (inner != null || closing) {
      return;
    }
    try {
      setup.beforeTurn().run();
      if (!closing && note(consumer).held()) {
        openInner();
      }
    } catch (MessagingException e) {
      failed(e);
    }
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

  /** As {@link GroupConsumer#seen}. */
  @Override
  public void seen(TopicDescription topic) {
    Destination destination = setup.member().destination();
    if (last.look(topic) == SeenTopic.Change.REPLACED && destination instanceof Queue) {
      breakUp(SeenTopic.replaced(destination));
    }
  }

  @Override
  public void breakUp(MessagingException cause) {
    if (failure.compareAndSet(null, cause)) {
      stop();
      sink.broken(cause);
      Threads.startOrRun("anymq-kafka-broken", this::close);
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
