package io.anymq.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a link has to do with delayed messages: it makes the topic in which they wait, and has a
 * {@link Mover}, from the moment on when there is that topic. Safe for use by several threads.
 */
final class Delays {

  private final KafkaConfig config;
  private final KafkaCalls calls;
  private final KafkaTopology topology;
  private final LinkState state;
  private final Duration session;
  private volatile @Nullable Mover mover;
  private boolean closed;

  Delays(
      KafkaConfig config,
      KafkaCalls calls,
      KafkaTopology topology,
      BrokerProfile profile,
      LinkState state) {
    this.config = config;
    this.calls = calls;
    this.topology = topology;
    this.state = state;
    session = profile.session();
  }

  /** Looks whether anybody has delayed messages; called now and then. Returns at once. */
  void look() {
    if (mover == null) {
      KafkaFuture<Map<String, TopicDescription>> unused =
          calls
              .admin()
              .describeTopics(Set.of(KafkaNames.DELAYS))
              .allTopicNames()
              .whenComplete(
                  (found, failure) -> {
                    if (failure == null) {
                      start();
                    }
                  });
    }
  }

  /** Makes sure that messages can wait. */
  void prepare() {
    if (mover == null) {
      // Larger than what destinations take, for its own header.
      int bytes = Math.min(config.maxRecordBytes(), Integer.MAX_VALUE - 4096) + 4096;
      topology.ensureTopic(
          KafkaNames.DELAYS,
          DelayedRecord.PARTITIONS,
          Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)));
      start();
    }
  }

  private synchronized void start() {
    if (mover == null && !closed) {
      Mover made = new Mover(config, calls, topology, session, state);
      mover = made;
      made.start();
    }
  }

  void close() {
    Mover last;
    synchronized (this) {
      closed = true;
      last = mover;
    }
    if (last != null) {
      last.close(System.nanoTime() + config.operationTimeout().toNanos());
    }
  }
}
