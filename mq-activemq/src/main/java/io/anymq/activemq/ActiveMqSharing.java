package io.anymq.activemq;

import io.anymq.ConnectionLostException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.DestinationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shared subscriptions. The broker has none: what a durable subscription collects is moved to a
 * queue, which is what the members consume.
 */
final class ActiveMqSharing {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqSharing.class);

  /** Not while somebody consumes. */
  private static final long UNUSED_ONLY = 0;

  private static final long FORCED = -1;

  /** What the broker says of a queue that somebody consumes and that is not to be removed then. */
  private static final String IN_USE = "still has an active subscription";

  private final OpenWire wire;
  private final ActiveMqDestinations names;
  private final ActiveMqStatistics statistics;
  private final ActiveMqSubscriptions subscriptions;
  private final Duration timeout;

  ActiveMqSharing(
      OpenWire wire,
      ActiveMqDestinations names,
      ActiveMqStatistics statistics,
      ActiveMqSubscriptions subscriptions,
      Duration timeout) {
    this.wire = wire;
    this.names = names;
    this.statistics = statistics;
    this.subscriptions = subscriptions;
    this.timeout = timeout;
  }

  /** A consumer's part in having messages moved to the queue that it consumes. */
  interface Part {

    /** Begins; when this returns, the subscription is live. */
    void join();

    /** What is done when the part ends by itself. */
    void onEnd(Consumer<MessagingException> listener);

    /** What is subscribed to has been deleted. */
    void end(MessagingException why);

    /** Ends; ending again does nothing. */
    void leave();
  }

  /** Whether a subscription has members that share it. */
  boolean hasMembers(ActiveMqShare share) {
    return hasMembers(share.lease());
  }

  private boolean hasMembers(ActiveMQDestination lease) {
    return statistics.of(lease).filter(counts -> counts.consumers() > 0).isPresent();
  }

  /**
   * Whether a subscription has kept something while it was shared.
   *
   * @throws MessagingException when it is shared now
   */
  boolean hasBacklog(ActiveMqShare share) {
    if (hasMembers(share)) {
      throw ActiveMqSubscriptions.inUse(share, null);
    }
    return statistics.of(share.queue()).filter(counts -> counts.size() > 0).isPresent();
  }

  /** One of several. */
  Part member(ActiveMqShare share, Source source) {
    return new Member(share, source);
  }

  /** The only one, of a subscription that was shared and has kept something. */
  Part alone(ActiveMqShare share, Source source) {
    return new Alone(share, source);
  }

  private ActiveMqForwarder forwarder(
      ActiveMqShare share, Source source, ActiveMqForwarder.Owner owner) {
    return new ActiveMqForwarder(
        share, onLost -> connect(share, onLost), meant(source), timeout, owner);
  }

  /** Not when the link is lost: another one's member may have the subscription by then. */
  private OpenWire connect(ActiveMqShare share, Consumer<MessagingException> onLost) {
    OpenWire own = subscriptions.connect(share, onLost);
    if (!wire.isLive()) {
      own.close(timeout);
      throw new ConnectionLostException("The link is lost, and its members with it");
    }
    return own;
  }

  private Predicate<ActiveMQDestination> meant(Source source) {
    return source instanceof Source.OfPattern of
        ? sentTo ->
            names
                .toPortable(sentTo)
                .filter(portable -> portable instanceof Topic topic && of.pattern().matches(topic))
                .isPresent()
        : sentTo -> true;
  }

  /** Removes the queue and the lease, whoever consumes them. */
  void removeQueues(OpenWire own, ActiveMqShare share) {
    remove(own, share.queue(), FORCED);
    remove(own, share.lease(), FORCED);
    remove(own, share.mark(), FORCED);
  }

  /** A durable subscription is there, and must be found when its topic is deleted. */
  void mark(ActiveMqShare share) {
    wire.request(
        "No durable subscription to " + NativeText.of(share.origin()),
        new DestinationInfo(wire.connectionId(), DestinationInfo.ADD_OPERATION_TYPE, share.mark()));
  }

  /**
   * The broker would keep durable subscriptions, tied to the deleted topic: when one of that name
   * is created, they would get nothing from it. Those that have a consumer are removed by that, and
   * so are queues and leases: who uses one may have joined anew, after the deletion.
   */
  void topicDeleted(ActiveMQDestination topic) {
    for (String words : new String[] {ActiveMqShare.MARKS, ActiveMqShare.QUEUES}) {
      for (ActiveMQDestination queue : statistics.queuesUnder(words).keySet()) {
        ActiveMqShare.ofTopic(topic, queue).ifPresent(this::removeUnused);
      }
    }
    Optional<MessagingException> refusal = Optional.empty();
    for (String words : new String[] {ActiveMqShare.QUEUES, ActiveMqShare.LEASES}) {
      for (ActiveMQDestination queue : statistics.queuesUnder(words).keySet()) {
        if (ActiveMqShare.isOf(topic, queue) && !hasMembers(ActiveMqShare.lease(queue))) {
          Optional<MessagingException> one = removeUnused(queue);
          refusal = refusal.or(() -> one);
        }
      }
    }
    refusal.ifPresent(
        first -> {
          throw first;
        });
  }

  /**
   * The subscriptions to patterns that match a topic and that keep what is sent to it; none of a
   * topic that does not exist. Of one that is deleted and made again the broker stores nothing for
   * them.
   *
   * <p>A mark may be there without its subscription: when another program has removed that, or when
   * it could not be opened. The broker counts durable subscriptions among a topic's consumers,
   * those to patterns and those without a consumer too: where it counts none, there are marks
   * alone.
   */
  List<String> keptPatterns(Topic topic) {
    Set<String> found = new TreeSet<>();
    if (statistics.of(names.toNative(topic)).filter(it -> it.consumers() > 0).isEmpty()) {
      return List.of();
    }
    for (String words : new String[] {ActiveMqShare.MARKS, ActiveMqShare.QUEUES}) {
      for (ActiveMQDestination queue : statistics.queuesUnder(words).keySet()) {
        ActiveMqShare.ofPattern(queue)
            .filter(share -> share.pattern().matches(topic))
            .filter(share -> !share.whileUsed() || hasMembers(ActiveMqShare.lease(queue)))
            .ifPresent(
                share ->
                    found.add(
                        "'%s' to '%s'".formatted(share.name(), share.pattern().expression())));
      }
    }
    return List.copyOf(found);
  }

  /** The refusal, unless that is because somebody has joined anew; the others are removed, too. */
  private Optional<MessagingException> removeUnused(ActiveMQDestination queue) {
    try {
      remove(wire, queue, UNUSED_ONLY);
      return Optional.empty();
    } catch (MessagingException e) {
      if (!wire.isLive()) {
        throw e;
      }
      LOG.debug("{} is not removed", NativeText.of(queue), e);
      return Optional.of(e)
          .filter(refused -> !String.valueOf(refused.getMessage()).contains(IN_USE));
    }
  }

  private static void remove(OpenWire wire, ActiveMQDestination queue, long timeout) {
    DestinationInfo info =
        new DestinationInfo(wire.connectionId(), DestinationInfo.REMOVE_OPERATION_TYPE, queue);
    info.setTimeout(timeout);
    wire.request(NativeText.of(queue) + " could not be removed", info);
  }

  private void removeUnused(ActiveMqShare share) {
    try {
      OpenWire own = subscriptions.connect(share, lost -> {});
      try {
        ActiveMqSubscriptions.remove(own, share);
        remove(own, share.mark(), FORCED);
      } finally {
        own.close(timeout);
      }
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
        throw e;
      }
      LOG.debug("{} has a consumer, which hears of the deletion", share.key(), e);
    }
  }

  /** Ends a subscription, with what it has kept; its connection must be one's own. */
  private static void dissolve(OpenWire own, ActiveMqShare share) {
    ActiveMqSubscriptions.remove(own, share);
    remove(own, share.queue(), FORCED);
  }

  private static void giveUp(OpenWire own, ActiveMQDestination lease) {
    try {
      remove(own, lease, UNUSED_ONLY);
    } catch (MessagingException e) {
      LOG.debug("Somebody joins anew", e);
    }
  }

  /** What all members left behind by a crash goes when the next subscription is made. */
  private void removeAbandoned() {
    statistics
        .queuesUnder(ActiveMqShare.LEASES)
        .forEach(
            (lease, counts) -> {
              if (counts.consumers() == 0) {
                ActiveMqShare.abandoned(lease).ifPresent(this::removeAbandoned);
              }
            });
  }

  private void removeAbandoned(ActiveMqShare share) {
    try {
      OpenWire own = subscriptions.connect(share, lost -> {});
      try {
        dissolve(own, share);
        giveUp(own, share.lease());
      } finally {
        own.close(timeout);
      }
    } catch (MessagingException e) {
      LOG.debug("{} is not abandoned, or somebody else removes it", share.key(), e);
    }
  }

  /** Tells a listener once that a part ends, whichever of the two comes first. */
  private static final class Ending {

    private Optional<MessagingException> reason = Optional.empty();
    private Optional<Consumer<MessagingException>> listener = Optional.empty();

    void listen(Consumer<MessagingException> toTell) {
      Optional<MessagingException> told;
      synchronized (this) {
        listener = Optional.of(toTell);
        told = reason;
      }
      told.ifPresent(toTell);
    }

    void tell(MessagingException why) {
      Optional<Consumer<MessagingException>> toTell = Optional.empty();
      synchronized (this) {
        if (reason.isEmpty()) {
          reason = Optional.of(why);
          toTell = listener;
        }
      }
      toTell.ifPresent(hears -> hears.accept(why));
    }
  }

  private final class Member implements Part {

    private final ActiveMqMembership membership;
    private final Ending ending = new Ending();
    private volatile boolean gone;

    Member(ActiveMqShare share, Source source) {
      membership =
          new ActiveMqMembership(
              wire,
              share,
              timeout,
              owner -> forwarder(share, source, owner),
              cleaning(share),
              ending::tell);
    }

    private ActiveMqMembership.Cleaning cleaning(ActiveMqShare share) {
      return new ActiveMqMembership.Cleaning() {
        @Override
        public void before(OpenWire own) {
          dissolve(own, share);
          removeAbandoned();
        }

        @Override
        public void after(OpenWire own) {
          if (gone || (!share.durable() && wire.isLive() && !hasMembers(share))) {
            dissolve(own, share);
            giveUp(own, share.lease());
          }
        }
      };
    }

    @Override
    public void join() {
      membership.join();
    }

    @Override
    public void onEnd(Consumer<MessagingException> toTell) {
      ending.listen(toTell);
    }

    @Override
    public void end(MessagingException why) {
      gone = true;
      ending.tell(why);
    }

    @Override
    public void leave() {
      membership.leave();
    }
  }

  private final class Alone implements Part, ActiveMqForwarder.Owner {

    private final ActiveMqForwarder forwarder;
    private final ActiveMqShare share;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final Ending ending = new Ending();
    private volatile boolean gone;

    Alone(ActiveMqShare share, Source source) {
      this.share = share;
      forwarder = forwarder(share, source, this);
    }

    @Override
    public void join() {
      forwarder.start(own -> {});
      String what = "The durable subscription could not be opened";
      try {
        joined.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw ActiveMqErrors.translate(what, e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ActiveMqErrors.translate(what, e);
      }
    }

    @Override
    public void live() {
      joined.complete(null);
    }

    @Override
    public void failed(MessagingException why) {
      if (joined.completeExceptionally(why) || why.code() != ErrorCode.SUBSCRIPTION_IN_USE) {
        return;
      }
      ending.tell(why); // others took it while the connection was broken
    }

    @Override
    public void hopeless(MessagingException why) {
      ending.tell(why);
    }

    @Override
    public void onEnd(Consumer<MessagingException> toTell) {
      ending.listen(toTell);
    }

    @Override
    public void end(MessagingException why) {
      gone = true;
      ending.tell(why);
    }

    @Override
    public void leave() {
      forwarder.close(this::last, !wire.onOwnThread());
    }

    private void last(OpenWire own) {
      if (gone) {
        dissolve(own, share);
      }
    }
  }
}
