package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Session;
import io.anymq.Subscription;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** LIFE: an interrupt ends the interrupted call and nothing else. */
final class InterruptScenarios {

  private static final int HELD = 16;

  /** Commits that fail release what they had. */
  private static final ConsumerOptions PATIENT =
      Messages.manual().prefetch(1).maxDeliveries(1000).build();

  private static final String SETTLED = "what a settlement does on an interrupted thread";

  private InterruptScenarios() {}

  @Scenario(
      id = "LIFE-80",
      title = "An interrupted connect connects, or fails and leaves nothing",
      intent = "A start that is given up does not haunt the program.")
  static void connect(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    // What connections open for their first send and consumer stays with them.
    for (Connection each : List.of(interruptions.connection(), t.observer())) {
      Queue other = t.queue();
      Messages.send(each, other, "first");
      try (Consumer consumer = each.createConsumer(other)) {
        Messages.takeText(consumer);
      }
    }
    Set<Thread> before = ThreadWatch.ours();
    List<Connection> opened = new ArrayList<>();
    interruptions.disturb("connect", round -> opened.add(t.connect()));
    opened.forEach(connection -> connection.send(interruptions.queue(), Message.text("usable")));
    opened.forEach(Connection::close);
    ThreadWatch.noneBeyond(before);
  }

  @Scenario(
      id = "LIFE-81",
      title = "An interrupted send disturbs nobody",
      intent = "A cancelled task does not break the connection of all others.")
  static void send(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    interruptions.disturb("send", round -> interruptions.send(), ErrorCode.SEND_IN_DOUBT);
  }

  @Scenario(
      id = "LIFE-82",
      title = "An interrupted sendAsync disturbs nobody",
      intent = "What is on its way goes on, whoever gave it.")
  static void sendAsync(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    interruptions.disturb("sendAsync", round -> interruptions.sendAsync());
  }

  @Scenario(
      id = "LIFE-83",
      title = "An interrupted receive takes no message with it",
      intent = "A message is received by somebody, or still there.")
  static void receive(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Queue queue = t.queue();
    Messages.sendNumbers(interruptions.connection(), queue, HELD);
    List<String> received = new ArrayList<>();
    try (Consumer consumer = interruptions.connection().createConsumer(queue, Messages.manual(4))) {
      interruptions.disturb(
          "receive",
          round -> {
            Optional<Delivery> next = consumer.receive(Check.LIMIT);
            next.ifPresent(delivery -> received.add(delivery.message().text()));
            next.ifPresent(Delivery::accept);
          });
    }
    List<String> all = new ArrayList<>(received);
    all.addAll(Messages.drain(interruptions.connection(), queue));
    Check.equal(Messages.numbers(HELD), all, "what was received, and then the rest,", "receive");
    settle(t, interruptions.connection());
  }

  /** Each settlement three times and more on a thread that is interrupted just before. */
  private static void settle(ScenarioContext t, Connection connection) {
    Queue queue = t.queue();
    Messages.sendNumbers(connection, queue, HELD);
    List<String> left = new ArrayList<>(Messages.numbers(HELD));
    List<String> rejected = new ArrayList<>();
    boolean rejects = t.supports(Capability.DEAD_LETTER);
    Consumer consumer = connection.createConsumer(queue, PATIENT);
    for (int i = 0; i < HELD - 1; i++) {
      Delivery next = Messages.take(consumer);
      int how = i % (rejects ? 3 : 2);
      Check.Action reject = () -> next.reject("on an interrupted thread");
      onInterrupted(t, how == 0 ? next::accept : how == 1 ? next::release : reject);
      if (how != 1) {
        left.remove(next.message().text());
      }
      if (how == 2) {
        rejected.add(next.message().text());
      }
    }
    holds(connection, queue, consumer, left);
    if (rejects) {
      Queue letters = queue.deadLetterQueue();
      holds(connection, letters, connection.createConsumer(letters), rejected);
    }
  }

  /** The order is not looked at: what was released may have been overtaken. */
  private static void holds(
      Connection connection, Queue queue, Consumer consumer, List<String> texts) {
    List<String> found = Messages.takeTexts(consumer, texts.size());
    Check.equal(
        texts.stream().sorted().toList(),
        found.stream().sorted().toList(),
        "what settlements on an interrupted thread have left in " + queue,
        SETTLED);
    Messages.marker(connection, queue, consumer, "but what these settlements left", SETTLED);
  }

  private static void onInterrupted(ScenarioContext t, Check.Action settlement) {
    Future<Boolean> kept =
        t.inThread(
            () -> {
              Thread.currentThread().interrupt();
              settlement.run();
              return Thread.interrupted();
            });
    boolean set = Check.completes(kept, "a settlement on an interrupted thread", SETTLED);
    Check.that(set, "the interrupt flag to be set after a settlement", "that it is clear", SETTLED);
  }

