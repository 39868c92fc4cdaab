package io.anymq.core;

import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A delivery in a session: what becomes of it is noted, and done by the commit. */
final class SessionDelivery implements Delivery {

  /** What the commit does with a delivery. */
  enum Decision {
    ACCEPT,
    RELEASE,
    REJECT
  }

  private final CoreDelivery core;
  private final CoreConsumer consumer;
  private @Nullable Decision decision;
  private String reason = "";
  private @Nullable Duration delay;

  SessionDelivery(CoreConsumer consumer, CoreDelivery core) {
    this.consumer = consumer;
    this.core = core;
  }

  CoreDelivery core() {
    return core;
  }

  CoreConsumer consumer() {
    return consumer;
  }

  /** Accepting is what a commit does with a delivery of which nothing was said. */
  synchronized Decision decision() {
    return decision == null ? Decision.ACCEPT : decision;
  }

  synchronized String reason() {
    return reason;
  }

  private synchronized void decide(Decision made, String why) {
    if (decision == null) {
      decision = made;
      reason = why;
    }
  }

  @Override
  public Message message() {
    return core.message();
  }

  @Override
  public Destination destination() {
    return core.destination();
  }

  @Override
  public boolean redelivered() {
    return core.redelivered();
  }

  @Override
  public int deliveryCount() {
    return core.deliveryCount();
  }

  @Override
  public Optional<String> position() {
    return core.position();
  }

  @Override
  public synchronized boolean settled() {
    return decision != null || core.settled();
  }

  @Override
  public void accept() {
    decide(Decision.ACCEPT, "");
  }

  @Override
  public void release() {
    decide(Decision.RELEASE, "");
  }

  @Override
  public synchronized void release(Duration wait) {
    CoreDelivery.requireDelay(wait);
    if (decision == null) {
      decide(Decision.RELEASE, "");
      delay = wait;
    }
  }

  /** Does the release that was decided on. */
  synchronized void releaseNow() {
    if (delay == null) {
      core.release();
    } else {
      core.release(delay);
    }
  }

  @Override
  public void reject(String why) {
    decide(Decision.REJECT, why);
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
