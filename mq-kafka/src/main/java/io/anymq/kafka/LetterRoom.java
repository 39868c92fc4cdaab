package io.anymq.kafka;

import io.anymq.DestinationNotFoundException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the limit of a topic that refused a dead letter for its size. Whoever created the topic
 * may allow smaller messages than the topic that the message comes from, and a message that was
 * admitted must not wait for ever. The questions to the cluster are asked by a thread of their own:
 * senders and the native producer's thread must not wait for them. Safe for use by several threads.
 */
final class LetterRoom {

  private static final Logger LOG = LoggerFactory.getLogger(LetterRoom.class);
  private static final String LIMIT = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

  /** What a batch of one record takes besides its key, value and headers, and a bit more. */
  private static final int BATCH = 128;

  /** The lengths of a header's name and value. */
  private static final int HEADER = 10;

  /** More than a producer has under way; a letter beyond that is refused as the broker did. */
  private static final int MOST_WAITING = 10_000;

  private final KafkaTopology topology;
  private final int mostBytes;
  private final ThreadPoolExecutor raising;

  /**
   * For one link.
   *
   * @param topology knows and changes topics' settings
   * @param config the link's settings
   */
  LetterRoom(KafkaTopology topology, KafkaConfig config) {
    this.topology = topology;
    mostBytes = config.bufferBytes();
    String name = "anymq-kafka-" + config.clientId("letters");
    raising =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            task -> Threads.daemon(name, task));
    raising.allowCoreThreadTimeOut(true);
  }

  /**
   * Makes room for a letter. Returns at once.
   *
   * @param letter what was refused
   * @param source the topic that its message comes from
   * @param refusal says that it was too large
   * @param report is told once why the letter has failed: a transient failure says that the topic
   *     takes it now
   */
  void make(
      ProducerRecord<byte[], byte[]> letter,
      String source,
      Exception refusal,
      Consumer<Exception> report) {
    int size = size(letter);
    if (size > mostBytes) {
      report.accept(
          new MessageTooLargeException(
              "The dead letter has %d bytes, and this connection sends %d at most; raise max-message-bytes"
                  .formatted(size, mostBytes),
              refusal));
      return;
    }
    try {
      raising.execute(() -> report.accept(outcome(letter.topic(), size, source, refusal)));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      LOG.debug("Could not queue raising {} of topic {}", LIMIT, letter.topic(), e);
      report.accept(refusal);
    }
  }

  /** What the core is told. Of a fault in here it hears what the broker said. */
  private Exception outcome(String topic, int size, String source, Exception refusal) {
    try {
      raise(topic, size, source);
      return new MessagingTimeoutException(
          "Topic %s refused a dead letter of %d bytes, and its %s is large enough now; send it again"
              .formatted(topic, size, LIMIT),
          refusal);
    } catch (MessagingException e) {
      return e.isTransient() || e instanceof DestinationNotFoundException
          ? e
          : new MessageTooLargeException(
              "The dead letter is larger than topic %s allows (%s), and that cannot be raised: %s"
                  .formatted(topic, LIMIT, e.getMessage()),
              e);
    } catch (RuntimeException | Error e) {
      refusal.addSuppressed(e);
      return refusal;
    }
  }

  /** To what the source allows, and what a message is marked with; unless it is enough by now. */
  private void raise(String topic, int size, String source) {
    if (size <= limit(topology.visibleSettings(topic))) {
      return;
    }
    int bytes = KafkaConfig.withOverhead(Math.max(size, limit(topology.visibleSettings(source))));
    topology.alter(topic, LIMIT, Integer.toString(bytes));
    LOG.info(
        "Raised {} of topic {} to {} for a dead letter of {} bytes", LIMIT, topic, bytes, size);
  }

  /** 0 where it is not known. */
  private static int limit(Map<String, String> settings) {
    return Integer.parseInt(settings.getOrDefault(LIMIT, "0"));
  }

  /** How large it is at most, in a batch of its own. */
  private static int size(ProducerRecord<byte[], byte[]> letter) {
    long bytes = BATCH + length(letter.key()) + length(letter.value());
    for (Header header : letter.headers()) {
      bytes += HEADER + PropertyCodec.utf8(header.key()).length + length(header.value());
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** The link closes: nobody waits for letters any more. */
  void close() {
    raising.shutdownNow();
  }
}