  @Scenario(
      id = "LIFE-84",
      title = "An interrupted commit says truthfully what became of it",
      intent = "Who is told that nothing was done may do it again.",
      needs = Capability.TRANSACTIONS)
  static void commit(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Queue from = t.queue();
    Queue to = t.queue();
    Messages.sendNumbers(interruptions.connection(), from, HELD);
    Set<String> done = new TreeSet<>();
    Set<String> undone = new TreeSet<>();
    List<String> perhaps = new ArrayList<>(); // once for each commit that may have moved it
    interruptions.disturbPart(
        "commit",
        interrupt -> move(interruptions.connection(), from, to, done, undone, perhaps, interrupt),
        ErrorCode.SEND_IN_DOUBT,
        ErrorCode.ROLLED_BACK);
    List<String> moved = new ArrayList<>();
    List<String> left = new ArrayList<>();
    Set<String> all = new TreeSet<>(Messages.numbers(HELD));
    // What a commit in doubt held goes back when its consumer has been closed, a moment later.
    Check.eventually(
        () -> {
          moved.addAll(Messages.drain(interruptions.connection(), to));
          left.addAll(Messages.drain(interruptions.connection(), from));
          return Stream.concat(moved.stream(), left.stream())
              .collect(Collectors.toSet())
              .equals(all);
        },
        "all of " + all + " to be moved or left",
        () -> moved + " moved and " + left + " left",
        "commit");
    Check.that(moved.containsAll(done), "what was committed " + done, moved, "commit");
    Check.that(
        moved.stream().noneMatch(undone::contains),
        "nothing of the commits that failed with ROLLED_BACK or INTERRUPTED: " + undone,
        moved,
        "whether the commit was withdrawn before it was reported as undone");
    Check.that(
        left.stream().noneMatch(done::contains), "nothing that was committed", left, "commit");
    Check.that(
        all.stream()
            .allMatch(
                each -> Collections.frequency(moved, each) <= Collections.frequency(perhaps, each)),
        "no more copies than commits that returned or were in doubt, of " + perhaps,
        moved,
        "how often a commit that is interrupted sends");
  }

  /** One unit of work, of which the commit alone is interrupted. */
  private static void move(
      Connection connection,
      Queue from,
      Queue to,
      Set<String> done,
      Set<String> undone,
      List<String> perhaps,
      Runnable interrupt) {
    try (Session session = connection.createSession()) {
      String number = Messages.takeText(session.createConsumer(from, PATIENT));
      session.createProducer(to).send(number); // held back until the commit
      interrupt.run();
      try {
        session.commit();
        perhaps.add(number);
        done.add(number);
        undone.remove(number);
      } catch (MessagingException e) {
        if (e.code() == ErrorCode.SEND_IN_DOUBT) {
          perhaps.add(number);
          undone.remove(number); // by this commit it may have been moved, whatever came before
        } else {
          undone.add(number);
        }
        throw e;
      }
    }
  }

  @Scenario(
      id = "LIFE-85",
      title = "An interrupted question or declaration disturbs nobody",
      intent = "Looking at a queue is harmless, also when it is given up.",
      limitSeconds = 120)
  static void ask(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    List<Queue> queues = new ArrayList<>();
    for (int i = 0; i < HELD; i++) {
      queues.add(t.newQueue());
    }
    boolean depth = t.supports(Capability.QUEUE_DEPTH);
    interruptions.disturb("declare", round -> connection.declare(queues.get(round)));
    interruptions.disturb("exists", round -> connection.exists(queues.get(round)));
    if (depth) {
      interruptions.disturb("depth", round -> connection.depth(interruptions.queue()));
    }
    queues.forEach(connection::declare);
    queues.forEach(queue -> Messages.send(connection, queue, "a"));
    queues.forEach(
        queue -> Check.equal(List.of("a"), Messages.drain(connection, queue), "it", "declare"));
  }

  @Scenario(
      id = "LIFE-86",
      title = "An interrupted subscribe leaves no consumer behind",
      intent = "What nobody holds must not keep messages.",
      limitSeconds = 120)
  static void subscribe(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    Queue queue = t.queue();
    Topic topic = t.topic();
    interruptions.disturb(
        "createConsumer", round -> closed(connection.createConsumer(queue, Messages.MANUAL)));
    interruptions.disturb("subscribe", round -> closed(connection.subscribe(topic)));
    Messages.sendNumbers(connection, queue, HELD);
    try (Consumer consumer = connection.createConsumer(queue)) {
      Check.equal(
          Messages.numbers(HELD),
          Messages.takeTexts(consumer, HELD),
          "what a consumer gets after those that were given up",
          "whether one of them is still there");
    }
    if (t.supports(Capability.DURABLE_SUBSCRIPTIONS)) {
      durable(t, interruptions, topic);
    }
  }

