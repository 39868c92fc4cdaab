package io.anymq.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Slows a native consumer down whose fetches fail. Where its topic was deleted, the native client
 * (4.4.0) fetches again at once for as long as one poll lasts, and logs each failure: 1,400 lines a
 * second. A fetch that finds nothing takes the broker 100 ms or more; so several within one short
 * poll that bring nothing are failures. For one thread.
 */
final class FetchPace {

  /** How long nothing is fetched after failures. */
  static final long PAUSE_MILLIS = 500;

  /** As short as an idle consumer may poll: the first failures all come within one. */
  private static final Duration POLL = Duration.ofMillis(25);

  private static final Duration LOOK = Duration.ofMillis(1);

  /**
   * How many fetches that bring nothing one poll may see: two for each broker, of which there may
   * be one for each partition.
   */
  private static final double MOST = 10;

  /** How many of them a short one may: one for each. */
  private static final double MOST_IN_A_LOOK = 3;

  private @Nullable Metric fetches;
  private double before;
  private boolean failing;

  boolean isFailing() {
    return failing;
  }

  /** How long the next poll may last. */
  Duration patience() {
    return failing ? LOOK : POLL;
  }

  /**
   * A poll is over.
   *
   * @param fetched how many fetches there were since the consumer began
   * @param empty whether this poll has brought nothing, and has passed nothing over
   * @param partitions how many partitions are read
   */
  void polled(double fetched, boolean empty, int partitions) {
    double most = failing ? Math.min(MOST_IN_A_LOOK, partitions) : Math.min(MOST, 2.0 * partitions);
    failing = empty && fetched - before > most;
    before = fetched;
  }

  /** How often a consumer has fetched. */
  double count(KafkaConsumer<byte[], byte[]> consumer) {
    Metric found = fetches;
    if (found == null) {
      found = find(consumer.metrics());
      fetches = found;
    }
    return found == null ? 0 : (double) found.metricValue();
  }

  private static @Nullable Metric find(Map<MetricName, ? extends Metric> metrics) {
    for (Map.Entry<MetricName, ? extends Metric> each : metrics.entrySet()) {
      if (each.getKey().name().equals("fetch-total")
          && each.getKey().group().equals("consumer-fetch-manager-metrics")
          && !each.getKey().tags().containsKey("topic")) {
        return each.getValue();
      }
    }
    return null;
  }
}
