package io.anymq.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a topic takes the dead letters that one producer sends to it. Whoever made the
 * topic may allow smaller messages than the program whose messages are buried, and what was
 * admitted must not wait for ever. Safe for use by several threads.
 */
final class LetterRoom {

  private static final Logger LOG = LoggerFactory.getLogger(LetterRoom.class);
  private static final String LIMIT = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

  /** What a batch of one record takes besides its key, value and headers, and a bit more. */
  private static final int BATCH = 128;

  /** The lengths of a header's name and value. */
  private static final int HEADER = 10;

  private final KafkaTopology topology;
  private final KafkaConfig config;
  private final String topic;

  /** What the topic takes; 0: it has to be asked for. */
  private int known;

  /**
   * For one producer.
   *
   * @param topology knows topics' settings
   * @param config the link's settings
   * @param topic where it sends to
   * @param settings the topic's; empty where this user may not see them
   */
  LetterRoom(
      KafkaTopology topology, KafkaConfig config, String topic, Map<String, String> settings) {
    this.topology = topology;
    this.config = config;
    this.topic = topic;
    known = limit(settings, Integer.MAX_VALUE);
  }

  /**
   * Raises the limit of the topic where a letter is larger: to that of the topic where its message
   * comes from, and what it is marked with. Throws where that is not allowed.
   */
  synchronized void make(ProducerRecord<byte[], byte[]> letter, String source) {
    int size = size(letter);
    if (size <= known) {
      return;
    }
    known = limit(topology.settings(topic), Integer.MAX_VALUE); // else it is gone
    if (size > known) {
      raise(Math.max(size, limit(topology.visibleSettings(source), 0)));
    }
  }

  private void raise(int least) {
    int bytes = KafkaConfig.withOverhead(least);
    topology.alter(topic, LIMIT, Integer.toString(bytes));
    awaitRaised(bytes);
    LOG.info("Topic {} takes dead letters of {} bytes now: {}={}", topic, least, LIMIT, bytes);
    known = bytes;
  }

  /** A broker hears of it a moment later; one that takes longer refuses the letter once more. */
  private void awaitRaised(int bytes) {
    long deadline = System.nanoTime() + config.requestTimeout().toNanos();
    while (limit(topology.settings(topic), bytes) < bytes && System.nanoTime() - deadline < 0) {
      Pauses.brief("waiting for topic " + topic + " to take larger messages");
    }
  }

  /** A letter was too large all the same: somebody has changed the limit. */
  synchronized void refused() {
    known = 0;
  }

  private static int limit(Map<String, String> settings, int otherwise) {
    String value = settings.get(LIMIT);
    return value == null ? otherwise : Integer.parseInt(value);
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
}
