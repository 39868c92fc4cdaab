package io.anymq.core.script;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.core.Lane;
import io.anymq.core.Simulation;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.TemporaryQueues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A link to a {@link ScriptedBroker}. It lives until it is closed, or cut between any two steps.
 */
public class ScriptedLink implements Link, DepthQuery, TemporaryQueues {

  private final ScriptedBroker broker;
  private final String name;
  private final LinkListener listener;
  private final Lane events;
  private final Set<Visit> visits = new LinkedHashSet<>();
  private final Set<ScriptedProducer> producers = new LinkedHashSet<>();
  private boolean alive = true;
  private boolean closed;

  /** How many answers to sends are swallowed from now on; the link is cut soon after. */
  private int swallowed;

  /** In how many calls the link is cut; 0: in none. */
  private int fuse;

  ScriptedLink(ScriptedBroker broker, String name, LinkListener listener) {
    this.broker = broker;
    this.name = name;
    this.listener = listener;
    this.events = broker.simulation().lane(name + " events");
  }

  static ScriptedLink of(ScriptedBroker broker, String name, LinkListener listener) {
    return broker.profile().atomic()
        ? new Atomic(broker, name, listener)
        : new ScriptedLink(broker, name, listener);
  }

  ScriptedBroker broker() {
    return broker;
  }

  Simulation simulation() {
    return broker.simulation();
  }

  public boolean isAlive() {
    return alive && !closed;
  }

  // --- faults

  /** Cuts the link now; the core hears of it a little later. */
  public void cut() {
    if (!isAlive()) {
      return;
    }
    alive = false;
    List.copyOf(producers).forEach(ScriptedProducer::lost);
    List.copyOf(visits).forEach(Visit::lost);
    events.add(() -> listener.lost(new ConnectionLostException("Cut, as the script says")));
  }

  /** Cuts it in one of the next calls, before or after that has taken effect. */
  public void cutDuring(int calls) {
    fuse = calls;
  }

  /** Swallows answers to sends, and cuts the link after a while. */
  public void swallow(int answers, Duration cut) {
    swallowed = answers;
    simulation().after(cut, events, this::cut);
  }

  boolean swallowsAnswer() {
    return swallowed > 0 && swallowed-- > 0;
  }

  private <T> T call(Supplier<T> effect) {
    simulation().pause();
    boolean cutNow = fuse > 0 && --fuse == 0;
    if (cutNow && simulation().chance(50)) {
      cut();
    }
    requireAlive();
    if (broker.callFailures > 0) {
      broker.callFailures--;
      throw new MessagingTimeoutException("No answer in time, as the script says");
    }
    T result = effect.get();
    if (cutNow) {
      cut();
    }
    if (simulation().chance(30)) {
      simulation().pause();
    }
    requireAlive();
    return result;
  }

  private void requireAlive() {
    if (!isAlive()) {
      throw new ConnectionLostException("The link " + name + " is lost");
    }
  }

  final void run(Runnable effect) {
    boolean unused =
        call(
            () -> {
              effect.run();
              return true;
            });
  }

  // --- what the core asks

  @Override
  public BackendInfo info() {
    return new BackendInfo("script", "1", "1");
  }

  @Override
  public Map<Capability, Support> capabilities() {
    return broker.profile().capabilities();
  }

  @Override
  public Dispatch dispatch() {
    return broker.profile().dispatch();
  }

  @Override
  public LinkProducer openProducer(Destination destination, ProducerListener told) {
    return call(
        () -> {
          if (!broker.exists(destination)) {
            broker.observer().misused("a producer for what does not exist: " + destination);
          }
          ScriptedProducer producer = new ScriptedProducer(this, destination);
          producers.add(producer);
          return producer;
        });
  }

  @Override
  public LinkConsumer openConsumer(ConsumerRequest request, DeliverySink sink) {
    return call(
        () -> {
          Store store = broker.source(request, this);
          Visit visit = Visit.of(this, store, request, sink);
          visits.add(visit);
          store.join(visit);
          broker.pump();
          return visit;
        });
  }

  @Override
  public void declare(Destination destination, QueueOptions options) {
    run(() -> broker.declare(destination));
  }

  @Override
  public void declareTemporary(Queue queue) {
    run(() -> broker.declareTemporary(queue.name()));
  }

  @Override
  public void delete(Destination destination) {
    run(() -> broker.deleteTemporary(destination.name()));
  }

  @Override
  public boolean exists(Destination destination) {
    return call(() -> broker.exists(destination));
  }

  @Override
  public void unsubscribe(Topic topic, String subscription) {
    run(() -> broker.unsubscribe(topic, subscription));
  }

  @Override
  public QueueDepth depth(Queue queue) {
    return call(
        () -> {
          Store store = broker.find(queue.name()).orElseThrow();
          return QueueDepth.of(store.ready().size(), store.held().size(), true);
        });
  }

  @Override
  public <T> Optional<T> unwrap(Class<T> type) {
    return Optional.empty();
  }

  void forget(Visit visit) {
    visits.remove(visit);
  }

  void forget(ScriptedProducer producer) {
    producers.remove(producer);
  }

  @Override
  public void close(Duration timeout) {
    new ArrayList<>(visits).forEach(Visit::close);
    new ArrayList<>(producers).forEach(ScriptedProducer::close);
    closed = true;
  }

  @Override
  public String toString() {
    return name;
  }

  /** One that commits in one step. */
  private static final class Atomic extends ScriptedLink implements AtomicCommit {
    Atomic(ScriptedBroker broker, String name, LinkListener listener) {
      super(broker, name, listener);
    }

    @Override
    public void commit(List<Send> sends, List<Accept> accepts) {
      run(
          () -> {
            for (Send send : sends) {
              Optional<MessagingException> refusal = broker().refusal(send.destination());
              if (refusal.isPresent()) {
                throw refusal.get();
              }
            }
            sends.forEach(
                send -> broker().store(send.destination(), send.message(), false, send.origin()));
            accepts.forEach(
                accept -> ((Visit) accept.consumer()).settle(Outcome.ACCEPT, accept.deliveries()));
          });
    }
  }
}
