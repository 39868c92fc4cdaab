package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one native producer of a link, made when it is first needed. Safe for all threads. */
final class SharedProducer {

  private static final Logger LOG = LoggerFactory.getLogger(SharedProducer.class);

  private final KafkaConfig config;
  private final String clientId;

  /** Renews what the native producer knows. While it is busy it takes nothing: soon again. */
  private final ThreadPoolExecutor renewal;

  private @Nullable Producer<byte[], byte[]> producer;
  private volatile boolean closed;
  private volatile @Nullable MessagingException lost;
  private volatile @Nullable Thread ending;

  SharedProducer(KafkaConfig config) {
    this.config = config;
    clientId = config.clientId("producer");
    renewal =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            task -> Threads.daemon("anymq-kafka-" + clientId + "-topics", task),
            new ThreadPoolExecutor.DiscardPolicy());
  }

  synchronized Producer<byte[], byte[]> get() {
    requireOpen();
    Producer<byte[], byte[]> made = producer;
    if (made == null) {
      made =
          new KafkaProducer<>(
              config.producer(clientId), new ByteArraySerializer(), new ByteArraySerializer());
      producer = made;
      renewal.prestartCoreThread(); // What a link needs it has from its first send on.
    }
    return made;
  }

  private void requireOpen() {
    MessagingException cause = lost;
    if (cause != null) {
      throw new ConnectionLostException("The connection to Kafka is lost", cause);
    }
    if (closed) {
      throw new ClosedException("The connection to Kafka is closed");
    }
  }

  /**
   * The link is lost: ends the native producer with all that it has not sent, for good. What it
   * wrote later, with the network back, nobody would wait for: the core sends again, and consumers
   * that had copies of records written cannot accept those records any more. Returns at once; the
   * native close waits for the producer's own thread.
   */
  void lose(MessagingException cause) {
    lost = cause;
    renewal.shutdownNow();
    ending = Threads.start("anymq-kafka-" + clientId + "-end", this::abort);
  }

  /**
   * Ends the native producer with all that it has not sent, which fails; the next use makes
   * another. A native producer cannot be made to give up single records.
   */
  void abort() {
    Producer<byte[], byte[]> made;
    synchronized (this) {
      made = producer;
      producer = null;
    }
    if (made != null) {
      made.close(Duration.ZERO);
    }
  }

  /**
   * Makes sure that the native producer knows a topic, so that no send has to wait for that.
   *
   * @param topic a topic that exists
   */
  void learn(String topic) {
    try {
      List<PartitionInfo> unused = get().partitionsFor(topic);
    } catch (KafkaException | IllegalStateException e) {
      requireOpen(); // It was closed meanwhile.
      throw KafkaErrors.translate(e, "where topic " + topic + " is", "DESCRIBE on topic " + topic);
    }
  }

  /**
   * Keeps the native producer from forgetting topics that it may have to send to: a send would wait
   * until the broker has told of them again. Returns at once.
   *
   * @param topics those that were just seen to exist; the native producer may create others
   */
  void keep(Collection<String> topics) {
    Producer<byte[], byte[]> made;
    synchronized (this) {
      made = producer;
    }
    if (made != null && !topics.isEmpty()) {
      renewal.execute(() -> topics.forEach(topic -> keep(made, topic)));
    }
  }

  private static void keep(Producer<byte[], byte[]> made, String topic) {
    try {
      List<PartitionInfo> unused = made.partitionsFor(topic);
    } catch (KafkaException | IllegalStateException e) {
      LOG.debug("The producer may forget topic {}; the next send looks it up", topic, e);
    }
  }

  /**
   * Closes; what is unconfirmed when the time is up fails.
   *
   * @param timeout how long confirmations are waited for
   * @param deadline of {@link System#nanoTime()}, until when a loss may have ended it
   */
  void close(Duration timeout, long deadline) {
    renewal.shutdownNow();
    Thread last = ending;
    if (last != null) {
      Threads.join(last, deadline);
    }
    Producer<byte[], byte[]> made;
    synchronized (this) {
      closed = true;
      made = producer;
    }
    if (made != null) {
      made.close(timeout);
    }
  }
}
