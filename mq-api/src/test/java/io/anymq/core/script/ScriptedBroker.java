package io.anymq.core.script;

import io.anymq.ConnectFailedException;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Option;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.core.Lane;
import io.anymq.core.Simulation;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A broker in memory that does what it should, and the faults that a program asks for. */
public final class ScriptedBroker implements Backend {

  private static final Pattern BAND = Pattern.compile("\\.priority-\\d$");

  private final Simulation simulation;
  private final Profile profile;
  private final Observer observer;
  private final Lane clock;
  private final Map<String, Store> queues = new LinkedHashMap<>();
  private final Map<String, List<Message>> topics = new LinkedHashMap<>();
  private final Map<String, Store> subscriptions = new LinkedHashMap<>();
  private final Map<Store, Topic> subscribed = new LinkedHashMap<>();
  private final Map<String, ScriptedLink> links = new LinkedHashMap<>();
  private int connectionsMade;
  private long places;
  private long tags;

  /** How many attempts to connect fail from now on. */
  public int connectFailures;

  /** How many questions fail from now on, for a reason that passes. */
  public int callFailures;

  public ScriptedBroker(Simulation simulation, Profile profile, Observer observer) {
    this.simulation = simulation;
    this.profile = profile;
    this.observer = observer;
    this.clock = simulation.lane("broker's clock");
  }

  public Simulation simulation() {
    return simulation;
  }

  public Profile profile() {
    return profile;
  }

  Observer observer() {
    return observer;
  }

  long nextTag() {
    return ++tags;
  }

  // --- an adapter's entry

  @Override
  public String name() {
    return "script";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("script");
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public void validate(BrokerUrl url) {}

  @Override
  public Link connect(LinkRequest request) {
    simulation.pause();
    if (connectFailures > 0) {
      connectFailures--;
      throw new ConnectFailedException("Nobody answers, as the script says");
    }
    String name = request.url().address().substring(2);
    ScriptedLink old = links.get(name);
    if (old != null && old.isAlive()) {
      observer.misused("another link while there is one");
    }
    ScriptedLink link = ScriptedLink.of(this, name + "." + ++connectionsMade, request.listener());
    links.put(name, link);
    return link;
  }

  /** The present or last link of a connection. */
  public Optional<ScriptedLink> link(String connection) {
    return Optional.ofNullable(links.get(connection));
  }

  // --- destinations

  boolean exists(Destination destination) {
    return destination instanceof Topic
        ? topics.containsKey(destination.name())
        : queues.containsKey(destination.name());
  }

  void declare(Destination destination) {
    if (destination instanceof Topic) {
      topics.computeIfAbsent(destination.name(), name -> new ArrayList<>());
    } else {
      queue(destination.name());
    }
  }

  void declareTemporary(String name) {
    queues.computeIfAbsent(name, any -> new Store("temporary queue '" + name + "'", true));
  }

  /** Programs delete nothing else yet. */
  void deleteTemporary(String name) {
    Store gone = queues.get(name);
    if (gone != null && !gone.isTemporary()) {
      throw new UnsupportedOperationException("Nobody deletes " + gone);
    }
    queues.remove(name);
  }

  private Store queue(String name) {
    return queues.computeIfAbsent(name, any -> new Store("queue '" + name + "'"));
  }

  /** All that holds messages. */
  public List<Store> stores() {
    List<Store> all = new ArrayList<>(queues.values());
    all.addAll(subscriptions.values());
    return all;
  }

  /** A queue that is there. */
  public Optional<Store> find(String queue) {
    return Optional.ofNullable(queues.get(queue));
  }

  /** Has a queue refuse some sends. */
  public void refuse(String queue, int sends, boolean lasting) {
    queue(queue).refusals = sends;
    queue(queue).lasting = lasting;
  }

  /** Ends all faults that were asked for. */
  public void heal() {
    connectFailures = 0;
    callFailures = 0;
    queues.values().forEach(store -> store.refusals = 0);
  }

  // --- messages

  /** Why the broker refuses a message; empty when it takes it. */
  Optional<MessagingException> refusal(Destination to) {
    Store store = to instanceof Topic ? null : queues.get(to.name());
    if (store == null || store.refusals == 0) {
      return Optional.empty();
    }
    store.refusals--;
    return Optional.of(
        new MessagingException(
            store.lasting ? ErrorCode.ACCESS_REFUSED : ErrorCode.QUEUE_FULL,
            store + " refuses, as the script says"));
  }

  void store(Destination to, Message message, boolean repeated, Optional<InboundDelivery> origin) {
    observer.storing(to.toString(), message, repeated, origin);
    if (to instanceof Topic topic) {
      topics.get(topic.name()).add(message);
      subscribed.forEach(
          (store, from) -> {
            if (from.equals(topic)) {
              store.add(new Entry(store, ++places, message, to, repeated));
            }
          });
    } else {
      Store store = queue(to.name());
      putBack(
          new Entry(store, ++places, message, whole(to), repeated),
          message.deliveryDelay().orElse(Duration.ZERO));
    }
    pump();
  }

  /** The prioritized queue that one of those behind it belongs to; any other queue itself. */
  public static Destination whole(Destination queue) {
    return queue instanceof Topic ? queue : Queue.of(BAND.matcher(queue.name()).replaceAll(""));
  }

  void putBack(Entry entry, Duration delay) {
    entry.notBefore = simulation.nanoTime() + delay.toNanos();
    if (queues.containsValue(entry.store()) || subscribed.containsKey(entry.store())) {
      entry.store().add(entry);
    }
    if (!delay.isZero()) {
      simulation.after(delay, clock, this::pump);
    }
  }

  void pump() {
    stores().forEach(store -> store.pump(this));
  }

  // --- consumers

  Store source(ConsumerRequest request, ScriptedLink link) {
    if (request.source() instanceof Source.OfQueue of) {
      return queue(of.queue().name());
    }
    Source.OfTopic of = (Source.OfTopic) request.source();
    Source.Terms terms = of.terms();
    String name = terms.name().map(some -> of.topic().name() + "/" + some).orElse("");
    Store there = subscriptions.get(name);
    if (there != null) {
      if (!terms.shared() && there.isVisited()) {
        throw new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, there + " is in use");
      }
      return there;
    }
    String key = name.isEmpty() ? "plain " + ++places + " of " + link : name;
    Store made = new Store("subscription " + key + " to " + of.topic());
    subscriptions.put(key, made);
    subscribed.put(made, of.topic());
    replay(of, made);
    return made;
  }

  private void replay(Source.OfTopic of, Store into) {
    Optional<Instant> from = of.terms().replayFrom();
    if (from.isPresent()) {
      topics.get(of.topic().name()).stream()
          .dropWhile(message -> message.timestamp().orElseThrow().isBefore(from.get()))
          .forEach(message -> into.add(new Entry(into, ++places, message, of.topic(), false)));
    }
  }

  /** A consumer has gone; a subscription that is not durable goes with its last one. */
  void left(Visit visit) {
    if (visit.request().source() instanceof Source.OfTopic of
        && !of.terms().durable()
        && !visit.store().isVisited()) {
      subscriptions.values().remove(visit.store());
      subscribed.remove(visit.store());
    }
  }

  void unsubscribe(Topic topic, String name) {
    Store gone = subscriptions.remove(topic.name() + "/" + name);
    if (gone != null) {
      subscribed.remove(gone);
    }
  }

  /** The links that are alive. */
  public Collection<ScriptedLink> alive() {
    return links.values().stream().filter(ScriptedLink::isAlive).toList();
  }
}
