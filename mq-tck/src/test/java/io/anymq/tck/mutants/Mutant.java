package io.anymq.tck.mutants;

import io.anymq.AuthenticationException;
import io.anymq.Capability;
import io.anymq.ConnectFailedException;
import io.anymq.spi.Link;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The faulty variants, each with the rules that are meant to catch it. */
@SuppressWarnings(
    "ImmutableEnumChecker") // constructors and unmodifiable lists, by their declared types
enum Mutant {
  LOSES_EVERY_TENTH(SendMutations.LosesEveryTenth::new, "SEND-02"),
  CONFIRMS_WITHOUT_STORING(SendMutations.ConfirmsWithoutStoring::new, "SEND-01"),
  DUPLICATES(SendMutations.Duplicates::new, "SEND-02"),
  CONFIRMS_WHAT_IS_MISSING(SendMutations.ConfirmsWhatIsMissing::new, "SEND-08"),
  SENDS_TRANSIENT(SendMutations.SendsTransient::new, "RECOV-22"),
  CROSS_TALK(SendMutations.CrossTalk::new, "MSG-17"),
  REORDERS(MessageMutations.Reorders::new, "RECV-01"),
  CORRUPTS_BODIES(MessageMutations.CorruptsBodies::new, "SEND-02", "MSG-05"),
  TRUNCATES_LARGE_BODIES(MessageMutations.TruncatesLargeBodies::new, "MSG-05", "RECV-15"),
  WIDENS_BYTES(MessageMutations.WidensBytes::new, "MSG-03"),
  EMPTY_IS_ABSENT(MessageMutations.EmptyIsAbsent::new, "MSG-01"),
  DROPS_EMPTY_PROPERTIES(MessageMutations.DropsEmptyProperties::new, "MSG-04"),
  REPLY_TO_IS_A_QUEUE(MessageMutations.ReplyToIsQueue::new, "MSG-02"),
  COUNTS_SECONDS(MessageMutations.CountsSeconds::new, "MSG-09", "MSG-08"),
  ALWAYS_PERSISTENT(MessageMutations.AlwaysPersistent::new, "MSG-10"),
  LOSES_EXPIRY(
      MessageMutations.LosesExpiry::new,
      "CAP-23",
      "TTL-01",
      "TTL-02",
      "TTL-03",
      "TTL-06",
      "TTL-07",
      "TTL-08",
      "TTL-11"),
  OWN_IDS(MessageMutations.OwnIds::new, "MSG-08"),
  SIMILAR_NAMES_COLLIDE(TopologyMutations.SimilarNamesCollide::new, "MSG-16"),
  NEVER_REDELIVERS(SettleMutations.NeverRedelivers::new, "ACK-05"),
  REDELIVERS_WITHOUT_FLAG(SettleMutations.RedeliversWithoutFlag::new, "ACK-11"),
  COUNT_STUCK_AT_ONE(SettleMutations.CountStuckAtOne::new, "RDLV-06", "CAP-04"),
  ACCEPTS_CUMULATIVELY(SettleMutations.AcceptsCumulatively::new, "ACK-07"),
  LOSES_ACCEPTS(SettleMutations.LosesAccepts::new, "ACK-01", "KEY-09"),
  CLOSE_LOSES_SETTLEMENTS(SettleMutations.CloseLosesSettlements::new, "ACK-01"),
  IGNORES_PREFETCH(SettleMutations.IgnoresPrefetch::new, "RECV-08"),
  DROPS_UNDECODABLE(SettleMutations.DropsUndecodable::new, "INTEROP-03"),
  SLOW_JOINER(TopologyMutations.SlowJoiner::new, "TOPIC-01"),
  DURABLE_LOSES_BACKLOG(
      TopologyMutations.DurableLosesBacklog::new, "TOPIC-20", "TOPIC-44", "CAP-06"),
  DURABLE_IS_SHARED(TopologyMutations.DurableIsShared::new, "TOPIC-22", "TOPIC-46"),
  UNSUBSCRIBES_NOTHING(TopologyMutations.UnsubscribesNothing::new, "TOPIC-23", "TOPIC-45"),
  DELETES_NOTHING(TopologyMutations.DeletesNothing::new, "DEST-02"),
  DECLARE_EMPTIES(TopologyMutations.DeclareEmpties::new, "DEST-01"),
  PURGES_NOTHING(TopologyMutations.PurgesNothing::new, "DEST-06", "CAP-10"),
  UNBOUNDED(
      TopologyMutations.Unbounded::new,
      "CAP-12",
      "DEST-30",
      "DEST-31",
      "DEST-32",
      "DEST-33",
      "DEST-35"),
  TEMPORARY_STAYS(TopologyMutations.TemporaryStays::new, "CAP-11", "TEMP-05", "REQ-05"),
  DEPTH_MIXES_IN_FLIGHT(DepthMutations.MixesInFlight::new, "DEPTH-07"),
  DEPTH_IS_STALE(DepthMutations.Stale::new, "DEPTH-02"),
  DEPTH_OF_MISSING_IS_ZERO(DepthMutations.MissingIsZero::new, "DEPTH-03"),
  DEPTH_MAKES_QUEUES(DepthMutations.MakesQueues::new, "DEPTH-03"),
  HIDES_LINK_LOSS(LifeMutations.HidesLinkLoss::new, "RECOV-01"),
  LEAKS_A_THREAD(LifeMutations.LeaksThread::new, "LIFE-10"),
  IGNORES_PRIORITY(KindMutations.IgnoresPriority::new, "CAP-20", "DEST-20", "DEST-21", "DEST-23"),
  ALWAYS_PRIORITIZES(KindMutations.AlwaysPrioritizes::new, "DEST-22"),
  IGNORES_DELAY(
      KindMutations.IgnoresDelay::new,
      "CAP-21",
      "DELAY-01",
      "DELAY-02",
      "DELAY-03",
      "DELAY-04",
      "DELAY-05",
      "DELAY-07",
      "DELAY-08"),
  LOSES_DELAYED(KindMutations.LosesDelayed::new, "DELAY-05", "DELAY-06", "DELAY-08"),
  SHARED_IS_PLAIN(SubscriptionMutations.SharedIsPlain::new, "CAP-07", "TOPIC-40", "TOPIC-42"),
  SHARED_OUTLIVES(SubscriptionMutations.SharedOutlives::new, "TOPIC-43"),
  SHARED_NAMES_COLLIDE(SubscriptionMutations.SharedNamesCollide::new, "TOPIC-41"),
  STAR_IS_HASH(SubscriptionMutations.StarIsHash::new, "TOPIC-60"),
  PATTERN_KNOWS_OLD_TOPICS(
      SubscriptionMutations.PatternKnowsOldTopics::new, "TOPIC-61", "TOPIC-66"),
  PATTERN_UNSUBSCRIBES_NOTHING(SubscriptionMutations.PatternUnsubscribesNothing::new, "TOPIC-64"),
  FORGETS_TOPIC(SubscriptionMutations.ForgetsTopic::new, "CAP-08", "TOPIC-65", "TOPIC-07"),
  IGNORES_KEYS(
      KeyMutations.Ignores::new,
      "KEY-01",
      "KEY-02",
      "KEY-04",
      "KEY-05",
      "KEY-06",
      "KEY-07",
      "KEY-10",
      "KEY-11"),
  ONE_FOR_ALL_KEYS(KeyMutations.OneForAll::new, "KEY-03", "KEY-08"),
  HIDES_BACKLOG_OF_KEYS(KeyMutations.HidesBacklog::new, "KEY-12"),
  BROWSER_TAKES(BrowseMutations.Takes::new, "CAP-09", "BROWSE-04", "BROWSE-06"),
  BROWSER_REVERSES(BrowseMutations.Reverses::new, "BROWSE-01"),
  BROWSER_MAKES_QUEUES(BrowseMutations.MakesQueues::new, "BROWSE-03"),
  BROWSER_INVENTS(BrowseMutations.Invents::new, "BROWSE-02"),
  BROWSER_DROPS_PROPERTIES(BrowseMutations.DropsProperties::new, "BROWSE-05"),
  BROWSER_IS_STALE(BrowseMutations.IsStale::new, "BROWSE-07"),
  TEMPORARY_ENDS_EARLY(KindMutations.TemporaryEndsEarly::new, "TEMP-03"),
  TEMPORARY_IS_ONE(KindMutations.TemporaryIsOne::new, "TEMP-01"),
  DECLARES_QUEUE_SELECTORS(() -> new LifeMutations.Declares(Capability.QUEUE_SELECTORS), "CAP-24"),
  DECLARES_TOPIC_SELECTORS(
      () -> new LifeMutations.Declares(Capability.TOPIC_SELECTORS),
      "CAP-25",
      "SEL-01",
      "SEL-02",
      "SEL-03",
      "SEL-04",
      "SEL-06",
      "SEL-07",
      "SEL-08"),
  DECLARES_REPLAY(
      () -> new LifeMutations.Declares(Capability.REPLAY),
      "CAP-15",
      "TOPIC-80",
      "TOPIC-81",
      "TOPIC-83",
      "TOPIC-84",
      "TOPIC-85"),
  MISNAMES_AUTHENTICATION(Mutation::new, Mutant::misnamed, "ERR-04");

  private final Supplier<Mutation> mutation;
  private final Function<Supplier<Link>, Link> connect;
  private final List<String> rules;

  Mutant(Supplier<Mutation> mutation, String... rules) {
    this(mutation, Supplier::get, rules);
  }

  Mutant(Supplier<Mutation> mutation, Function<Supplier<Link>, Link> connect, String... rules) {
    this.mutation = mutation;
    this.connect = connect;
    this.rules = List.of(rules);
  }

  /** A new mutation, for one link. */
  Mutation mutation() {
    return mutation.get();
  }

  Link connect(Supplier<Link> connecting) {
    return connect.apply(connecting);
  }

  /** The rules that are meant to catch it. */
  List<String> rules() {
    return rules;
  }

  private static Link misnamed(Supplier<Link> connecting) {
    try {
      return connecting.get();
    } catch (AuthenticationException e) {
      throw new ConnectFailedException("Nobody answers", e);
    }
  }
}
