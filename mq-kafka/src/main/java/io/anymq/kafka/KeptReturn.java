package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records again that {@link KeptRecords} keeps and nobody holds, for the share groups
 * that the link consumes through: when a consumer opens, and from then on every {@value
 * #INTERVAL_SECONDS} s, because what was in the way may be gone. Safe for use by several threads.
 */
final class KeptReturn implements AutoCloseable {

  static final long INTERVAL_SECONDS = 10;

  /** The time that a link has to close, divided by this, is what a look that is under way gets. */
  private static final int CLOSE_DIVISOR = 4;

  private static final long RENEWAL_NANOS = TimeUnit.HOURS.toNanos(1);

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final KeptRecords kept;
  private final SharedProducer producer;
  private final LinkState state;
  private final Map<GroupConsumer, String> consumers = new ConcurrentHashMap<>();
  private final Map<KeptRecords.Note, Long> renewed = new ConcurrentHashMap<>();

  /** What is written again, and still noted: that could not be taken away yet. */
  private final Set<KeptRecords.Note> written = ConcurrentHashMap.newKeySet();

  private final LateCopies late = new LateCopies();
  private final RareWarning warning = new RareWarning(KeptReturn.class);
  private @Nullable ScheduledExecutorService clock;
  private boolean closed;
  private boolean stopped;
  private boolean writing;

  KeptReturn(
      KafkaConfig config,
      KafkaTopology topology,
      KeptRecords kept,
      SharedProducer producer,
      LinkState state) {
    this.config = config;
    this.topology = topology;
    this.kept = kept;
    this.producer = producer;
    this.state = state;
  }

  KeptRecords records() {
    return kept;
  }

  /** A consumer of a share group has opened. Returns at once. */
  synchronized void add(GroupConsumer consumer, String group) {
    if (closed) {
      return;
    }
    ScheduledExecutorService running = clock;
    if (running == null) {
      running =
          Executors.newSingleThreadScheduledExecutor(
              task -> Threads.daemon("anymq-kafka-kept", task));
      ScheduledFuture<?> unused =
          running.scheduleWithFixedDelay(
              Threads.guarded("Messages that are kept aside", this::lookAtAll),
              INTERVAL_SECONDS,
              INTERVAL_SECONDS,
              TimeUnit.SECONDS);
      clock = running;
    }
    consumers.put(consumer, group);
    running.execute(() -> look(group));
  }

  void remove(GroupConsumer consumer) {
    consumers.remove(consumer);
  }

  private void lookAtAll() {
    late.takeDecided(this::decided);
    Set.copyOf(consumers.values()).forEach(this::look);
  }

  private void look(String group) {
    if (!state.isOpen() || !consumers.containsValue(group)) {
      return;
    }
    try {
      List<KeptRecords.Note> notes = kept.all(group);
      if (!notes.isEmpty()) {
        for (KeptRecords.Note note : kept.abandoned(group, topology.groups().members(group))) {
          if (state.isOpen() && kept.take(note)) {
            giveBackAndLetGo(group, note);
          }
        }
      }
    } catch (Throwable e) { // What is wrong with one group must not keep others waiting.
      if (state.isOpen()) {
        warning.warn("Messages of group " + group + " that are kept aside do not come yet", e);
      }
    }
  }

  private void giveBackAndLetGo(String group, KeptRecords.Note note) {
    try {
      if (!written.contains(note)) {
        giveBack(group, note);
        written.add(note);
      }
      kept.remove(note);
      written.remove(note);
      renewed.remove(note);
    } finally {
      writing(false);
      if (!late.contains(note)) {
        kept.letGo(note);
      }
    }
  }

  /** A copy that nobody has waited for is stored, or failed. */
  private void decided(KeptRecords.Note note, boolean stored) {
    if (stored) {
      written.add(note);
    }
    kept.letGo(note); // The next look goes on with it.
  }

  private void giveBack(String group, KeptRecords.Note note) {
    boolean isThere =
        topology
            .find(note.partition().topic())
            .filter(topic -> topic.topicId().equals(note.topicId()))
            .isPresent();
    Optional<ConsumerRecord<byte[], byte[]>> found = isThere ? read(note) : Optional.empty();
    writing(true);
    try {
      found.ifPresent(old -> writeAgain(group, old, note));
    } catch (MessagingException e) {
      renewIfOld(note);
      throw e;
    }
  }

  /** From when a copy may be stored until its note is gone, nothing but a failure comes between. */
  private synchronized void writing(boolean begins) {
    if (begins && stopped) {
      throw new ClosedException("The connection to Kafka is closed");
    }
    writing = begins;
  }

  /** Kafka forgets a note that was written long ago. */
  private void renewIfOld(KeptRecords.Note note) {
    long now = System.nanoTime();
    long last = renewed.computeIfAbsent(note, unseen -> now - RENEWAL_NANOS);
    if (now - last >= RENEWAL_NANOS) {
      kept.renew(note);
      renewed.put(note, now);
    }
  }

  private void writeAgain(String group, ConsumerRecord<byte[], byte[]> old, KeptRecords.Note note) {
    CompletableFuture<@Nullable Void> stored = new CompletableFuture<>();
    DeliveryLimit.rewrite(
        old,
        group,
        note.deliveries(),
        producer,
        failure -> {
          if (failure == null) {
            stored.complete(null);
          } else {
            stored.completeExceptionally(failure);
          }
        });
    try {
      stored.get(config.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      late.add(note, stored);
      throw notWritten(old, e);
    } catch (ExecutionException | InterruptedException e) {
      throw notWritten(old, e);
    }
  }

  private static MessagingException notWritten(
      ConsumerRecord<byte[], byte[]> old, Exception failure) {
    return KafkaErrors.translate(
        failure,
        "to write a message of topic " + old.topic() + " again",
        "WRITE on " + old.topic());
  }

  /** The record; empty when it is not there any more. */
  private Optional<ConsumerRecord<byte[], byte[]>> read(KeptRecords.Note note) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            config.consumer(config.clientId("kept"), 1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    try {
      consumer.assign(Set.of(note.partition()));
      consumer.seek(note.partition(), note.offset());
      long deadline = System.nanoTime() + config.operationTimeout().toNanos();
      while (consumer.position(note.partition(), config.operationTimeout()) <= note.offset()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new MessagingTimeoutException("A message that is kept aside cannot be read");
        }
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofNanos(left))) {
          if (each.offset() == note.offset()) {
            return Optional.of(each);
          }
        }
      }
      return Optional.empty();
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  /** Ends what is under way first: a record that is written again must not stay noted as well. */
  @Override
  public void close() {
    ScheduledExecutorService last;
    synchronized (this) {
      closed = true;
      consumers.clear();
      last = clock;
    }
    if (last != null) {
      last.shutdown();
      Duration share = state.timeLeft(config.operationTimeout()).dividedBy(CLOSE_DIVISOR);
      Threads.awaitEnd(last, share);
      if (isWriting()) {
        Threads.awaitEnd(last, state.timeLeft(config.operationTimeout()));
      }
      last.shutdownNow();
    }
    late.takeAll().forEach(kept::letGo);
    warning.end("Messages that are kept aside");
  }

  /** Whether a copy is under way; none begins from now on. */
  private synchronized boolean isWriting() {
    stopped = true;
    return writing;
  }
}
