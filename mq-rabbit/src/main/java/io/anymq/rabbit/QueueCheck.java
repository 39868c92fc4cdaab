package io.anymq.rabbit;

import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Looks at queues that somebody else may have made, when this link first uses them: whether they
 * lose what they confirm. What a queue's arguments say can be asked of any broker; policies only
 * where the management interface is known. Safe for use by several threads.
 */
final class QueueCheck {

  /** After so long an interface that did not answer is asked again, about a queue that is used. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Optional<RabbitManagement> management;
  private final DeliveryLimits deliveryLimits;
  private final Duration pause;

  /** Queues of which all is known. */
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  /** What was told of queues; of one whose policy is not known yet, something else may come. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  private volatile long notBefore = System.nanoTime();

  QueueCheck(Optional<RabbitManagement> management, DeliveryLimits deliveryLimits) {
    this(management, deliveryLimits, PAUSE);
  }

  /** For tests, with a pause of their own. */
  QueueCheck(Optional<RabbitManagement> management, DeliveryLimits deliveryLimits, Duration pause) {
    this.management = management;
    this.deliveryLimits = deliveryLimits;
    this.pause = pause;
  }

  /**
   * Warns once of a queue that may lose something.
   *
   * @throws InvalidDestinationException when it cannot serve as a queue at all
   */
  void check(Queue queue, String name, QueueKind kind) {
    if (kind.isStream()) {
      throw new InvalidDestinationException(
          "%s cannot be used: '%s' is a stream on this broker, which keeps what is consumed; use another queue, or a topic with the option replay-retention"
              .formatted(queue.describe(), name));
    }
    if (kind.keepsNothing()) {
      throw new InvalidDestinationException(
          "%s cannot be used: '%s' drops each message that no consumer takes at once (x-message-ttl 0); use a queue without that argument"
              .formatted(queue.describe(), name));
    }
    warnOnce(queue.describe(), name, () -> kind);
  }

  /**
   * Warns once of a subscription that may lose something. Its queue has the arguments that this
   * adapter gives it, unless another program was faster; a policy may apply to it all the same.
   *
   * @param subscription what it is, in words
   * @param kind asks what its queue is
   */
  void checkSubscription(String subscription, String name, Supplier<QueueKind> kind) {
    warnOnce(subscription, name, kind);
  }

  private void warnOnce(String what, String name, Supplier<QueueKind> kind) {
    if (seen.contains(name)) {
      return;
    }
    QueueKind known = kind.get();
    Optional<QueuePolicy> policy = known.loss().isPresent() ? Optional.empty() : byPolicy(name);
    Optional<String> loss =
        known
            .loss()
            .or(() -> policy.flatMap(QueuePolicy::loss))
            .or(() -> deliveryLimits.loss(known, policy.orElse(QueuePolicy.NONE)));
    if (known.loss().isPresent() || policy.isPresent()) {
      seen.add(name);
    }
    loss.filter(text -> !text.equals(told.put(name, text)))
        .ifPresent(
            text ->
                NativeConnection.LOG.warn(
                    "{} may lose messages that were confirmed: the native queue '{}' {}",
                    what,
                    name,
                    text));
  }

  /** What policies there are; empty where that is not known now, and will be later. */
  private Optional<QueuePolicy> byPolicy(String name) {
    if (management.isEmpty()) {
      return Optional.of(QueuePolicy.NONE);
    }
    if (System.nanoTime() - notBefore < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(management.get().policy(name));
    } catch (IOException | IllegalArgumentException e) {
      notBefore = System.nanoTime() + pause.toNanos();
      NativeConnection.LOG.debug("The policy of {} is not known", name, e);
      return Optional.empty();
    }
  }
}
