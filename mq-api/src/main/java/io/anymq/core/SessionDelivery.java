package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Message;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A delivery in a session: what becomes of it is noted, and done by the commit. */
final class SessionDelivery implements Delivery {

  private final CoreDelivery core;
  private final CoreConsumer consumer;
  private @Nullable Settlement decision;
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
  synchronized Settlement decision() {
    return decision == null ? Settlement.ACCEPTED : decision;
  }

  synchronized String reason() {
    return reason;
  }

  /** Whether this is the first decision; one that says the same again does nothing. */
  private synchronized boolean decide(Settlement made) {
    Settlement before = decision == null ? core.settlement() : decision;
    if (before != null && before != made) {
      throw core.settledOtherwise(before, made);
    }
    decision = made;
    return before == null;
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
    boolean unused = decide(Settlement.ACCEPTED);
  }

  @Override
  public void release() {
    boolean unused = decide(Settlement.RELEASED);
  }

  @Override
  public synchronized void release(Duration wait) {
    CoreDelivery.requireDelay(wait);
    if (decide(Settlement.RELEASED)) {
      delay = wait;
    }
  }

  /** Gives it back, with the delay that was asked for or else its consumer's. */
  synchronized void giveBack() {
    if (delay == null) {
      core.release();
    } else {
      core.release(delay);
    }
  }

  /** Gives it back for others to have at once, unless a delay was asked for: nothing has failed. */
  synchronized void giveBackAtOnce() {
    core.release(delay == null ? Duration.ZERO : delay);
  }

  @Override
  public synchronized void reject(String why) {
    requireNonNull(why, "reason must not be null");
    if (decide(Settlement.REJECTED)) {
      reason = why;
    }
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
