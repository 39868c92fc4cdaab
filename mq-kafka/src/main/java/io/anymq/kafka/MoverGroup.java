package io.anymq.kafka;

import io.anymq.MessagingException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group of all movers of delayed messages. A mover that is cut off cannot say good-bye, and
 * keeps its turn until its session ends, 10 s later: nobody moves anything meanwhile. So the next
 * one of the same JVM removes it. Safe for use by several threads.
 */
final class MoverGroup {

  private static final Logger LOG = LoggerFactory.getLogger(MoverGroup.class);

  private final KafkaCalls calls;

  MoverGroup(KafkaCalls calls) {
    this.calls = calls;
  }

  /** How many there are, leftovers of this JVM aside; 0, when that is not known. */
  int members() {
    try {
      List<String> members = ConsumerGroups.members(calls, Mover.GROUP);
      return (int) members.stream().filter(each -> !ClientIds.isLeftover(each)).count();
    } catch (MessagingException e) {
      LOG.debug("Who else moves delayed messages is not known", e);
      return 0;
    }
  }

  /**
   * Removes what movers of this JVM have left, as soon as there is another one: a group that is
   * empty in between waits for some seconds until it gives its first member the turn.
   *
   * @param heir the name of a mover that is joining
   * @return whether it is in the group, and nothing was left to remove
   */
  boolean hasNoLeftovers(String heir) {
    try {
      List<String> members = ConsumerGroups.members(calls, Mover.GROUP);
      if (!members.contains(heir)) {
        return false;
      }
      if (members.stream().noneMatch(ClientIds::isLeftover)) {
        return true;
      }
      removeLeftovers();
    } catch (MessagingException e) {
      LOG.debug("What movers have left is still there, or is not known", e);
    }
    return false;
  }

  /** As that, where another one stands by. */
  void removeLeftovers() {
    ConsumerGroups.removeLeftovers(calls, Mover.GROUP);
  }
}
