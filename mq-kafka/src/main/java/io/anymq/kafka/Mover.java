package io.anymq.kafka;

import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves records that are due out of topic {@link KafkaNames#DELAYS}, while it has the turn in the
 * group of all movers; else it waits for that. What is moved and what is done with is one
 * transaction, and whoever gets the turn puts an end to those of the mover before: so nothing is
 * lost, and nothing moved twice. One thread owns the native clients.
 */
final class Mover implements Runnable, ConsumerRebalanceListener {

  static final String GROUP = KafkaNames.GROUP_PREFIX + "delays";

  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

  /** How long one call waits for records when nothing is due before. */
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  /** A group that changes is ready again after some of these. */
  private static final Duration HOLD = Duration.ofMillis(20);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How long nobody moves when those who were to have gone. */
  private static final Duration ASIDE = Duration.ofSeconds(5);

  private static final String FAILED = "Could not move delayed messages, will retry";

  private final RareWarning warning = new RareWarning(Mover.class);
  private final KafkaConfig config;
  private final MoverGroup group;
  private final Moves moves;
  private final Duration session;
  private final LinkState state;
  private final String clientId;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile boolean closing;
  private volatile @Nullable RuntimeException refusal;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> open;

  // The thread's own:
  private final Timetable timetable = new Timetable();
  private final MovedRecords moved;

  private final Apart apart = new Apart();

  private boolean hold;

  private boolean leaving;

  Mover(
      KafkaConfig config,
      KafkaCalls calls,
      KafkaTopology topology,
      Duration session,
      LinkState state) {
    this.config = config;
    group = new MoverGroup(calls);
    this.session = session;
    this.state = state;
    clientId = config.clientId("mover");
    moves = new Moves(config, topology, clientId, this::isWanted);
    moved = new MovedRecords(calls, this::isWanted);
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Why it has ended for good: this user has not the rights. Null while it goes on. */
  @Nullable RuntimeException refusal() {
    return refusal;
  }

  @Override
  public void run() {
    while (isWanted()) {
      try {
        workWithNew();
        if (leaving) {
          standAside();
        }
      } catch (WakeupException e) {
        LOG.debug("Mover {} closes", clientId, e);
      } catch (RuntimeException e) {
        // Whatever it is: without a mover no delayed message of this cluster may come.
        if (Refusals.isOfMover(e)) {
          LOG.warn("This user may not move delayed messages, and leaves it to others", e);
          refusal = e;
          return;
        }
        failed(e);
      }
    }
  }

  /** Each native consumer has a name of its own: what one has left does not pass for the next. */
  private void workWithNew() {
    String name = config.clientId("mover");
    ClientIds.hold(name);
    try {
      workAs(name);
    } finally {
      ClientIds.free(name);
    }
  }

  private void workAs(String name) {
    KafkaConsumer<byte[], byte[]> consumer = newConsumer(name);
    open = consumer;
    leaving = false;
    try {
      work(consumer, new Heir(() -> group.hasNoLeftovers(name), System::nanoTime));
    } finally {
      open = null;
      try {
        moved.sweep(timetable);
      } finally {
        letGo();
        consumer.close(
            CloseOptions.timeout(state.timeLeft(config.requestTimeout()))
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
      }
    }
  }

  private boolean isWanted() {
    return !closing && state.isOpen();
  }

  /** Another one may have the turn by now; whatever it is, begin anew. */
  private void failed(RuntimeException failure) {
    if (isWanted()) {
      warning.warn(FAILED, failure);
      pause(PAUSE);
    }
  }

  /** Leaves the moving to others for a while, unless they have gone, too. */
  private void standAside() {
    long until = System.nanoTime() + DelayedRecord.AGAIN.toNanos();
    do {
      pause(ASIDE);
    } while (isWanted() && System.nanoTime() - until < 0 && group.members() > 0);
  }

  private void pause(Duration time) {
    try {
      boolean unused = ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing = true;
      Thread.currentThread().interrupt();
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer(String name) {
    return new KafkaConsumer<>(
        config.mover(name, GROUP, session),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private void work(KafkaConsumer<byte[], byte[]> consumer, Heir heir) {
    consumer.subscribe(Set.of(KafkaNames.DELAYS), this);
    while (isWanted() && !leaving) {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(untilNextLook(heir))) {
        timetable.take(each);
      }
      heir.polled(!timetable.isEmpty());
      if (!timetable.isEmpty()) {
        timetable.taken(consumer);
        move(consumer);
        timetable.regulate(consumer);
        moved.sweepNowAndThen(timetable);
      }
    }
  }

  private Duration untilNextLook(Heir heir) {
    if (hold) {
      hold = false;
      return HOLD;
    }
    if (!heir.isDone()) {
      return heir.patience();
    }
    long wait = Math.max(0, timetable.nextLook() - System.currentTimeMillis());
    return Duration.ofMillis(Math.min(wait, LONGEST_WAIT_MILLIS));
  }

  /** The native client logs what is thrown here as an error, also when the link just closes. */
  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], byte[]> consumer = open;
    if (partitions.isEmpty() || consumer == null || !isWanted()) {
      return;
    }
    try {
      begin(consumer, partitions);
    } catch (RuntimeException e) {
      if (isWanted()) {
        throw e;
      }
      LOG.debug("Mover {} gets the turn, and closes", clientId, e);
    }
  }

  private void begin(
      KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
    moves.begin();
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
    for (TopicPartition each : partitions) {
      long first = oldest.getOrDefault(each, 0L);
      OffsetAndMetadata place = committed.get(each);
      timetable.begin(each, place == null ? new OffsetAndMetadata(first) : place, consumer);
      moved.begin(each, first);
    }
    LOG.debug("Mover {} has the turn", clientId);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      letGo();
    }
  }

  private void letGo() {
    timetable.clear();
    apart.clear();
    moves.close();
  }

  private void move(KafkaConsumer<byte[], byte[]> consumer) {
    long now = System.currentTimeMillis();
    List<DelayedRecord> due = apart.isEmpty() ? timetable.due(now) : apart.remove();
    if (due.isEmpty()) {
      return;
    }
    Moves.Outcome outcome = moves.move(due, timetable.without(due), consumer.groupMetadata(), now);
    if (outcome.done()) {
      due.forEach(timetable::remove);
      leaving = moves.lacksRights() && group.members() > 1;
    } else if (outcome.suspects().isEmpty()) {
      hold = true;
    } else {
      apart.separate(due, outcome.suspects());
    }
  }

  /** Whether it has ended by itself, without a reason that it could tell. */
  boolean hasDied() {
    return refusal == null && !thread.isAlive();
  }

  /** Ends, after the transaction that is under way; the next mover is told. */
  void close(long deadline) {
    closing = true;
    ended.countDown();
    KafkaConsumer<byte[], byte[]> consumer = open;
    if (consumer != null) {
      consumer.wakeup();
    }
    if (state.isLost()) {
      moves.close(); // So that nothing waits for an answer any more.
    }
    Threads.join(thread, deadline);
    warning.end(FAILED);
  }
}
