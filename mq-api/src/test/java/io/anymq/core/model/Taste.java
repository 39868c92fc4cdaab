package io.anymq.core.model;

import io.anymq.AcknowledgementMode;
import io.anymq.ConsumerOptions;
import io.anymq.RedeliveryDelay;
import java.time.Duration;

/** The options of a consumer, from a number. */
record Taste(int number, boolean keyOrdered, int maxDeliveries) {

  private static final int[] PREFETCH = {1, 2, 6, 20};

  int prefetch() {
    return PREFETCH[number & 3];
  }

  /** How many the core may ask its link for: with order by key, some wait behind others. */
  int asked() {
    return keyOrdered ? prefetch() + 256 : prefetch();
  }

  boolean automatic() {
    return (number & 0x0c) == 0x0c;
  }

  boolean manual() {
    return (number & 0x0c) == 0x04;
  }

  boolean selects() {
    return !keyOrdered && (number & 0x30) == 0x30;
  }

  int concurrency() {
    return (number & 0xc0) == 0x40 ? 2 : 1;
  }

  /** How long a release without a delay of its own waits. */
  Duration delay() {
    return Duration.ofMillis((number & 0x300) == 0 ? 0 : 50L * (number >> 8 & 3));
  }

  ConsumerOptions options(boolean listens) {
    ConsumerOptions.Builder options =
        ConsumerOptions.builder()
            .prefetch(prefetch())
            .maxDeliveries(maxDeliveries)
            .keyOrdered(keyOrdered)
            .redeliveryDelay(RedeliveryDelay.constant(delay()));
    if (selects()) {
      options.selector("even = 'y'");
    }
    if (listens) {
      options.concurrency(concurrency());
      if (manual()) {
        options.acknowledgement(AcknowledgementMode.MANUAL);
      }
    } else if (automatic()) {
      options.acknowledgement(AcknowledgementMode.AUTOMATIC);
    }
    return options.build();
  }

  @Override
  public String toString() {
    return "prefetch %d, at most %d deliveries%s%s"
        .formatted(
            prefetch(), maxDeliveries, selects() ? ", selects" : "", keyOrdered ? ", by key" : "");
  }
}
