package io.anymq.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;
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

  /** How long an idle consumer polls. */
  private static final Duration POLL = Duration.ofMillis(50);

  /** Where topics have just been made or deleted, failures are more likely. */
  private static final Duration FIRST_POLL = Duration.ofMillis(25);

  private static final int FIRST_POLLS = 100;
  private static final Duration LOOK = Duration.ofMillis(1);

  /** What the names of addresses begin with that the client was given. */
  private static final String BOOTSTRAP = "node--";

  /** One alone may be too short for a fetch to fail in. */
  private static final int CLEAN_LOOKS = 2;

  private @Nullable Metric fetches;
  private double before;
  private boolean failing;
  private int first = FIRST_POLLS;
  private int clean;

  boolean isFailing() {
    return failing;
  }

  /** Other partitions are read from now on. */
  void changed() {
    first = FIRST_POLLS;
  }

  /** How long the next poll may last. */
  Duration patience() {
    if (failing) {
      return LOOK;
    }
    return first > 0 ? FIRST_POLL : POLL;
  }

  /**
   * A poll is over. Of each broker it may see one fetch that was under way before; a whole poll may
   * see one more, and a look none.
   *
   * @param fetched how many fetches there were since the consumer began
   * @param empty whether this poll has brought nothing, and has passed nothing over
   * @param brokers tells from how many brokers it fetches
   */
  void polled(double fetched, boolean empty, IntSupplier brokers) {
    double now = fetched - before;
    before = fetched;
    first = Math.max(0, first - 1);
    boolean storm = empty && now > 1 && now > (failing ? 1 : 2) * Math.max(1, brokers.getAsInt());
    clean = failing && !storm ? clean + 1 : 0;
    failing = storm || (failing && clean < CLEAN_LOOKS);
  }

  /**
   * From how many brokers a consumer has fetched. Those that it has asked for others count, too.
   */
  static int brokers(KafkaConsumer<byte[], byte[]> consumer) {
    return (int)
        consumer.metrics().keySet().stream()
            .filter(each -> each.group().equals("consumer-node-metrics"))
            .map(each -> each.tags().getOrDefault("node-id", BOOTSTRAP))
            .filter(node -> !node.startsWith(BOOTSTRAP))
            .distinct()
            .count();
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
