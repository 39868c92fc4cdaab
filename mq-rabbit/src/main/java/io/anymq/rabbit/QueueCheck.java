package io.anymq.rabbit;

import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at queues that somebody else may have made, when this link first uses them: whether they
 * lose what they confirm. What a queue's arguments say can be asked of any broker; policies only
 * where the management interface is known. Safe for use by several threads.
 */
final class QueueCheck {

  private final Optional<RabbitManagement> management;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  QueueCheck(Optional<RabbitManagement> management) {
    this.management = management;
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
    if (seen.add(name)) {
      kind.loss().or(() -> byPolicy(name)).ifPresent(loss -> warn(queue.describe(), name, loss));
    }
  }

  /**
   * Warns once of a subscription that may lose something. Its queue has the arguments that this
   * adapter gives it, or could not be declared; a policy may apply to it all the same.
   *
   * @param subscription what it is, in words
   */
  void checkSubscription(String subscription, String name) {
    if (seen.add(name)) {
      byPolicy(name).ifPresent(loss -> warn(subscription, name, loss));
    }
  }

  private Optional<String> byPolicy(String name) {
    return management.flatMap(known -> known.lossByPolicy(name));
  }

  private static void warn(String what, String name, String loss) {
    NativeConnection.LOG.warn(
        "{} may lose messages that were confirmed: the native queue '{}' {}", what, name, loss);
  }
}
