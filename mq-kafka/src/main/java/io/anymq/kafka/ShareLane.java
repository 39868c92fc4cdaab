package io.anymq.kafka;

import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.kafka.LaneGate.Turn;
import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.kafka.SettlementInbox.Settlement;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a share group, with the thread that owns it.
 *
 * <p>A native share consumer fetches again only when everything of its last fetch is settled. A
 * lane goes round: wait for the turn, fetch and hand out a batch, take settlements until the batch
 * is done, renewing the locks of what takes long. What others do while a batch is not done, {@link
 * GroupConsumer} tells.
 */
final class ShareLane implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ShareLane.class);

  /** How long one call waits for records; a new one follows. */
  private static final Duration POLL = Duration.ofSeconds(1);

  /**
   * What is settled of a large batch goes to the broker when the batch is done, with the next
   * fetch, and after so long at the latest: a batch that is acknowledged in parts costs the broker
   * a state for each record, and its consumer half of its rate.
   */
  private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** A batch that is settled in parts when it is smaller: its settlements are not to wait. */
  private static final int SMALL = 64;

  /**
   * How many deliveries are handed out at once: few, so that handlers begin soon, and not so few
   * that waking them costs more than what they do.
   */
  private static final int HAND_OUT = 256;

  /** How many settlements wake the thread: more, for it has nothing to do with them but to note. */
  private static final int SETTLE = 256;

  /** How long a release waits for its note: the first one makes the log, on a busy cluster. */
  private static final int NOTE_SECONDS = 5;

  private static final long LONG_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int DEFAULT_LOCK_MILLIS = 30_000;

  /** What it means that the acquisition lock of a message has expired. */
  private static final String AGAIN =
      "A message was accepted after its acquisition lock had expired; it comes again, and handlers"
          + " must tolerate duplicates";

  private static final String TWICE =
      "A message was written again, or noted for that, and the acquisition lock of its record had"
          + " expired: it comes twice, and handlers must tolerate duplicates";

  private static final String RELEASED =
      "A message was released after its acquisition lock had expired; it comes again";

  private final GroupConsumer owner;
  private final LaneGate gate;
  private final int size;
  private final String clientId;
  private final Thread thread;
  private final SettlementInbox inbox = new SettlementInbox();
  private final CompletableFuture<KafkaShareConsumer<byte[], byte[]>> opened =
      new CompletableFuture<>();

  // The thread's own:
  private final List<ShareDelivery> batch = new ArrayList<>();
  private final Deque<ShareDelivery> kept = new ArrayDeque<>();
  private int open;
  private int handedOut;
  private int parked;
  private int copying;
  private boolean uncommitted;
  private boolean releasing;
  private long renewAt;
  private long commitAt;

  ShareLane(GroupConsumer owner, LaneGate gate, int size, String clientId) {
    this.owner = owner;
    this.gate = gate;
    this.size = size;
    this.clientId = clientId;
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  /** How many records one fetch brings at most. */
  int size() {
    return size;
  }

  String clientId() {
    return clientId;
  }

  void start() {
    thread.start();
  }

  Thread thread() {
    return thread;
  }

  /** Completes when the native consumer is there. */
  CompletableFuture<KafkaShareConsumer<byte[], byte[]>> opened() {
    return opened;
  }

  /** Takes settlements, from any thread; throws when the lane has ended, and they come again. */
  void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    if (!inbox.add(new Settlement(Fate.of(outcome), deliveries))) {
      throw new ConnectionLostException(
          "The consumer has ended, and what it held is not settled: it comes again");
    }
  }

  /** Takes what else becomes of a delivery, from any thread. It ends with the lane. */
  void tell(Fate fate, InboundDelivery delivery) {
    boolean unused = inbox.add(new Settlement(fate, List.of(delivery)));
  }

  /** The application gets a delivery that has come again. From any thread; returns soon. */
  void note(ShareDelivery delivery) {
    owner.noteBefore(delivery);
  }

  /** How often an application had the message before this delivery. From any thread. */
  int earlierHandOuts(ShareDelivery delivery) {
    return owner.earlierHandOuts(delivery);
  }

  /** Has the thread notice that the gate closes, from any thread. */
  void wake() {
    inbox.wake();
    if (opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().wakeup();
    }
  }

  @Override
  public void run() {
    try {
      KafkaShareConsumer<byte[], byte[]> consumer = open();
      try {
        work(consumer);
      } finally {
        end(consumer);
      }
    } catch (Throwable e) { // An Error, too, would end the thread, and nobody would know.
      owner.failed(this, e);
    } finally {
      List<Settlement> unused = inbox.close(); // Nobody applies them: they come again.
      ClientIds.free(clientId);
      gate.remove(this, handedOut, parked);
    }
  }

  private KafkaShareConsumer<byte[], byte[]> open() {
    try {
      KafkaShareConsumer<byte[], byte[]> consumer = owner.newConsumer(clientId, size);
      consumer.setAcknowledgementCommitCallback(this::noteCommit);
      opened.complete(consumer);
      return consumer;
    } catch (RuntimeException | Error e) {
      opened.completeExceptionally(e);
      throw e;
    } finally {
      gate.opened();
    }
  }

  private void noteCommit(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception failure) {
    if (failure == null) {
      offsets.forEach(owner.loans()::confirmed);
    } else {
      owner.warn("Kafka did not take settlements; those messages come again", failure);
    }
  }

  private void work(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
    while (turn(consumer) == Turn.FETCH) {
      fetch(consumer);
      serve(consumer);
    }
  }

  private Turn turn(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
    if (releasing) {
      // Sent along with a fetch, a release is answered only when that fetch's wait is over.
      commit(consumer);
    }
    if (gate.tryTurn(this)) {
      return Turn.FETCH;
    }
    commit(consumer);
    long since = System.nanoTime();
    while (true) {
      Optional<Turn> turn = gate.awaitTurn(this, patience());
      if (turn.isPresent()) {
        return turn.get();
      }
      owner.growIfNeeded();
      if (gate.mayRetire(this, System.nanoTime() - since)) {
        return Turn.RETIRE;
      }
    }
  }

  private long patience() {
    return gate.wantsLane() ? LaneGate.STALL_NANOS : LONG_WAIT_NANOS;
  }

  private void fetch(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
    int before = handedOut;
    try {
      while (open == 0 && !gate.isClosing()) {
        owner.oldLocks().awaitEnd();
        take(consumer, poll(consumer));
      }
    } finally {
      gate.fetched(handedOut - before);
    }
    renewAt = System.nanoTime() + renewalNanos(consumer);
  }

  /** Hands out what there is room for; what is delivered again from here may be more. */
  private void handOut() {
    kept.removeIf(lent -> !lent.isOpen());
    int room = size - (handedOut - kept.size());
    List<ShareDelivery> next = new ArrayList<>(Math.min(room, kept.size()));
    while (next.size() < room && !kept.isEmpty()) {
      next.add(kept.remove());
    }
    if (!next.isEmpty()) {
      owner.deliver(next);
    }
  }

  private ConsumerRecords<byte[], byte[]> poll(KafkaShareConsumer<byte[], byte[]> consumer) {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      uncommitted = false;
      return records;
    } catch (WakeupException e) {
      return ConsumerRecords.empty();
    }
  }

  private static long renewalNanos(KafkaShareConsumer<byte[], byte[]> consumer) {
    int lock = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS);
    return TimeUnit.MILLISECONDS.toNanos(lock / 2);
  }

  /** Takes what was fetched, and hands it out in parts, so that handlers need not wait for all. */
  private void take(
      KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
    if (gate.isClosing()) {
      return; // What came too late goes back as it is: nobody could accept what is written again.
    }
    DeliveryLimit limit = owner.limit();
    Destination destination = owner.destination();
    batch.clear();
    if (!records.isEmpty()) {
      owner.beforeDeliveries();
    }
    if (hasRedeliveries(records)) {
      owner.beforeRedelivery();
    }
    boolean later = owner.oldLocks().mayBeBefore(records);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      int attempts = attempts(record);
      DeliveryLimit.Copy copy = DeliveryLimit.copy(record.headers());
      if (limit.isForOthers(copy)) {
        consumer.acknowledge(record, AcknowledgeType.ACCEPT);
        noteUncommitted();
        continue;
      }
      if (later && !limit.isNear(attempts)) {
        consumer.acknowledge(record, AcknowledgeType.RELEASE);
        noteUncommitted();
        continue;
      }
      Loans.Loan loan = owner.loans().lend(record, attempts);
      int earlier = copy.deliveries() + loan.count() - attempts;
      ShareDelivery delivery =
          new ShareDelivery(this, record, destination, attempts, earlier, loan);
      batch.add(delivery);
      open++;
      if (limit.isNear(attempts)) {
        keepIfLast(delivery);
        rewrite(delivery, earlier + attempts - 1);
      } else {
        delivery.handOut();
        handedOut++;
        kept.add(delivery);
        if (kept.size() == HAND_OUT) {
          handOut();
        }
      }
    }
    handOut();
    if (later) {
      commit(consumer);
    }
  }

  private static int attempts(ConsumerRecord<byte[], byte[]> record) {
    return record.deliveryCount().map(Short::intValue).orElse(1);
  }

  private static boolean hasRedeliveries(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (attempts(record) > 1) {
        return true;
      }
    }
    return false;
  }

  private void rewrite(ShareDelivery delivery, int seen) {
    delivery.noteSeen(seen);
    copying++;
    owner
        .limit()
        .rewrite(
            delivery.record(),
            seen,
            failure -> {
              if (failure != null && !gate.isClosing()) {
                owner.warn(
                    "A message near its delivery limit cannot be written again, and is delivered"
                        + " from where it is; check max.message.bytes of its topic, and the right"
                        + " WRITE",
                    failure);
              }
              tell(failure == null ? Fate.COPIED : Fate.NOT_COPIED, delivery);
            });
  }

  /** With its last attempt a record is noted first, for the broker never gives it again. */
  private void keepIfLast(ShareDelivery delivery) {
    if (delivery.note() == null && owner.limit().isReached(delivery.attempts())) {
      try {
        delivery.note(owner.keep(delivery));
      } catch (MessagingException e) {
        owner.warn(
            "A message at its delivery limit cannot be noted, and is lost unless this consumer"
                + " settles it",
            e);
      }
    }
  }

  /** Delivers a record once more without the broker, which would lose it. */
  private void deliverFromHere(ShareDelivery delivery) {
    if (gate.isClosing()) {
      return; // It goes back with all that is not settled.
    }
    ShareDelivery next = delivery.again();
    batch.set(batch.indexOf(delivery), next);
    next.handOut();
    handedOut++;
    gate.handedOutAgain(1);
    kept.add(next);
  }

  private void serve(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
    while (open > 0 && !gate.isClosing()) {
      inbox.take(untilNextDuty(), enough()).forEach(next -> apply(consumer, next));
      handOut();
      if (open > 0) {
        if (uncommitted && System.nanoTime() - commitAt >= 0) {
          commit(consumer);
        }
        if (System.nanoTime() - renewAt >= 0) {
          renew(consumer);
        }
        owner.growIfNeeded();
      }
    }
  }

  /** How many settlements are worth to be woken for: room for what is kept, or all of them. */
  private int enough() {
    return Math.min(kept.isEmpty() ? open : kept.size(), SETTLE);
  }

  private long untilNextDuty() {
    long duty = uncommitted ? Math.min(commitAt - renewAt, 0) + renewAt : renewAt;
    return Math.max(0, Math.min(patience(), duty - System.nanoTime()));
  }

  private void apply(KafkaShareConsumer<byte[], byte[]> consumer, Settlement settlement) {
    int settled = 0;
    for (InboundDelivery delivery : settlement.deliveries()) {
      ShareDelivery lent = (ShareDelivery) delivery;
      if (settlement.fate() == Fate.COPIED || settlement.fate() == Fate.NOT_COPIED) {
        copying--;
      }
      if (!lent.isOpen()) {
        continue;
      }
      if (settlement.fate() == Fate.PARK || settlement.fate() == Fate.UNPARK) {
        park(lent, settlement.fate() == Fate.PARK);
        continue;
      }
      park(lent, false);
      if (lent.takeBack()) {
        settled++;
      }
      apply(consumer, lent, settlement.fate());
    }
    if (settled > 0) {
      handedOut -= settled;
      gate.settled(settled);
    }
  }

  private void apply(KafkaShareConsumer<byte[], byte[]> consumer, ShareDelivery lent, Fate fate) {
    switch (fate) {
      case NOT_COPIED -> deliverFromHere(lent);
      case RELEASE -> {
        if (isNoted(lent)) {
          giveBack(consumer, lent);
        }
      }
      case NOTED -> giveBack(consumer, lent);
      default -> {
        if (fate == Fate.ACCEPT && lent.deliveryCount() > 1) {
          owner.forgetHandOuts(lent);
        }
        acknowledge(consumer, lent, true, fate == Fate.COPIED ? TWICE : AGAIN);
      }
    }
  }

  /**
   * Who gets it next must be able to read that it was handed out. When that is not so yet, the lane
   * is told when it is, and of a failure too.
   */
  private boolean isNoted(ShareDelivery lent) {
    if (!lent.isSeen()) {
      return true;
    }
    CompletableFuture<Boolean> noted = owner.noteHandOut(lent);
    if (noted.isDone()) {
      return true;
    }
    CompletableFuture<?> unused =
        noted
            .copy()
            .completeOnTimeout(false, NOTE_SECONDS, TimeUnit.SECONDS)
            .whenComplete((stored, failure) -> tell(Fate.NOTED, lent));
    return false;
  }

  private void giveBack(KafkaShareConsumer<byte[], byte[]> consumer, ShareDelivery lent) {
    if (owner.limit().isNear(lent.attempts())) {
      rewrite(lent, lent.deliveryCount());
    } else {
      acknowledge(consumer, lent, false, RELEASED);
    }
  }

  /** A parked delivery takes no place of the prefetch, here nor in the gate. */
  private void park(ShareDelivery lent, boolean begins) {
    if (begins ? lent.park() : lent.unpark()) {
      int count = begins ? 1 : -1;
      parked += count;
      handedOut -= count;
      gate.parked(count);
    }
  }

  private void acknowledge(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ShareDelivery lent,
      boolean accepted,
      String late) {
    done(lent);
    lent.loan().settle(accepted);
    if (accepted) {
      forget(lent);
    }
    acknowledge(consumer, lent, accepted ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE, late);
    releasing |= !accepted;
  }

  private void acknowledge(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ShareDelivery lent,
      AcknowledgeType how,
      String late) {
    try {
      consumer.acknowledge(lent.record(), how);
      noteUncommitted();
    } catch (IllegalStateException e) {
      if (how == AcknowledgeType.RELEASE) {
        LOG.debug("{}", late, e); // That does no harm.
      } else {
        owner.warn(late, e);
      }
    }
  }

  private void forget(ShareDelivery lent) {
    KeptRecords.Note note = lent.note();
    if (note != null) {
      try {
        owner.forget(note);
      } catch (MessagingException e) {
        owner.warn("A message that was accepted comes once more: its note stays", e);
      }
    }
  }

  private CompletableFuture<Boolean> noteIfSeen(ShareDelivery lent) {
    return lent.isSeen() ? owner.noteHandOut(lent) : CompletableFuture.completedFuture(true);
  }

  private void letGo(ShareDelivery lent) {
    KeptRecords.Note note = lent.note();
    if (note != null) {
      owner.letGo(note);
    }
  }

  private void noteUncommitted() {
    if (!uncommitted) {
      uncommitted = true;
      commitAt = System.nanoTime() + (batch.size() > SMALL ? COMMIT_NANOS : 0);
    }
  }

  private void done(ShareDelivery lent) {
    lent.close();
    open--;
  }

  private void commit(KafkaShareConsumer<byte[], byte[]> consumer) {
    if (uncommitted) {
      consumer.commitAsync();
      uncommitted = false;
    }
    releasing = false;
  }

  /**
   * Renews the locks of all that is unsettled. The native consumer wants all of it renewed before
   * it lets any of it be acknowledged later, and gives it back from poll; without a renewal under
   * way that poll does not fetch.
   */
  private void renew(KafkaShareConsumer<byte[], byte[]> consumer) {
    List<ShareDelivery> held = batch.stream().filter(ShareDelivery::isOpen).toList();
    try {
      held.forEach(lent -> consumer.acknowledge(lent.record(), AcknowledgeType.RENEW));
      Map<TopicIdPartition, Optional<KafkaException>> results =
          consumer.commitSync(owner.requestTimeout());
      uncommitted = false;
      results.forEach((partition, failure) -> failure.ifPresent(f -> lost(held, partition, f)));
      if (open > 0) {
        consumer.poll(Duration.ZERO);
      }
    } catch (WakeupException e) {
      LOG.debug("Lane {} closes while it renews", clientId, e);
    }
    held.forEach(this::keepOn);
    renewAt = System.nanoTime() + renewalNanos(consumer);
  }

  private void keepOn(ShareDelivery held) {
    KeptRecords.Note note = held.note();
    if (note == null) {
      keepIfLast(held);
      return;
    }
    try {
      owner.keepOn(note);
    } catch (MessagingException e) {
      owner.warn("Whether a message at its delivery limit is still noted is not known", e);
    }
  }

  private void lost(List<ShareDelivery> held, TopicIdPartition partition, KafkaException failure) {
    owner.warn(
        "Locks on %s could not be renewed; those messages come again".formatted(partition),
        failure);
    int lost = 0;
    for (ShareDelivery lent : held) {
      TopicPartition place = new TopicPartition(lent.record().topic(), lent.record().partition());
      if (lent.isOpen() && place.equals(partition.topicPartition())) {
        CompletableFuture<Boolean> unused = noteIfSeen(lent); // nobody waits for what is lost
        park(lent, false);
        done(lent);
        letGo(lent);
        lost += lent.takeBack() ? 1 : 0;
      }
    }
    handedOut -= lost;
    gate.settled(lost);
  }

  /** A copy that is stored without its record being accepted would be a second message. */
  private void awaitCopies(KafkaShareConsumer<byte[], byte[]> consumer)
      throws InterruptedException {
    long deadline = System.nanoTime() + owner.closeTimeout().toNanos();
    while (copying > 0 && System.nanoTime() - deadline < 0) {
      inbox.take(deadline - System.nanoTime(), copying).forEach(next -> apply(consumer, next));
    }
  }

  /** Whoever gets next what goes back now must be able to read what the application has had. */
  private void noteHandOuts() throws InterruptedException {
    List<CompletableFuture<Boolean>> notes =
        batch.stream().filter(ShareDelivery::isOpen).map(this::noteIfSeen).toList();
    long millis = owner.closeTimeout().toMillis();
    if (millis == 0) {
      return; // The link is lost, or its time is up.
    }
    try {
      CompletableFuture.allOf(notes.toArray(CompletableFuture[]::new))
          .get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      owner.warn("What goes back with its consumer may count as not handed out", e);
    }
  }

  /** What is noted is out of the broker's hands; it is written again when somebody can. */
  private void leaveNoted(KafkaShareConsumer<byte[], byte[]> consumer) {
    for (ShareDelivery lent : batch) {
      if (lent.isOpen()) {
        keepIfLast(lent);
        if (lent.note() != null) {
          letGo(lent);
          done(lent);
          acknowledge(consumer, lent, AcknowledgeType.ACCEPT, TWICE);
        }
      }
    }
  }

  /**
   * Settles what was settled before, and gives the rest back: the broker does, as it says good-bye.
   */
  private void end(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
    try {
      inbox.takeAll().forEach(next -> apply(consumer, next));
      commit(consumer); // What follows may take all the time that there is.
      awaitCopies(consumer);
      // What is released now must not be copied any more: nobody would hear that it was.
      inbox.close().stream()
          .filter(next -> next.fate() == Fate.ACCEPT || next.fate() == Fate.COPIED)
          .forEach(next -> apply(consumer, next));
      commit(consumer);
      noteHandOuts();
      leaveNoted(consumer);
    } finally {
      consumer.close(owner.closeTimeout());
    }
  }
}
