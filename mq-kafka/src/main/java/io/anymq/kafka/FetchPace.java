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
 * second. A fetch that finds nothing takes the broker half a second; so many within one short poll
 * that bring nothing are failures. For one thread.
 */
final class FetchPace {

  /** How long nothing is fetched after failures. */
  static final long PAUSE_MILLIS = 500;

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LOOK = Duration.ofMillis(10);

  /** How many fetches that bring nothing one poll may see: one or two for each broker. */
  private static final double MOST = 10;

  /** How many of them a short one may. */
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

  /** A poll is over, after so many fetches since the consumer began. */
  void polled(double fetched, boolean empty) {
    failing = empty && fetched - before > (failing ? MOST_IN_A_LOOK : MOST);
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
