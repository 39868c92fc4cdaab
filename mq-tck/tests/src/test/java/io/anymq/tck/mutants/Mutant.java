package io.anymq.tck.mutants;

import io.anymq.Capability;
import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.tck.TckRun;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The faulty variants, each with the rules that are meant to catch it. */
@SuppressWarnings(
    "ImmutableEnumChecker") // constructors and unmodifiable lists, by their declared types
enum Mutant implements Variant {
  LOSES_EVERY_TENTH(SendMutations.LosesEveryTenth::new, "SEND-02", "TOPIC-12", "DEPTH-14"),
  CONFIRMS_WITHOUT_STORING(
      SendMutations.ConfirmsWithoutStoring::new, "SEND-01", "SEND-17", "LIFE-17"),
  DUPLICATES(SendMutations.Duplicates::new, "SEND-02", "SEND-03", "SEND-05", "RECV-06"),
  REPAIRS_TWICE(SendMutations.RepairsTwice::new, "SEND-09", "SEND-20"),
  CONFIRMS_WHAT_IS_MISSING(
      SendMutations.ConfirmsWhatIsMissing::new,
      "SEND-08",
      "SEND-09",
      "DELAY-10",
      "DELAY-11",
      "TEMP-09"),
  SENDS_TRANSIENT(
      SendMutations.SendsTransient::new, "RECOV-22", "RECOV-24", "RECOV-33", "CAP-01", "ERR-05"),
  CROSS_TALK(SendMutations.CrossTalk::new, "MSG-17", "DEPTH-12"),
  REORDERS(MessageMutations.Reorders::new, "RECV-01", "RECV-05", "SEND-19", "TOPIC-02"),
  CORRUPTS_BODIES(MessageMutations.CorruptsBodies::new, "SEND-02", "MSG-05", "INTEROP-05"),
  TRUNCATES_LARGE_BODIES(MessageMutations.TruncatesLargeBodies::new, "MSG-05", "RECV-15", "MSG-06"),
  WIDENS_BYTES(MessageMutations.WidensBytes::new, "MSG-03", "MSG-11", "MSG-12", "ACK-10"),
  EMPTY_IS_ABSENT(MessageMutations.EmptyIsAbsent::new, "MSG-01"),
  DROPS_EMPTY_PROPERTIES(MessageMutations.DropsEmptyProperties::new, "MSG-04"),
  REPLY_TO_IS_A_QUEUE(MessageMutations.ReplyToIsQueue::new, "MSG-02", "MSG-11"),
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
      "TTL-11",
      "TTL-04",
      "TTL-05",
      "DEPTH-18"),
  OWN_IDS(MessageMutations.OwnIds::new, "MSG-08", "SEND-15"),
  SIMILAR_NAMES_COLLIDE(TopologyMutations.SimilarNamesCollide::new, "MSG-16"),
  NEVER_REDELIVERS(SettleMutations.NeverRedelivers::new, "ACK-05", "ACK-06", "RDLV-10", "DEPTH-09"),
  REDELIVERS_WITHOUT_FLAG(
      SettleMutations.RedeliversWithoutFlag::new,
      "ACK-11",
      "ACK-12",
      "KEY-14",
      "LIFE-08",
      "TOPIC-08",
      "SEL-19",
      "SEL-21"),
  COUNT_STUCK_AT_ONE(
      SettleMutations.CountStuckAtOne::new, "RDLV-06", "RDLV-52", "CAP-04", "RDLV-02"),
  ACCEPTS_CUMULATIVELY(
      SettleMutations.AcceptsCumulatively::new, "ACK-07", "RECOV-16", "ACK-14", "TOPIC-28"),
  LOSES_ACCEPTS(
      SettleMutations.LosesAccepts::new,
      "ACK-01",
      "ACK-08",
      "ACK-13",
      "ACK-16",
      "DEPTH-06",
      "KEY-09"),
  CLOSE_LOSES_SETTLEMENTS(SettleMutations.CloseLosesSettlements::new, "ACK-01", "LIFE-07"),
  IGNORES_PREFETCH(
      SettleMutations.IgnoresPrefetch::new, "RECV-08", "RECV-16", "DEPTH-15", "CAP-14", "SEL-26"),
  ROUNDS_PREFETCH_UP(SettleMutations.RoundsPrefetchUp::new, "RECV-18"),
  DROPS_UNDECODABLE(SettleMutations.DropsUndecodable::new, "INTEROP-03"),
  SLOW_JOINER(TopologyMutations.SlowJoiner::new, "TOPIC-01"),
  DURABLE_LOSES_BACKLOG(
      TopologyMutations.DurableLosesBacklog::new, "TOPIC-20", "TOPIC-44", "CAP-06"),
  DURABLE_IS_SHARED(TopologyMutations.DurableIsShared::new, "TOPIC-22", "TOPIC-46"),
  UNSUBSCRIBES_NOTHING(
      TopologyMutations.UnsubscribesNothing::new, "TOPIC-23", "TOPIC-45", "TOPIC-24"),
  DELETES_NOTHING(TopologyMutations.DeletesNothing::new, "DEST-02", "TEMP-04", "SEND-09"),
  DECLARE_EMPTIES(TopologyMutations.DeclareEmpties::new, "DEST-01"),
  PURGES_NOTHING(TopologyMutations.PurgesNothing::new, "DEST-06", "CAP-10", "DEST-08", "DEPTH-16"),
  UNBOUNDED(
      TopologyMutations.Unbounded::new,
      "CAP-12",
      "DEST-30",
      "DEST-31",
      "DEST-32",
      "DEST-33",
      "DEST-35"),
  TEMPORARY_STAYS(TopologyMutations.TemporaryStays::new, "CAP-11", "TEMP-05", "REQ-05"),
  DEPTH_MIXES_IN_FLIGHT(DepthMutations.MixesInFlight::new, "DEPTH-07", "DEPTH-40"),
  DEPTH_IS_STALE(DepthMutations.Stale::new, "DEPTH-02", "DEPTH-10"),
  DEPTH_OF_MISSING_IS_ZERO(DepthMutations.MissingIsZero::new, "DEPTH-03"),
  DEPTH_MAKES_QUEUES(DepthMutations.MakesQueues::new, "DEPTH-03"),
  HIDES_LINK_LOSS(
      LifeMutations.HidesLinkLoss::new,
      "RECOV-01",
      "RECOV-02",
      "RECOV-03",
      "RECOV-04",
      "RECOV-06",
      "RECOV-07",
      "RECOV-08",
      "RECOV-10",
      "RECOV-11",
      "RECOV-12",
      "RECOV-13",
      "RECOV-14",
      "RECOV-15",
      "TEMP-06",
      "REQ-13"),
  DEAF_AFTER_DELETION(SubscriptionMutations.DeafAfterDeletion::new, "DEST-80", "DEST-81"),
  INTERRUPTS_ARE_LOSSES(
      InterruptMutations.AreLosses::new, "LIFE-81", "LIFE-82", "LIFE-85", "LIFE-86"),
  INTERRUPTS_LEAVE_CONSUMERS(InterruptMutations.LeaveConsumers::new, "LIFE-86"),
  ASKS_AGAIN_AND_AGAIN(LifeMutations.AsksAgain::new, "ERR-07"),
  LEAKS_A_THREAD(LifeMutations.LeaksThread::new, "LIFE-10", "LIFE-14"),
  IGNORES_PRIORITY(
      KindMutations.IgnoresPriority::new, "CAP-20", "DEST-20", "DEST-21", "DEST-23", "SEL-22"),
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
      "DELAY-08",
      "SEL-23"),
  LOSES_DELAYED(KindMutations.LosesDelayed::new, "DELAY-05", "DELAY-06", "DELAY-08"),
  DELAYED_ARE_HELD_UP(KindMutations.DelayedAreHeldUp::new, "DELAY-09"),
  PURGES_MEMORY(RestartMutations.PurgesMemory::new, "RECOV-24"),
  DELETES_IN_MEMORY(RestartMutations.DeletesInMemory::new, "RECOV-24"),
  COMMITS_IN_TWO_STEPS(RestartMutations.CommitsInTwoSteps::new, "CAP-03", "TX-17", "RECOV-26"),
  SHARED_IS_PLAIN(SubscriptionMutations.SharedIsPlain::new, "CAP-07", "TOPIC-40", "TOPIC-42"),
  SHARED_OUTLIVES(SubscriptionMutations.SharedOutlives::new, "TOPIC-43"),
  SHARED_NAMES_COLLIDE(SubscriptionMutations.SharedNamesCollide::new, "TOPIC-41"),
  STAR_IS_HASH(SubscriptionMutations.StarIsHash::new, "TOPIC-60"),
  PATTERN_KNOWS_OLD_TOPICS(
      SubscriptionMutations.PatternKnowsOldTopics::new, "TOPIC-61", "TOPIC-66"),
  TOPIC_IS_HALF_MADE(SubscriptionMutations.TopicIsHalfMade::new, "TOPIC-67"),
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
      "KEY-11",
      "KEY-15"),
  ONE_FOR_ALL_KEYS(KeyMutations.OneForAll::new, "KEY-03", "KEY-08"),
  HIDES_BACKLOG_OF_KEYS(KeyMutations.HidesBacklog::new, "KEY-12"),
  KEYS_STAY_WITH_THE_DEAD(KeyMutations.StayWithTheDead::new, "KEY-07"),
  CRASH_MIXES_KEYS(KeyMutations.CrashMixes::new, "KEY-14"),
  TURN_GOES_TO_THE_DEAD(KeyMutations.TheWaitingStay::new, Map.of("keys-by-turn", "true"), "KEY-16"),
  BROWSER_TAKES(BrowseMutations.Takes::new, "CAP-09", "BROWSE-04", "BROWSE-06"),
  BROWSER_REVERSES(BrowseMutations.Reverses::new, "BROWSE-01"),
  BROWSER_MAKES_QUEUES(BrowseMutations.MakesQueues::new, "BROWSE-03"),
  BROWSER_INVENTS(BrowseMutations.Invents::new, "BROWSE-02"),
  BROWSER_DROPS_PROPERTIES(BrowseMutations.DropsProperties::new, "BROWSE-05"),
  BROWSER_IS_STALE(BrowseMutations.IsStale::new, "BROWSE-07"),
  BROWSER_SHOWS_UNDECODABLE(BrowseMutations.ShowsUndecodable::new, "BROWSE-08"),
  BROWSER_ENDS_AT_UNDECODABLE(BrowseMutations.EndsAtUndecodable::new, "BROWSE-08"),
  TEMPORARY_ENDS_EARLY(KindMutations.TemporaryEndsEarly::new, "TEMP-03"),
  TEMPORARY_IS_ONE(KindMutations.TemporaryIsOne::new, "TEMP-01"),
  IGNORES_QUEUE_SELECTORS(
      SelectorMutations.Ignores::new,
      "CAP-24",
      "SEL-10",
      "SEL-11",
      "SEL-12",
      "SEL-13",
      "SEL-14",
      "SEL-16",
      "SEL-17",
      "SEL-18",
      "SEL-19",
      "SEL-21",
      "SEL-22",
      "SEL-23"),
  HOLDS_WHAT_IS_NOT_SELECTED(
      SelectorMutations.HoldsTheRest::new,
      Map.of("counts-takes", "true"),
      "SEL-14",
      "SEL-15",
      "SEL-16",
      "SEL-17"),
  ACCEPTS_WHAT_IS_NOT_SELECTED(
      SelectorMutations.AcceptsTheRest::new, "CAP-24", "SEL-14", "SEL-15", "SEL-16", "SEL-21"),
  SELECTS_ONCE(SelectorMutations.SelectsOnce::new, "SEL-14", "SEL-18"),
  SELECTS_FROM_A_PAGE(SelectorMutations.LooksAtAPage::new, "SEL-17"),
  FORGETS_SELECTOR_WHEN_MADE_AGAIN(SelectorMutations.ForgetsWhenMadeAgain::new, "SEL-25"),
  HIDES_WHAT_IS_NOT_SELECTED(SelectorMutations.HidesTheRest::new, "SEL-15"),
  CONVERTS_TEXTS(SelectorMutations.ConvertsTexts::new, "SEL-13", "SEL-04"),
  UNKNOWN_IS_FALSE(SelectorMutations.UnknownIsFalse::new, "SEL-11"),
  RENAMES_FIELDS(SelectorMutations.RenamesFields::new, "SEL-12"),
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
  REPLAYS_NOTHING(
      ReplayMutations.Nothing::new, "CAP-15", "TOPIC-80", "TOPIC-81", "TOPIC-84", "TOPIC-86"),
  REPLAYS_EVERYTHING(
      ReplayMutations.Everything::new, "TOPIC-81", "TOPIC-82", "TOPIC-85", "TOPIC-86", "TOPIC-87"),
  REPLAYS_ONCE(ReplayMutations.Once::new, "TOPIC-83"),
  REPLAYS_FROM_ANY_POSITION(ReplayMutations.AnyPosition::new, "TOPIC-88"),
  POSITION_IS_ONE_BEFORE(ReplayMutations.OneBefore::new, "TOPIC-86", "TOPIC-87"),
  DECLARES_BY_TURNS(LifeMutations.DeclaresByTurns::new, "CONF-11"),
  PASSES_NATIVE_TEXT_ON(LifeMutations.PassesNativeTextOn::new, "ERR-03"),
  TELLS_SECRETS(LifeMutations.TellsSecrets::new, "CONF-05"),
  IGNORES_NATIVE_NAMES(LifeMutations.IgnoresNativeNames::new, "MSG-19", "MSG-51"),
  WRAPS_BODIES(MessageMutations.WrapsBodies::new, "INTEROP-01", "INTEROP-02", "INTEROP-05"),
  REMEMBERS_DELETED(TopologyMutations.RemembersDeleted::new, "DEST-09"),
  NEEDS_LISTENERS(TopologyMutations.NeedsListeners::new, "TOPIC-05"),
  DURABLE_NAMES_COLLIDE(
      SubscriptionMutations.DurableNamesCollide::new, MessagingException.class, "TOPIC-26"),
  PATTERN_LOSES_BACKLOG(SubscriptionMutations.PatternLosesBacklog::new, "TOPIC-63", "RECOV-24"),
  LOSES_REPLY_TO(MessageMutations.LosesReplyTo::new, "CAP-16"),
  MORTAL_DEAD_LETTERS(MessageMutations.MortalDeadLetters::new, "TTL-09"),
  CONFUSED_BY_GARBAGE(LifeMutations.ConfusedByGarbage::new, "ERR-06"),
  FOLDS_NAMES(TopologyMutations.FoldsNames::new, InvalidDestinationException.class, "MSG-15"),
  PLAIN_OUTLIVES(SubscriptionMutations.PlainOutlives::new, "TOPIC-04"),
  PLAIN_NAMES_COLLIDE(SubscriptionMutations.PlainNamesCollide::new, "TOPIC-06"),
  MARKS_EVERYTHING(SettleMutations.MarksEverything::new, "RECV-14", "DEPTH-05", "RDLV-01"),
  DELIVERS_TWICE(SettleMutations.DeliversTwice::new, "TOPIC-02"),
  RELEASES_ALL(SettleMutations.ReleasesAll::new, "TX-10"),
  RELEASES_TO_THE_END(SettleMutations.ReleasesToTheEnd::new, "KEY-05", "KEY-13"),
  KEEPS_WHAT_IS_HELD(SettleMutations.KeepsWhatIsHeld::new, "ACK-11", "SEL-20"),
  SENDS_FAIL_AFTER_LOSS(SendMutations.FailAfterLoss::new, MessagingException.class, "RECOV-23"),
  REPEATS_WITHOUT_MARK(SendMutations.RepeatsWithoutMark::new, "RECOV-25"),
  SWALLOWS_FIRST_AFTER_LOSS(SendMutations.SwallowsFirstAfterLoss::new, "RECOV-23"),
  FORGETS_SUBSCRIBERS(TopologyMutations.ForgetsSubscribers::new, "TOPIC-21"),
  UNSUBSCRIBES_ALL(TopologyMutations.UnsubscribesAll::new, "TOPIC-27"),
  DEPTH_COUNTS_SENDS(DepthMutations.CountsSends::new, "DEPTH-06"),
  COUNTS_THE_UNSEEN(
      UnseenMutations.CountsThem::new,
      Map.of("counts-takes", "true"),
      "RDLV-40",
      "RDLV-41",
      "RDLV-42",
      "RDLV-48",
      "RDLV-51"),
  PARKED_TAKES_A_PLACE(SettleMutations.ParkedTakesAPlace::new, "RDLV-43", "RDLV-47", "RDLV-50"),
  DROPS_REFUSED_LETTERS(LetterMutations.DropsRefused::new, "RDLV-47"),
  WRITES_LETTERS_TWICE(LetterMutations.WritesTwice::new, "RECOV-32", "RDLV-09"),
  NO_ROOM_FOR_MARKS(LetterMutations.NoRoomForMarks::new, "RDLV-46"),
  TOPIC_LETTERS_AMONG_QUEUES(LetterMutations.TopicsAmongQueues::new, "TOPIC-47"),
  NAMELESS_LETTERS(LetterMutations.Nameless::new, "TOPIC-47"),
  LETTERS_FORGET_THE_ORIGIN(LetterMutations.ForgetsTheOrigin::new, "INTEROP-08"),
  LETTERS_FORGET_WHAT_CAME(LetterMutations.ForgetsWhatCame::new, "INTEROP-07"),
  LETTERS_TELL_THE_FIRST_REASON(LetterMutations.TellsTheFirstReason::new, "INTEROP-07"),
  KEEPS_OTHER_OPTIONS(TopologyMutations.KeepsOtherOptions::new, "DEST-40", "DEST-41"),
  MISNAMES_AUTHENTICATION(LifeMutations.MisnamesAuthentication::new, "ERR-04");

  private final Supplier<Mutation> mutation;
  private final Map<String, String> options;
  private final Optional<Class<? extends MessagingException>> throwing;
  private final List<String> rules;

  Mutant(Supplier<Mutation> mutation, String... rules) {
    this(mutation, Map.of(), Optional.empty(), rules);
  }

  /** One that throws this at a scenario that expects nothing of the kind. */
  Mutant(
      Supplier<Mutation> mutation, Class<? extends MessagingException> throwing, String... rules) {
    this(mutation, Map.of(), Optional.of(throwing), rules);
  }

  /** One of the reference adapter with options. */
  Mutant(Supplier<Mutation> mutation, Map<String, String> options, String... rules) {
    this(mutation, options, Optional.empty(), rules);
  }

  Mutant(
      Supplier<Mutation> mutation,
      Map<String, String> options,
      Optional<Class<? extends MessagingException>> throwing,
      String... rules) {
    this.mutation = mutation;
    this.options = options;
    this.throwing = throwing;
    this.rules = List.of(rules);
  }

  /** A new mutation, for one link. */
  Mutation mutation() {
    return mutation.get();
  }

  /** Options of the reference adapter. */
  Map<String, String> options() {
    return options;
  }

  @Override
  public Optional<Class<? extends MessagingException>> throwing() {
    return throwing;
  }

  @Override
  public List<String> rules() {
    return rules;
  }

  @Override
  public Verdict judge(String rule) {
    return Verdict.of(rule, () -> TckRun.open(new MutantHarness(this)));
  }
}
