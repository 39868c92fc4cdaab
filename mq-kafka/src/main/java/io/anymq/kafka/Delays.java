package io.anymq.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a link has to do with delayed messages: it makes the topic in which they wait, and has a
 * {@link Mover}, from the moment on when there is that topic. Safe for use by several threads.
 */
final class Delays {

  private static final int SESSION_MILLIS = 10_000;

  private final KafkaConfig config;
  private final KafkaTopology topology;
  private final LinkState state;
  private final Duration session;
  private volatile @Nullable Mover mover;
  private boolean closed;

  Delays(KafkaConfig config, KafkaTopology topology, BrokerProfile profile, LinkState state) {
    this.config = config;
    this.topology = topology;
    this.state = state;
    int least = profile.number("group.min.session.timeout.ms").orElse(0);
    session = Duration.ofMillis(Math.max(SESSION_MILLIS, least));
  }

  /** Looks whether anybody has delayed messages; called now and then. Returns at once. */
  void look() {
    if (mover == null) {
      topology.whenThere(KafkaNames.DELAYS, this::start);
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
      Mover made = new Mover(config, topology, session, state);
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
