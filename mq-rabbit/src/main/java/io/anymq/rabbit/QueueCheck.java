package io.anymq.rabbit;

import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at queues that somebody else may have made, when this link first uses them: whether they
 * lose what they confirm. What a queue's arguments say can be asked of any broker; policies only
 * where the management interface is known. Safe for use by several threads.
 */
final class QueueCheck {

  /** After so long an interface that did not answer is asked again, about a queue that is used. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Optional<RabbitManagement> management;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private volatile long notBefore = System.nanoTime();

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
    warnOnce(queue.describe(), name, kind.loss());
  }

  /**
   * Warns once of a subscription that may lose something. Its queue has the arguments that this
   * adapter gives it, or could not be declared; a policy may apply to it all the same.
   *
   * @param subscription what it is, in words
   */
  void checkSubscription(String subscription, String name) {
    warnOnce(subscription, name, Optional.empty());
  }

  private void warnOnce(String what, String name, Optional<String> known) {
    if (seen.contains(name) || (known.isEmpty() && System.nanoTime() - notBefore < 0)) {
      return;
    }
    try {
      Optional<String> loss = known.isPresent() ? known : byPolicy(name);
      if (seen.add(name) && loss.isPresent()) {
        NativeConnection.LOG.warn(
            "{} may lose messages that were confirmed: the native queue '{}' {}",
            what,
            name,
            loss.get());
      }
    } catch (IOException | IllegalArgumentException e) {
      notBefore = System.nanoTime() + PAUSE.toNanos();
      NativeConnection.LOG.debug("The policy of {} is not known", name, e);
    }
  }

  private Optional<String> byPolicy(String name) throws IOException {
    return management.isPresent() ? management.get().lossByPolicy(name) : Optional.empty();
  }
}
