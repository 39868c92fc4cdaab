package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.RedeliveryDelay;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** RDLV: handlers that fail for a while, with the options that a program has by default. */
final class PatienceScenarios {

  private static final String CHECK =
      "the default redelivery delay, and whether what waits for it takes a place of the prefetch";

  /** In which the three others are surely handled, on a busy machine too. */
  private static final Duration DELAY = Duration.ofSeconds(5);

  /** In which the next message surely comes. */
  private static final Duration LONG_DELAY = Duration.ofSeconds(12);

  /** What the first redeliveries of a message wait by default, in milliseconds. */
  private static final List<Long> DEFAULTS = List.of(100L, 200L, 400L);

  /** Of the 300 ms by which the third wait is longer; the rest is for clocks and threads. */
  private static final long GROWTH = 200;

  private PatienceScenarios() {}

  @Scenario(
      id = "RDLV-43",
      title = "A message that waits for its redelivery holds up nobody at a prefetch of one",
      intent = "One order that fails does not stop the shop, however small the shop.",
      needs = Capability.REDELIVERY_DELAY)
  static void prefetchOfOne(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<String> handled = new CopyOnWriteArrayList<>();
    ConsumerOptions options =
        ConsumerOptions.builder()
            .prefetch(1)
            .redeliveryDelay(RedeliveryDelay.constant(DELAY))
            .build();
    Messages.send(connection, queue, "first");
    Consumer consumer =
        connection.createConsumer(
            queue,
            options,
            delivery -> {
              handled.add(delivery.message().text());
              if (delivery.message().text().startsWith("f") && !delivery.redelivered()) {
                throw new IllegalStateException("the first time fails");
              }
            });
    // What a backend makes for its first delayed message takes a while.
    Check.eventually(
        DELAY.plus(Check.LIMIT), () -> handled.size() == 2, "2 calls", () -> handled, CHECK);
    Messages.send(connection, queue, "fails", "a", "b", "c");
    List<String> expected = List.of("first", "first", "fails", "a", "b", "c", "fails");
    Check.eventually(
        DELAY.plus(Check.LIMIT),
        () -> handled.size() >= expected.size(),
        "7 calls",
        () -> handled,
        CHECK);
    Check.equal(expected, List.copyOf(handled), "what the listener was called with", CHECK);
    consumer.close();
    Messages.empty(t, queue, "after all were handled", CHECK);
  }

  @Scenario(
      id = "RDLV-50",
      title = "What waits for its redelivery holds up no consumer, of whatever source",
      intent = "A queue of another kind, or a subscription, is no reason to stop the shop.",
      needs = Capability.REDELIVERY_DELAY,
      limitSeconds = 120)
  static void everySource(ScenarioContext t) {
    Connection connection = t.connect();
    ConsumerOptions one = Messages.manual().prefetch(1).build();
    Map<Destination, Consumer> sources = new LinkedHashMap<>();
    queues(t, connection).forEach(each -> sources.put(each, connection.createConsumer(each, one)));
    subscriptions(t)
        .forEach(
            terms -> {
              Topic topic = t.topic();
              SubscriptionOptions options = terms.consumer(one).build();
              options.name().ifPresent(name -> t.removeAtEnd(topic, name));
              sources.put(topic, connection.subscribe(topic, options));
            });
    if (t.supports(Capability.TOPIC_PATTERNS)) {
      Topic topic = t.topic();
      TopicPattern pattern = TopicPattern.of(topic.name());
      SubscriptionOptions options = SubscriptionOptions.builder().consumer(one).build();
      sources.put(topic, connection.subscribe(pattern, options));
    }
    sources.keySet().forEach(each -> Messages.send(connection, each, "fails", "next"));
    sources.forEach(
        (from, consumer) -> {
          Messages.take(consumer).release(LONG_DELAY);
          Check.equal("next", Messages.takeText(consumer), "what follows in " + from, CHECK);
        });
    Duration patience = LONG_DELAY.plus(Check.LIMIT);
    sources.forEach(
        (from, consumer) ->
            Check.equal(
                Optional.of("fails"),
                consumer.receive(patience).map(each -> each.message().text()),
                "what comes again in " + from,
                CHECK));
  }

