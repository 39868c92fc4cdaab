package io.anymq.kafka;

import io.anymq.MessagingTimeoutException;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
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
  private final InTurn inTurn;

  SharedSubscriptions(
      KafkaTopology topology, Turns turns, Members members, UnusedGroups unused, InTurn inTurn) {
    this.topology = topology;
    this.turns = turns;
    this.members = members;
    this.unused = unused;
    this.inTurn = inTurn;
  }

  LinkConsumer open(Topic topic, Source.Terms terms, ConsumerRequest request, DeliverySink sink) {
    String group = topology.names().sharedGroup(topic, terms.name().orElseThrow());
    UnusedGroups.Use use = unused.use(group);
    try {
      OffsetSpec start = Consumers.start(terms.replayFrom());
      LinkConsumer consumer = open(new Opening(topic, group, start, request, use), sink);
      use.opened();
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
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      int limit = begin(of);
      BegunGroup begun = BegunGroup.of(topology.groups(), of.group());
      HeldBack held = new HeldBack(sink);
      LinkConsumer consumer = join(of, limit, held, begun);
      if (isThere(of, begun, consumer)) {
        held.open();
        return consumer;
      }
      LOG.debug("Group {} was removed while it began; it begins anew", of.group());
      held.drop();
      consumer.close();
    }
    throw new MessagingTimeoutException(
        "Group %s was removed %d times while a consumer joined it".formatted(of.group(), ATTEMPTS));
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
            begun.restore();
            Duration unused = topology.groups().settings().shortenLocks(of.group());
          };
      return inTurn.open(member, of.use().watching(held), restore, closed -> end(of, held, false));
    }
    turns.requireNone(of.group());
    return members.join(member, held, closed -> end(of, held, closed.isBroken()));
  }

  private static void end(Opening of, HeldBack held, boolean broken) {
    if (!held.isDropped()) {
      end(of.use(), broken);
    }
  }

  static void end(UnusedGroups.Use use, boolean broken) {
    if (broken) {
      use.breakUp();
    }
    use.end();
  }

  /** A failure ends the consumer, for nobody else has it yet. */
  private boolean isThere(Opening of, BegunGroup begun, LinkConsumer consumer) {
    try {
      int users =
          of.request().keyOrdered()
              ? turns.members(of.group()).size()
              : topology.groups().members(of.group()).size();
      return begun.isThere(users > 1);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }
}
