package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the groups that end with their last member, also when a link closes. It knows which of
 * them consumers of its link use: it never removes a group that one of them has begun to open, nor
 * one whose consumer broke, for the core opens another. Safe for use by several threads.
 */
final class UnusedGroups implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UnusedGroups.class);

  /** Longer than a removal takes; settings that are missing meanwhile do no harm so soon. */
  private static final int LATER_SECONDS = 5;

  private final ShareGroups groups;
  private final Turns turns;
  private final LinkState state;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock:
  private final Map<String, Integer> users = new HashMap<>();
  private final Set<String> removing = new HashSet<>();

  /** Groups of consumers that broke, and that no other consumer has taken over yet. */
  private final Set<String> left = new HashSet<>();

  /**
   * For the groups of one link.
   *
   * @param groups reaches the cluster though the link closes
   * @param turns likewise
   * @param state tells whether there is anybody to ask
   * @param patience how long a consumer waits for the removal of the group that it is to use
   */
  UnusedGroups(ShareGroups groups, Turns turns, LinkState state, Duration patience) {
    this.groups = groups;
    this.turns = turns;
    this.state = state;
    this.patience = patience;
  }

  /** One consumer's use of a group. It ends once. */
  final class Use {

    private final String group;
    private final boolean inherited;
    private final boolean continued;
    private volatile boolean opened;
    private volatile boolean broken;

    // Guarded by the lock:
    private boolean settingUp;
    private boolean ended;

    private Use(String group, boolean inherited, boolean isShared) {
      this.group = group;
      this.inherited = inherited;
      this.continued = inherited || isShared;
    }

    /** Whether the group goes on, and does not begin anew where it has no members. */
    boolean isContinued() {
      return continued;
    }

    /**
     * The consumer is open. One that cannot be leaves a group that it was to take over.
     *
     * @param again sets up again what another link has forgotten that saw nobody and crashed then;
     *     it is called once, when such a link must be done
     */
    void opened(Runnable again) {
      opened = true;
      CompletableFuture.delayedExecutor(LATER_SECONDS, TimeUnit.SECONDS, UnusedGroups.this::aside)
          .execute(() -> setUp(this, again));
    }

    /** The consumer broke: the core opens another, which needs the group. */
    void breakUp() {
      broken = true;
    }

    /** Notes when the sink hears that the consumer broke. */
    DeliverySink watching(DeliverySink sink) {
      return new DeliverySink() {
        @Override
        public void deliver(List<? extends InboundDelivery> deliveries) {
          sink.deliver(deliveries);
        }

        @Override
        public void broken(MessagingException cause) {
          breakUp();
          sink.broken(cause);
        }
      };
    }

    /** The consumer has closed, or could not open. */
    void end() {
      if (isLast(this)) {
        try {
          remove(group);
        } finally {
          removed(group);
        }
      }
    }
  }

  /**
   * A consumer is about to open. From now on until it ends its use the link does not remove the
   * group.
   */
  Use use(String group) {
    lock.lock();
    try {
      long rest = patience.toNanos();
      while (removing.contains(group)) {
        if (rest <= 0) {
          throw new MessagingTimeoutException(
              "Group " + group + " is being removed for its last consumer, and still is there");
        }
        rest = changed.awaitNanos(rest);
      }
      boolean isShared = users.merge(group, 1, Integer::sum) > 1;
      return new Use(group, left.remove(group), isShared);
    } catch (InterruptedException e) {
      throw KafkaErrors.translate(e, "waiting for the removal of group " + group, "DELETE on it");
    } finally {
      lock.unlock();
    }
  }

  private void aside(Runnable task) {
    if (state.isOpen()) {
      Thread unused = Threads.start("anymq-kafka-settings", task);
    }
  }

  private void setUp(Use use, Runnable again) {
    if (!beginSetUp(use)) {
      return;
    }
    try {
      again.run();
    } catch (MessagingException e) {
      // As a rule nobody has forgotten anything.
      LOG.debug("Whether group {} is still set up is not known", use.group, e);
    } finally {
      endSetUp(use);
    }
  }

  private boolean beginSetUp(Use use) {
    lock.lock();
    try {
      use.settingUp = !use.ended;
      return use.settingUp;
    } finally {
      lock.unlock();
    }
  }

  private void endSetUp(Use use) {
    lock.lock();
    try {
      use.settingUp = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is set up after the removal of a group would stay. */
  private void awaitSetUp(Use use) {
    try {
      long rest = patience.toNanos();
      while (use.settingUp && rest > 0) {
        rest = changed.awaitNanos(rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isLast(Use use) {
    lock.lock();
    try {
      if (use.ended) {
        return false;
      }
      use.ended = true;
      Threads.shielded(() -> awaitSetUp(use));
      if (users.merge(use.group, -1, Integer::sum) > 0) {
        return false;
      }
      users.remove(use.group);
      if (use.broken || (use.inherited && !use.opened)) {
        left.add(use.group);
        return false;
      }
      removing.add(use.group);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void removed(String group) {
    lock.lock();
    try {
      removing.remove(group);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The link closes: removes what broken consumers have left. */
  @Override
  public void close() {
    Set<String> last;
    lock.lock();
    try {
      last = Set.copyOf(left);
      left.clear();
    } finally {
      lock.unlock();
    }
    last.forEach(this::remove);
  }

  private boolean isUnused(String group) {
    return groups.members(group).isEmpty() && turns.members(group).isEmpty();
  }

  /** Removes a group, and those below it, unless another link's consumer is a member. */
  private void remove(String group) {
    if (state.isLost()) {
      return;
    }
    try {
      if (isUnused(group)) {
        List<String> all = new ArrayList<>(groups.beginningWith(group + ":"));
        all.add(group);
        groups.deleteWhile(all, () -> isUnused(group));
      }
    } catch (MessagingException e) {
      LOG.warn("Could not remove group {} of a shared subscription", group, e);
    }
  }
}
