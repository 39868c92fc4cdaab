package io.anymq.rabbit;

import io.anymq.spi.DelayedRelease;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;

/** A consumer whose released messages wait at the broker. */
final class DelayingConsumer extends RabbitConsumer implements DelayedRelease {

  private final DelayedReleases releases;

  DelayingConsumer(Setup setup, DelayedReleases releases) {
    super(setup);
    this.releases = releases;
  }

  @Override
  public void release(InboundDelivery delivery, Duration delay) {
    releases.add(this, (RabbitDelivery) delivery, delay);
  }

  /**
   * What is under way is confirmed first, or it would come twice. When the broker has ended the
   * consumer it may do so: the one that takes its place must not wait.
   */
  @Override
  void end() {
    stopDelivering();
    releases.close(!isEndedByBroker());
    super.end();
  }
}
