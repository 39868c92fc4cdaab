package io.anymq.kafka;

import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.kafka.SettlementInbox.Fate;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable or shared subscription to a pattern: a share group, and a consumer, for each topic that
 * matches; and one more member that holds the subscription. One group over all topics would be
 * given a new topic two heartbeats late, and would give each of its members some of the topics, so
 * that one message that is held long would hold up others. Safe for use by several threads.
 *
 * <p>Each of the consumers may fetch as much as the prefetch allows; all together never hand out
 * more.
 */
final class PatternGroups implements OpenConsumer, Parking {

  private static final Logger LOG = LoggerFactory.getLogger(PatternGroups.class);

  private final DeliverySink sink;
  private final Runnable onClosed;
  private final BreakUp breakUp;
  private final Set<String> refusing = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();

  // Guarded by the lock:
  private final Map<String, Uuid> ids = new HashMap<>();
  private final Map<String, GroupConsumer> consumers = new HashMap<>();
  private final Deque<InboundDelivery> waiting = new ArrayDeque<>();
  private final Set<InboundDelivery> parked = new HashSet<>();
  private @Nullable GroupConsumer holder;
  private int room;
  private boolean closed;

  PatternGroups(
      int prefetch, DeliverySink sink, LinkState state, Consumer<PatternGroups> onClosed) {
    room = prefetch;
    this.sink = sink;
    breakUp = new BreakUp(this, sink, state);
    this.onClosed = Threads.once(() -> onClosed.accept(this));
  }

  /** Takes the member that holds the subscription. */
  void hold(GroupConsumer member) {
    boolean late;
    synchronized (lock) {
      holder = member;
      late = closed;
    }
    if (late) {
      member.close();
    }
  }

  /**
   * Takes on the topics that are new, and leaves those that are gone. One thread at a time. One
   * that cannot be taken on does not stand in the way of the others.
   *
   * @param topics those that match
   * @param opener opens a consumer of one of them
   */
  void follow(Iterable<TopicDescription> topics, Function<TopicDescription, GroupConsumer> opener) {
    Map<String, Uuid> wanted = new HashMap<>();
    topics.forEach(topic -> wanted.put(topic.name(), topic.topicId()));
    leaving(wanted).forEach(GroupConsumer::close);
    RuntimeException last = null;
    for (TopicDescription topic : topics) {
      try {
        takeOn(topic, opener);
      } catch (InvalidDestinationException e) { // not even by those who have the subscription
        if (refusing.add(topic.name())) {
          LOG.warn("Topic {} is left out: {}", topic.name(), e.getMessage());
        }
      } catch (RuntimeException e) {
        if (refusing.add(topic.name())) {
          LOG.warn("Topic {} cannot be consumed now; it is tried again", topic.name(), e);
        }
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private void takeOn(TopicDescription topic, Function<TopicDescription, GroupConsumer> opener) {
    if (isNew(topic.name())) {
      GroupConsumer consumer = opener.apply(topic);
      refusing.remove(topic.name());
      if (!add(topic, consumer)) {
        consumer.close();
      }
    }
  }

  private List<GroupConsumer> leaving(Map<String, Uuid> wanted) {
    synchronized (lock) {
      List<GroupConsumer> leaving = new ArrayList<>();
      for (String topic : List.copyOf(ids.keySet())) {
        if (!Objects.equals(ids.get(topic), wanted.get(topic))) {
          ids.remove(topic);
          leaving.add(consumers.remove(topic));
        }
      }
      return leaving;
    }
  }

  private boolean isNew(String topic) {
    synchronized (lock) {
      return !closed && !ids.containsKey(topic);
    }
  }

  private boolean add(TopicDescription topic, GroupConsumer consumer) {
    synchronized (lock) {
      if (!closed) {
        ids.put(topic.name(), topic.topicId());
        consumers.put(topic.name(), consumer);
      }
      return !closed;
    }
  }

  /** What a consumer of one topic, or of the anchor, tells. */
  DeliverySink sinkOfOne() {
    return new DeliverySink() {
      @Override
      public void deliver(List<? extends InboundDelivery> deliveries) {
        synchronized (lock) {
          waiting.addAll(deliveries);
          handOut();
        }
      }

      @Override
      public void broken(MessagingException cause) {
        breakUp(cause);
      }
    };
  }

  private void handOut() {
    List<InboundDelivery> next = new ArrayList<>();
    while (room > 0 && !waiting.isEmpty()) {
      next.add(waiting.remove());
      room--;
    }
    if (!next.isEmpty() && !closed) {
      sink.deliver(next);
    }
  }

  @Override
  public Set<String> topics() {
    return Set.of();
  }

  @Override
  public void breakUp(MessagingException cause) {
    breakUp.begin(cause);
  }

  /** As {@link GroupConsumer#isBroken}. */
  boolean isBroken() {
    return breakUp.hasBegun();
  }

  @Override
  public boolean releasesNatively() {
    return true;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    try {
      GroupConsumer.settleInLanes(outcome, deliveries);
    } finally { // A topic's consumer may have ended.
      synchronized (lock) {
        deliveries.forEach(this::takePlace);
        room += deliveries.size();
        handOut();
      }
    }
  }

  @Override
  public void park(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.PARK, delivery);
    synchronized (lock) {
      if (parked.add(delivery)) {
        room++;
        handOut();
      }
    }
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    ((ShareDelivery) delivery).lane().tell(Fate.UNPARK, delivery);
    synchronized (lock) {
      takePlace(delivery);
    }
  }

  private void takePlace(InboundDelivery delivery) {
    if (parked.remove(delivery)) {
      room--;
    }
  }

  /** The member that holds the subscription goes last: nobody else may have it before. */
  @Override
  public void stop() {
    ofTopicsAtTheEnd().forEach(GroupConsumer::stop);
  }

  private List<GroupConsumer> ofTopicsAtTheEnd() {
    synchronized (lock) {
      closed = true;
      waiting.clear();
      return List.copyOf(consumers.values());
    }
  }

  @Override
  public void close() {
    stop();
    ofTopicsAtTheEnd().forEach(GroupConsumer::close);
    GroupConsumer last;
    synchronized (lock) {
      last = holder;
    }
    if (last != null) {
      last.close();
    }
    onClosed.run();
  }
}
