package io.anymq.kafka;

import io.anymq.MessagingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the groups that end with their last member, also when a link closes. */
final class UnusedGroups {

  private static final Logger LOG = LoggerFactory.getLogger(UnusedGroups.class);

  private final ShareGroups groups;
  private final Turns turns;
  private final LinkState state;

  /**
   * For the groups of one link.
   *
   * @param groups reaches the cluster though the link closes
   * @param turns likewise
   * @param state tells whether there is anybody to ask
   */
  UnusedGroups(ShareGroups groups, Turns turns, LinkState state) {
    this.groups = groups;
    this.turns = turns;
    this.state = state;
  }

  /** A member of a group that ends with its last one has left; so do the groups below it. */
  void removeIfUnused(String group) {
    if (state.isLost()) {
      return;
    }
    try {
      if (groups.members(group).isEmpty() && turns.members(group).isEmpty()) {
        groups.beginningWith(group + ":").forEach(groups::deleteIfEmpty);
        groups.deleteIfEmpty(group);
      }
    } catch (MessagingException e) {
      LOG.warn("Group {} of a shared subscription could not be removed", group, e);
    }
  }
}