  private static List<Queue> queues(ScenarioContext t, Connection connection) {
    List<Queue> queues = new ArrayList<>();
    if (t.supports(Capability.BOUNDED_QUEUES)) {
      queues.add(declared(t, QueueOptions.builder().maxLength(10).build()));
    }
    if (t.supports(Capability.PRIORITY)) {
      queues.add(declared(t, QueueOptions.builder().prioritized(true).build()));
    }
    if (t.supports(Capability.TEMPORARY_QUEUES)) {
      queues.add(connection.createTemporaryQueue());
    }
    return queues;
  }

  private static Queue declared(ScenarioContext t, QueueOptions options) {
    Queue queue = t.newQueue();
    t.observer().declare(queue, options);
    return queue;
  }

  private static List<SubscriptionOptions.Builder> subscriptions(ScenarioContext t) {
    List<SubscriptionOptions.Builder> all = new ArrayList<>();
    all.add(SubscriptionOptions.builder());
    if (t.supports(Capability.DURABLE_SUBSCRIPTIONS)) {
      all.add(SubscriptionOptions.builder().durable("keeper"));
    }
    if (t.supports(Capability.SHARED_SUBSCRIPTIONS)) {
      all.add(SubscriptionOptions.builder().shared("share"));
    }
    return all;
  }

  @Scenario(
      id = "RDLV-44",
      title = "A handler that fails for two seconds buries nothing of its backlog",
      intent = "A short failure of a data base costs time, and no message.",
      needs = {Capability.REDELIVERY_DELAY, Capability.DEAD_LETTER},
      limitSeconds = 120)
  static void twoSeconds(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    int backlog = 200;
    Messages.sendNumbers(connection, queue, backlog);
    Set<String> handled = ConcurrentHashMap.newKeySet();
    AtomicLong down = new AtomicLong(); // since the first call
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> {
          down.compareAndSet(0, System.nanoTime());
          if (System.nanoTime() - down.get() < Duration.ofSeconds(2).toNanos()) {
            throw new IllegalStateException("the data base is down");
          }
          handled.add(delivery.message().text());
        });
    Check.eventually(
        Check.LIMIT.multipliedBy(4),
        () -> handled.size() == backlog || isBuried(t, queue),
        "all " + backlog + " to be handled",
        handled::size,
        CHECK);
    Messages.empty(t, queue.deadLetterQueue(), "after a failure of two seconds", CHECK);
  }

  /** Whether there are dead letters, so that nobody need wait for all to be handled. */
  private static boolean isBuried(ScenarioContext t, Queue queue) {
    return t.observer().exists(queue.deadLetterQueue());
  }

  @Scenario(
      id = "RDLV-45",
      title = "By default a redelivery waits a little, and longer each time",
      intent = "Nobody has to think of it to be spared a tight circle.",
      needs = Capability.REDELIVERY_DELAY)
  static void growsByDefault(ScenarioContext t) {
    Connection connection = t.connect();
    List<Long> least = waits(connection, t.queue());
    for (int again = 0; again < 2; again++) { // a busy machine does not delay the same one thrice
      List<Long> more = waits(connection, t.queue());
      for (int i = 0; i < DEFAULTS.size(); i++) {
        least.set(i, Math.min(least.get(i), more.get(i)));
      }
    }
    for (int i = 0; i < DEFAULTS.size(); i++) {
      long most = DEFAULTS.get(i) + DELAY.toMillis();
      Check.that(least.get(i) <= most, "a wait of " + most + " ms at most", least, CHECK);
    }
    Check.that(least.get(2) - least.get(0) >= GROWTH, "a third wait above the first", least, CHECK);
  }

  /** How long a message waits that is released again and again, in milliseconds. */
  private static List<Long> waits(Connection connection, Queue queue) {
    Messages.send(connection, queue, "a");
    List<Long> waits = new ArrayList<>();
    try (Consumer consumer = connection.createConsumer(queue)) {
      Delivery delivery = Messages.take(consumer);
      for (long millis : DEFAULTS) {
        long releasedAt = System.nanoTime();
        delivery.release();
        delivery = Messages.take(consumer);
        long waited = Duration.ofNanos(System.nanoTime() - releasedAt).toMillis();
        Check.that(waited >= millis, "a wait of " + millis + " ms or more", waited, CHECK);
        waits.add(waited);
      }
      delivery.accept();
    }
    return waits;
  }
}
