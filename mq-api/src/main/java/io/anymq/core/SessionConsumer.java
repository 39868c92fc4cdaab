package io.anymq.core;

import io.anymq.Delivery;
import io.anymq.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A consumer whose deliveries belong to the session's unit of work. */
final class SessionConsumer implements Subscription {

  private final CoreSession session;
  private final CoreConsumer core;

  SessionConsumer(CoreSession session, CoreConsumer core) {
    this.session = session;
    this.core = core;
  }

  @Override
  public Optional<Delivery> receive(Duration timeout) {
    return session.use(() -> core.receive(timeout).map(this::take));
  }

  @Override
  public Optional<Delivery> receiveNoWait() {
    return session.use(() -> core.receiveNoWait().map(this::take));
  }

  @Override
  public List<Delivery> receiveBatch(int max, Duration timeout) {
    return session.use(
        () -> core.receiveBatch(max, timeout).stream().<Delivery>map(this::take).toList());
  }

  private Delivery take(Delivery delivery) {
    return session.add(new SessionDelivery(core, (CoreDelivery) delivery));
  }

  @Override
  public Optional<String> name() {
    return core instanceof CoreSubscription subscription ? subscription.name() : Optional.empty();
  }

  @Override
  public void unsubscribe() {
    if (core instanceof CoreSubscription subscription) {
      session.use(
          () -> {
            subscription.unsubscribe();
            return true;
          });
    }
  }

  /**
   * What it has delivered into the present unit of work comes again: it can no longer be accepted.
   */
  @Override
  public void close() {
    core.close();
    session.forget(core);
  }
}
