package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain subscription: reads all partitions of a topic from their ends on, in no group, with one
 * thread that owns the native consumer. The broker knows nothing of what is unsettled.
 */
final class LiveConsumer implements OpenConsumer, Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveConsumer.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int MAX_POLL_RECORDS = 500;

  /**
   * What a plain subscription is made with.
   *
   * @param config the native clients' settings
   * @param destination the topic
   * @param topic its native topic
   * @param prefetch how many deliveries may be unsettled
   */
  record Setup(KafkaConfig config, Destination destination, String topic, int prefetch) {}

  private final Setup setup;
  private final KafkaConfig config;
  private final Destination destination;
  private final Map<TopicPartition, Long> start;
  private final DeliverySink sink;
  private final LinkState state;
  private final Consumer<LiveConsumer> onClosed;
  private final String clientId;
  private final Thread thread;
  private final Semaphore room;
  private final AtomicBoolean broken = new AtomicBoolean();
  private final CompletableFuture<KafkaConsumer<byte[], byte[]>> opened = new CompletableFuture<>();
  private volatile boolean closing;

  LiveConsumer(
      Setup setup,
      Map<TopicPartition, Long> start,
      DeliverySink sink,
      LinkState state,
      Consumer<LiveConsumer> onClosed) {
    this.setup = setup;
    this.onClosed = onClosed;
    config = setup.config();
    destination = setup.destination();
    this.start = start;
    this.sink = sink;
    this.state = state;
    room = new Semaphore(setup.prefetch());
    clientId = config.clientId("live");
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  /** Opens; where it begins was fixed before. */
  void open() {
    thread.start();
    try {
      opened.get(config.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      close();
      throw KafkaErrors.translate(e, "to subscribe to " + destination);
    }
  }

  @Override
  public void run() {
    try (KafkaConsumer<byte[], byte[]> consumer = newConsumer()) {
      Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
      while (!closing) {
        if (fetched.isEmpty()) {
          poll(consumer, fetched);
        } else {
          handOut(fetched);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("Consumer {} was interrupted", clientId, e);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    try {
      KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              config.consumer(clientId, MAX_POLL_RECORDS),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      consumer.assign(start.keySet());
      start.forEach(consumer::seek);
      opened.complete(consumer);
      return consumer;
    } catch (RuntimeException e) {
      opened.completeExceptionally(e);
      throw e;
    }
  }

  private static void poll(
      KafkaConsumer<byte[], byte[]> consumer, Deque<ConsumerRecord<byte[], byte[]>> fetched) {
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        // A copy that was written for one durable subscription is not a new message.
        if (record.headers().lastHeader(KafkaHeaders.ONLY_FOR) == null) {
          fetched.add(record);
        }
      }
    } catch (WakeupException e) {
      LOG.debug("A consumer closes", e);
    }
  }

  private void handOut(Deque<ConsumerRecord<byte[], byte[]>> fetched) throws InterruptedException {
    room.acquire();
    int count = 1;
    while (count < fetched.size() && room.tryAcquire()) {
      count++;
    }
    List<KafkaDelivery> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batch.add(new KafkaDelivery(fetched.remove(), destination, 1));
    }
    if (!closing) {
      sink.deliver(batch);
    }
  }

  private void failed(RuntimeException failure) {
    if (closing || state.isLost() || opened.isCompletedExceptionally()) {
      LOG.debug("Consumer {} ended", clientId, failure);
    } else {
      breakUp(KafkaErrors.translate(failure, "to consume " + destination));
    }
  }

  @Override
  public String topic() {
    return setup.topic();
  }

  @Override
  public void breakUp(MessagingException cause) {
    if (broken.compareAndSet(false, true)) {
      stop();
      sink.broken(cause);
    }
  }

  private void stop() {
    closing = true;
    room.release(); // One more, so that the thread looks up.
    if (opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().wakeup();
    }
  }

  /** The core redelivers what is released, from the delivery that it has. */
  @Override
  public boolean releasesNatively() {
    return false;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    room.release(deliveries.size());
  }

  @Override
  public void close() {
    stop();
    Threads.join(thread, System.nanoTime() + config.operationTimeout().toNanos());
    onClosed.accept(this);
  }
}
