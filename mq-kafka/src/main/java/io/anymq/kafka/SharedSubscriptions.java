package io.anymq.kafka;

import io.anymq.MessagingTimeoutException;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens consumers of shared subscriptions that are not durable: each of those ends with its last
 * member, and what members that crashed have left begins anew. Safe for use by several threads.
 */
final class SharedSubscriptions {

  private static final Logger LOG = LoggerFactory.getLogger(SharedSubscriptions.class);

  /** How often one begins anew that others remove while it begins. */
  private static final int ATTEMPTS = 5;

  /** Opens a consumer that takes turns. */
  interface InTurn {

    /**
     * Opens it.
     *
     * @param beforeTurn is called when it is a consumer's turn, before it joins the share group
     */
    LinkConsumer open(
        Members.Member member,
        DeliverySink sink,
        Runnable beforeTurn,
        Consumer<OpenConsumer> onClosed);
  }

  private final KafkaTopology topology;
  private final Turns turns;
  private final Members members;
  private final UnusedGroups unused;
  private final Duration removal;
  private final InTurn inTurn;

  /**
   * For one link.
   *
   * @param removal how long a link takes at most to remove a group
   */
  SharedSubscriptions(
      KafkaTopology topology,
      Turns turns,
      Members members,
      UnusedGroups unused,
      Duration removal,
      InTurn inTurn) {
    this.topology = topology;
    this.turns = turns;
    this.members = members;
    this.unused = unused;
    this.removal = removal;
    this.inTurn = inTurn;
  }

  LinkConsumer open(Topic topic, Source.Terms terms, ConsumerRequest request, DeliverySink sink) {
    topology.retention().check(topic);
    String group = topology.names().sharedGroup(topic, terms.name().orElseThrow());
    UnusedGroups.Use use = unused.use(group);
    try {
      OffsetSpec start = Consumers.start(terms.replayFrom());
      Opening opening = new Opening(topic, group, start, request, use);
      LinkConsumer consumer = open(opening, sink);
      use.opened(() -> setUpAgain(opening));
      return consumer;
    } catch (RuntimeException e) {
      use.end();
      throw e;
    }
  }

  /**
   * A consumer to be.
   *
   * @param topic the topic
   * @param group the share group
   * @param start where it begins when it is new
   * @param request what is asked for
   * @param use its use of the group
   */
  private record Opening(
      Topic topic, String group, OffsetSpec start, ConsumerRequest request, UnusedGroups.Use use) {}

  /** As long as it was no member, others may have removed the group: then all begins anew. */
  private LinkConsumer open(Opening of, DeliverySink sink) {
    Set<TopicPartition> placed = new HashSet<>();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      TopicDescription found = topology.require(of.topic());
      if (!of.request().keyOrdered()) {
        turns.requireNone(of.group()); // who is refused must not have moved the group before
      }
      int limit = begin(of);
      Optional<BegunGroup> begun = BegunGroup.of(topology, of.group(), found, removal, placed);
      if (begun.isPresent()) {
        HeldBack held = new HeldBack(sink);
        LinkConsumer consumer = join(of, limit, held, begun.get());
        if (held.openIf(begun.get()::isThere, consumer)) {
          return consumer;
        }
      }
      LOG.debug("Group {} was removed while it began; it begins anew", of.group());
    }
    throw new MessagingTimeoutException(
        "Group %s was removed, or could not be looked at, %d times while a consumer joined it"
            .formatted(of.group(), ATTEMPTS));
  }

  private void setUpAgain(Opening of) {
    int unusedLimit = topology.groups().markAgain(of.group());
    if (of.request().keyOrdered()) {
      Duration unusedTime = topology.groups().settings().shortenLocks(of.group());
    }
  }

  private int begin(Opening of) {
    // One that waits for its turn is no member of the share group, and keeps the subscription.
    boolean goesOn =
        of.use().isContinued()
            || (of.request().keyOrdered() && !turns.members(of.group()).isEmpty());
    return goesOn
        ? topology.ensureGroup(of.topic(), of.group(), of.start())
        : topology.beginGroup(of.topic(), of.group(), of.start());
  }

  private LinkConsumer join(Opening of, int limit, HeldBack held, BegunGroup begun) {
    boolean keyOrdered = of.request().keyOrdered();
    Members.Member member =
        new Members.Member(
            of.topic(),
            topology.names().topic(of.topic()),
            of.group(),
            limit,
            of.request().prefetch(),
            keyOrdered ? Members.TURN : Members.MEMBER);
    if (keyOrdered) {
      Runnable restore =
          () -> {
            int unusedLimit = begun.restore();
            Duration unusedTime = topology.groups().settings().shortenLocks(of.group());
          };
      return inTurn.open(
          member, of.use().watching(held), restore, closed -> end(of.use(), held, false));
    }
    turns.requireNone(of.group());
    return members.join(member, held, closed -> end(of.use(), held, closed.isBroken()));
  }

  /** A consumer has closed; not for one that another one takes the place of. */
  static void end(UnusedGroups.Use use, HeldBack held, boolean broken) {
    if (!held.isDropped()) {
      if (broken) {
        use.breakUp();
      }
      use.end();
    }
  }
}
