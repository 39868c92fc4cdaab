package io.anymq.kafka;

import java.time.Duration;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the first members of share groups that a link opens wait until they have partitions. A
 * cluster that has just started creates the topics in which it keeps groups for the first member,
 * and the members that come before those are there hear of their partitions with the next heartbeat
 * alone, 5 s later: a first receive with a time limit of some seconds returned nothing. Safe for
 * use by several threads.
 */
final class FirstMembers {

  private static final Logger LOG = LoggerFactory.getLogger(FirstMembers.class);

  private final BiPredicate<String, String> isAssigned;
  private final LinkState state;
  private final Duration most;

  /** Whether a member of this link has had partitions, or got none in time. */
  private volatile boolean over;

  /**
   * For one link.
   *
   * @param isAssigned whether in a group a client has partitions
   * @param state whether the link lives
   * @param most how long a member is waited for
   */
  FirstMembers(BiPredicate<String, String> isAssigned, LinkState state, Duration most) {
    this.isAssigned = isAssigned;
    this.state = state;
    this.most = most;
  }

  /** One that is about to join. Others may be among the first with it: each waits for itself. */
  Joining joining(String group) {
    return over
        ? (clientIds, isOver) -> {}
        : (clientIds, isOver) -> await(group, clientIds, isOver);
  }

  /** A member, from before it joins. */
  interface Joining {

    /**
     * Waits until it has partitions, where it may be one of the first.
     *
     * @param clientIds its names, by now
     * @param isOver whether it will not have any, or somebody else has them
     */
    void await(Supplier<List<String>> clientIds, BooleanSupplier isOver);
  }

  private void await(String group, Supplier<List<String>> clientIds, BooleanSupplier isOver) {
    long deadline = System.nanoTime() + most.toNanos();
    while (state.isOpen() && !isOver.getAsBoolean()) {
      if (clientIds.get().stream().anyMatch(each -> isAssigned.test(group, each))) {
        over = true;
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        over = true;
        LOG.warn(
            "No partitions are assigned in group {} after {}; deliveries start later", group, most);
        return;
      }
      Pauses.brief("opening the first consumer of a share group");
    }
  }
}