  private static void durable(ScenarioContext t, Interruptions interruptions, Topic topic) {
    Connection connection = interruptions.connection();
    t.removeAtEnd(topic, "d");
    interruptions.disturb(
        "subscribe as a durable subscription",
        round -> closed(connection.subscribe(topic, Messages.manualDurable("d"))),
        ErrorCode.SUBSCRIPTION_IN_USE); // by the one before, which goes without being waited for
    Check.eventually(
        t.harness().patience(),
        () -> subscribes(connection, topic),
        "the durable subscription to be free",
        () -> "that it is in use",
        "whether a consumer that was given up still has it");
  }

  private static boolean subscribes(Connection connection, Topic topic) {
    try (Subscription subscription = connection.subscribe(topic, Messages.manualDurable("d"))) {
      Messages.send(connection, topic, "a");
      Messages.take(subscription).accept();
      return true;
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        return false;
      }
      throw e;
    }
  }

  private static void closed(Consumer consumer) {
    consumer.close();
  }

  @Scenario(
      id = "LIFE-87",
      title = "An interrupted request disturbs no other request",
      intent = "One reply that nobody waits for is no reason to lose the next.",
      needs = Capability.REQUEST_REPLY)
  static void request(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    Queue queue = t.queue();
    Connection replier = t.connect();
    replier.createConsumer(
        queue,
        Messages.MANUAL,
        delivery -> {
          replier.reply(delivery.message(), delivery.message());
          delivery.accept();
        });
    interruptions.disturb(
        "request",
        round -> connection.request(queue, Message.text("a"), Check.LIMIT),
        ErrorCode.SEND_IN_DOUBT);
    Message reply = connection.request(queue, Message.text("b"), Check.LIMIT);
    Check.equal("b", reply.text(), "the reply to a request after those", "the reply queue");
  }

  @Scenario(
      id = "LIFE-88",
      title = "Close on an interrupted thread closes in order",
      intent = "A program that is told to stop still loses nothing.")
  static void close(ScenarioContext t) {
    Set<Thread> before = ThreadWatch.ours();
    Queue queue = t.queue();
    Connection sender = t.connect();
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (String number : Messages.numbers(100)) {
      sent.add(sender.sendAsync(queue, Message.text(number)));
    }
    closesInterrupted(t, sender);
    sent.forEach(each -> Check.completes(each, "every send", "what close does to the window"));
    Queue consumed = t.queue();
    Connection receiver = t.connect();
    Messages.sendNumbers(receiver, consumed, HELD);
    Consumer consumer = receiver.createConsumer(consumed, Messages.manual(4));
    Messages.take(consumer, 4).forEach(Delivery::accept);
    closesInterrupted(t, receiver);
    ThreadWatch.noneBeyond(before);
    Connection after = t.connect();
    Check.equal(Messages.numbers(100), Messages.drain(after, queue), "what was sent", "close");
    // What was on its way to the consumer may come back before what it held.
    List<String> left =
        Messages.takeTexts(after.createConsumer(consumed), HELD - 4).stream()
            .sorted(Comparator.comparing(Integer::valueOf))
            .toList();
    Check.equal(
        Messages.numbers(HELD).subList(4, HELD),
        left,
        "what was not accepted before",
        "whether close still settles");
  }

  private static void closesInterrupted(ScenarioContext t, Connection connection) {
    boolean flagged =
        Check.completes(t.inThread(() -> closeInterrupted(connection)), "close", "close");
    Check.that(flagged, "the interrupt flag to be set after close", "that it is clear", "close");
  }

  private static boolean closeInterrupted(Connection connection) {
    Thread.currentThread().interrupt();
    connection.close(Duration.ofSeconds(10));
    return Thread.interrupted();
  }

  @Scenario(
      id = "LIFE-89",
      title = "Nobody inherits another thread's interrupt",
      intent = "What is shared is made for all, whoever began it.")
  static void inherits(ScenarioContext t) {
    Interruptions interruptions = new Interruptions(t);
    Connection connection = interruptions.connection();
    List<Queue> queues = new ArrayList<>();
    for (int i = 0; i < HELD; i++) {
      queues.add(t.newQueue());
    }
    List<Future<Message>> undisturbed = new CopyOnWriteArrayList<>();
    interruptions.disturb(
        "the first send to a queue",
        round -> {
          Queue queue = queues.get(round);
          var other = t.inThread(() -> connection.send(queue, Message.text("undisturbed")));
          try {
            connection.send(queue, Message.text("disturbed"));
          } finally {
            undisturbed.add(other); // this thread may be interrupted at any moment
          }
        },
        ErrorCode.SEND_IN_DOUBT);
    undisturbed.forEach(
        other ->
            Check.completes(other, "another thread's send to the same queue", "what they share"));
    for (Queue queue : queues) {
      List<String> arrived = Messages.drain(connection, queue);
      Check.that(arrived.contains("undisturbed"), "its message", arrived, "what they share");
    }
  }
}
