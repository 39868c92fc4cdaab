package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.spi.support.RareWarning;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of hand-outs, topic {@value #TOPIC}. A share group counts fetches, and so also deliveries
 * that waited in a prefetch and came back unseen; this log tells which deliveries an application
 * had. It is written where a message comes again, or is about to, and read only for a message whose
 * count has reached the limit.
 *
 * <p>The key of a record is the message, the value which delivery of it. Safe for use by several
 * threads.
 */
final class HandOuts implements AutoCloseable {

  static final String TOPIC = "anymq.handouts";

  private static final Logger LOGGER = LoggerFactory.getLogger(HandOuts.class);

  /** How long a hand-out waits to be noted; then it goes ahead all the same. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private static final TopicPartition LOG = new TopicPartition(TOPIC, 0);

  /** A message that comes again does so for days, not for ever. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          TopicConfig.RETENTION_MS_CONFIG,
          String.valueOf(TimeUnit.DAYS.toMillis(14)),
          TopicConfig.RETENTION_BYTES_CONFIG,
          String.valueOf(16 << 20),
          TopicConfig.SEGMENT_BYTES_CONFIG,
          String.valueOf(4 << 20));

  private static final int MAX_POLL_RECORDS = 5_000;

  /** Beyond so many the oldest are in the log for long. */
  private static final int MOST_OWN = 50_000;

  /** So many messages of the log are remembered. */
  private static final int MOST_READ = 100_000;

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final SharedProducer producer;
  private final RareWarning warning = new RareWarning(HandOuts.class);
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "anymq-kafka-handouts");
            thread.setDaemon(true);
            return thread;
          });

  /** What this link has written, or is about to: each delivery of a message, and whether it is. */
  private final ConcurrentMap<String, ConcurrentMap<Integer, CompletableFuture<Boolean>>> own =
      new ConcurrentHashMap<>();

  // The writer's own:
  private boolean prepared;

  // Guarded by this:
  /** The newest, so that the log of a busy cluster does not fill this memory. */
  private final Map<String, Set<Integer>> read =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<Integer>> eldest) {
          return size() > MOST_READ;
        }
      };

  private volatile @Nullable KafkaConsumer<byte[], byte[]> reader;
  private volatile boolean closed;

  /**
   * The log, which is made when something is to be written.
   *
   * @param config the native clients' settings
   * @param topology reaches the cluster though the link closes: what consumers hold is noted then
   * @param producer the link's native producer
   */
  HandOuts(KafkaConfig config, KafkaTopology topology, SharedProducer producer) {
    this.config = config;
    this.topology = topology;
    this.producer = producer;
  }

  /**
   * The application has had a delivery. Returns at once.
   *
   * @return completes with whether everybody can read it; the wait for it has to be bounded
   */
  CompletableFuture<Boolean> note(String message, int delivery) {
    if (own.size() > MOST_OWN) {
      own.clear();
    }
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> now =
        own.computeIfAbsent(message, unseen -> new ConcurrentHashMap<>())
            .compute(delivery, (number, before) -> hasFailed(before) ? mine : before);
    if (now != mine) {
      return now;
    }
    try {
      writer.execute(() -> write(message, delivery, mine));
    } catch (RejectedExecutionException e) {
      mine.complete(false);
      warning.warn("The link closes, and a hand-out is not noted any more", e);
    }
    return mine;
  }

  /** Whether a note is to be written: for the first time, or because it could not be before. */
  private static boolean hasFailed(@Nullable CompletableFuture<Boolean> before) {
    return before == null || !before.getNow(true);
  }

  /**
   * The application gets a delivery that has come again more than once: its handler may end this
   * process, so the note is waited for, for a moment.
   */
  void noteBefore(String message, int delivery) {
    await(note(message, delivery));
  }

  private void await(CompletableFuture<Boolean> noted) {
    try {
      boolean unused = noted.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      warning.warn("A hand-out was not noted in time", e);
    }
  }

  private void write(String message, int delivery, CompletableFuture<Boolean> stored) {
    try {
      if (!prepared) {
        topology.ensureTopic(TOPIC, 1, SETTINGS);
        prepared = true;
      }
      ProducerRecord<byte[], byte[]> entry =
          new ProducerRecord<>(
              TOPIC,
              0,
              PropertyCodec.utf8(message),
              PropertyCodec.utf8(Integer.toString(delivery)));
      Future<RecordMetadata> unused =
          producer
              .get()
              .send(
                  entry,
                  (metadata, failure) -> {
                    noteFailure(failure);
                    stored.complete(failure == null);
                  });
    } catch (KafkaException | MessagingException | IllegalStateException e) {
      noteFailure(e);
      stored.complete(false);
    }
  }

  private void noteFailure(@Nullable Exception failure) {
    if (failure != null) {
      warning.warn("Hand-outs are not noted, and deliveries are counted as Kafka does", failure);
    }
  }

  /**
   * How many deliveries of a message an application had, before this one.
   *
   * @throws MessagingException when that cannot be read now
   */
  synchronized int before(String message, int delivery) {
    readOn();
    Set<Integer> all = new TreeSet<>(read.getOrDefault(message, Set.of()));
    Map<Integer, ?> noted = own.get(message);
    if (noted != null) {
      all.addAll(noted.keySet());
    }
    return (int) all.stream().filter(each -> each < delivery).count();
  }

  /** The message is accepted: nobody will ask for it. */
  void forget(String message) {
    own.remove(message);
  }

  private void readOn() {
    try {
      KafkaConsumer<byte[], byte[]> from = reader();
      if (from == null) {
        return;
      }
      long end = from.endOffsets(Set.of(LOG), config.requestTimeout()).getOrDefault(LOG, 0L);
      long deadline = System.nanoTime() + config.operationTimeout().toNanos();
      while (from.position(LOG, config.requestTimeout()) < end) {
        if (System.nanoTime() - deadline > 0) {
          throw new MessagingTimeoutException("Which messages were handed out is not read in time");
        }
        from.poll(Duration.ofMillis(100)).forEach(this::take);
      }
    } catch (KafkaException e) {
      throw KafkaErrors.translate(e, "which messages were handed out", "READ on topic " + TOPIC);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> entry) {
    String message = PropertyCodec.text("key", entry.key());
    try {
      int delivery = Integer.parseInt(PropertyCodec.text("value", entry.value()));
      read.computeIfAbsent(message, unseen -> new HashSet<>()).add(delivery);
    } catch (NumberFormatException e) {
      LOGGER.debug("An entry of topic {} is not one of this library's", TOPIC, e);
    }
  }

  private @Nullable KafkaConsumer<byte[], byte[]> reader() {
    if (closed) {
      throw new ClosedException("The connection to Kafka is closed");
    }
    KafkaConsumer<byte[], byte[]> open = reader;
    if (open == null && topology.isThere(TOPIC)) {
      open =
          new KafkaConsumer<>(
              config.consumer(config.clientId("handouts"), MAX_POLL_RECORDS),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      open.assign(Set.of(LOG));
      open.seekToBeginning(Set.of(LOG));
      reader = open;
    }
    return open;
  }

  /** Writes what is to be written; before the link's producer closes. */
  void finish(Duration timeout) {
    writer.shutdown();
    Threads.awaitEnd(writer, timeout);
  }

  /** Whoever reads meanwhile is told that the link closes. */
  @Override
  public void close() {
    closed = true;
    writer.shutdownNow();
    KafkaConsumer<byte[], byte[]> open = reader;
    if (open != null) {
      open.wakeup();
    }
    closeReader();
    warning.end("Notes of hand-outs");
  }

  private synchronized void closeReader() {
    KafkaConsumer<byte[], byte[]> open = reader;
    if (open != null) {
      open.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
