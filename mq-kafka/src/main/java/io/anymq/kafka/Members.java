package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.Source;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Opens consumers that are members of share groups. Safe for use by several threads. */
final class Members {

  /** The role of a member that must be the only one; it shows in its client id. */
  private static final String ALONE = "alone";

  /** The role of one that shares. */
  static final String MEMBER = "share";

  /** The role of one that has its turn. */
  static final String TURN = "turn";

  /** Those who take turns, and one that empties a queue; it hands nothing out. */
  private static final Pattern TAKES_TURNS =
      Pattern.compile(".*-(" + TURN + "|purge)" + ClientIds.SUFFIX, Pattern.DOTALL);

  private static final Pattern IS_ALONE =
      Pattern.compile(".*-" + ALONE + ClientIds.SUFFIX, Pattern.DOTALL);

  private final KafkaConfig config;
  private final ShareGroups groups;
  private final Turns turns;
  private final SharedProducer producer;
  private final LinkState state;
  private final Set<OpenConsumer> open;
  private final KeptReturn kept;
  private final FirstMembers first;
  private final HandOuts handOuts;
  private final GroupUpkeep upkeep;

  Members(
      KafkaConfig config,
      ShareGroups groups,
      Turns turns,
      SharedProducer producer,
      LinkState state,
      Set<OpenConsumer> open,
      KeptReturn kept,
      HandOuts handOuts) {
    this.kept = kept;
    this.handOuts = handOuts;
    upkeep = new GroupUpkeep(groups.settings(), state, config.operationTimeout());
    this.config = config;
    this.groups = groups;
    this.turns = turns;
    this.producer = producer;
    this.state = state;
    this.open = open;
    first = new FirstMembers(groups::isAssigned, state, config.operationTimeout());
  }

  /**
   * A member of a share group to be.
   *
   * @param destination the queue or topic
   * @param topic its native topic
   * @param group the share group
   * @param limit after how many deliveries the broker archives a record
   * @param prefetch how many deliveries may be unsettled
   * @param role a part of its client id
   */
  record Member(
      Destination destination, String topic, String group, int limit, int prefetch, String role) {}

  /**
   * A consumer that must be alone is refused where there is any other; one that shares, where there
   * is one that must be alone.
   *
   * @return the role that it takes
   */
  String requireFree(String group, Source.Terms terms, String subject) {
    boolean taken =
        groups.members(group).stream()
            .anyMatch(other -> !terms.shared() || IS_ALONE.matcher(other).matches());
    if (taken) {
      throw KafkaTopology.inUse(subject, terms.name().orElseThrow());
    }
    return terms.shared() ? MEMBER : ALONE;
  }

  /** Whether a share group has members that take no turns. */
  boolean hasOthersThanTurns(String group) {
    return groups.members(group).stream().anyMatch(each -> !TAKES_TURNS.matcher(each).matches());
  }

  /** Refuses a consumer that could lose messages at the delivery limit of its group. */
  void requireSafe(Member member) {
    kept.records().requireRight(member.topic(), member.group());
  }

  /** Opens one that the link keeps an eye on. */
  GroupConsumer open(Member member, DeliverySink sink, Consumer<GroupConsumer> onClosed) {
    requireSafe(member);
    GroupConsumer consumer = create(member, sink, onClosed.andThen(open::remove));
    open.add(consumer);
    start(member.group(), consumer);
    return consumer;
  }

  /** Opens one that was created; the link's first ones until they have partitions. */
  void start(String group, GroupConsumer consumer) {
    FirstMembers.Joining joining = first.joining(group);
    consumer.open();
    try {
      joining.await(consumer::clientIds, consumer::isClosing);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** As {@link FirstMembers#joining}. */
  FirstMembers.Joining joining(String group) {
    return first.joining(group);
  }

  /** One that is not open yet, and that its maker keeps an eye on. */
  GroupConsumer create(Member member, DeliverySink sink, Consumer<GroupConsumer> onClosed) {
    return create(member, OldLocks.none(), sink, onClosed);
  }

  /** As that, after another one that may still hold something. */
  GroupConsumer create(
      Member member, OldLocks oldLocks, DeliverySink sink, Consumer<GroupConsumer> onClosed) {
    DeliveryLimit limit = new DeliveryLimit(member.limit(), member.group(), producer);
    GroupUpkeep.Upkeep own = upkeep.begin(limit, member.group(), member.role().equals(TURN));
    GroupConsumer.Setup setup =
        new GroupConsumer.Setup(
            config,
            member.destination(),
            member.topic(),
            member.group(),
            limit,
            member.prefetch(),
            member.role(),
            () -> requireNoTurns(member),
            kept,
            handOuts,
            oldLocks,
            own);
    return new GroupConsumer(
        setup,
        sink,
        state,
        closed -> {
          own.end(); // before anybody removes the group, and its settings
          onClosed.accept(closed);
        });
  }

  /** The link closes. */
  void close() {
    upkeep.close();
  }

  private void requireNoTurns(Member member) {
    if (member.role().equals(MEMBER)) {
      turns.requireNone(member.group());
    }
  }

  /** Opens, and waits until the next one who asks sees that the subscription is held. */
  GroupConsumer join(Member member, DeliverySink sink, Consumer<GroupConsumer> onClosed) {
    GroupConsumer consumer = open(member, sink, onClosed);
    awaitJoinedOrClose(member.group(), consumer);
    return consumer;
  }

  /** A consumer that nobody waits for any more must not go on as a member. */
  void awaitJoinedOrClose(String group, GroupConsumer consumer) {
    try {
      awaitJoined(group, consumer);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void awaitJoined(String group, GroupConsumer consumer) {
    long deadline = System.nanoTime() + config.operationTimeout().toNanos();
    while (System.nanoTime() - deadline < 0 && state.isOpen() && !consumer.isBroken()) {
      List<String> members = groups.members(group);
      if (consumer.clientIds().stream().anyMatch(members::contains)) {
        break;
      }
      Pauses.brief("joining group " + group);
    }
  }
}
