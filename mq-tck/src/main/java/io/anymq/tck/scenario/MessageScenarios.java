package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.ConnectionOptions;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Queue;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** MSG: names and messages. */
final class MessageScenarios {

  private static final String NAMES = "that NativeNames are used everywhere, both ways";

  private MessageScenarios() {}

  @Scenario(
      id = "MSG-01",
      title = "Text fields survive",
      intent =
          "Ids, correlation, type, key and content type are the application's words, not ours.")
  static void textFields(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.texts());
  }

  @Scenario(
      id = "MSG-02",
      title = "Reply-to survives as a queue or a topic",
      intent = "An answer must go where it was asked for.")
  static void replyTo(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.replyTos());
  }

  @Scenario(
      id = "MSG-03",
      title = "Numeric properties keep type and value",
      intent = "A limit, a NaN or a negative zero is a value like any other.")
  static void numbers(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.numbers());
  }

  @Scenario(
      id = "MSG-04",
      title = "Text and byte properties keep name and value",
      intent = "Empty is not absent, and no name is special to the application.")
  static void properties(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.properties());
  }

  @Scenario(
      id = "MSG-05",
      title = "Bodies of every size survive",
      intent = "Sizes at which protocols change their encoding are where bytes get lost.")
  static void bodies(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.bodies());
  }

  @Scenario(
      id = "MSG-06",
      title = "The largest message passes, one byte more is refused",
      intent = "A limit that is said is kept on both sides.")
  static void limit(ScenarioContext t) {
    int limit = ConnectionOptions.MAX_MESSAGE_BYTES.parse("1000000");
    Fidelity.roundTrip(t, List.of(Message.bytes(Fidelity.body(limit))));
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message tooLarge = Message.bytes(Fidelity.body(limit + 1));
    String check = "that the size is checked against max-message-bytes before anything is sent";
    Check.refused(
        MessageTooLargeException.class,
        () -> connection.send(queue, tooLarge),
        "send of one byte more than the limit",
        check);
    Messages.send(connection, queue, "after");
    Consumer consumer = connection.createConsumer(queue);
    Check.equal("after", Messages.takeText(consumer), "the message behind the refused one", check);
  }

  @Scenario(
      id = "MSG-07",
      title = "Names and values of properties count as size",
      intent = "Metadata must not push a message over the broker's own limit.")
  static void propertiesCount(ScenarioContext t) {
    Connection connection = t.connect(o -> o.option(ConnectionOptions.MAX_MESSAGE_BYTES, 1_000));
    Queue queue = t.queue();
    Message.Builder message = Message.builder().body(new byte[900]);
    connection.send(queue, message.build());
    Check.refused(
        MessageTooLargeException.class,
        () -> connection.send(queue, message.property("a", "x".repeat(200)).build()),
        "send of 900 bytes of body and 201 of properties, where 1000 are allowed,",
        "that properties are counted");
  }

  @Scenario(
      id = "MSG-08",
      title = "A message gets an id and a timestamp when it is sent",
      intent = "Sender and receiver can talk about the same message.")
  static void idAndTimestamp(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Instant before = Instant.now().minus(Duration.ofMillis(1));
    Message first = connection.send(queue, Message.text("a"));
    Message second = connection.send(queue, Message.text("a"));
    String check = "that both are set by the library and travel with the message";
    Check.that(first.id().isPresent(), "an id on the sent message", first, check);
    Check.that(!first.id().equals(second.id()), "ids that differ", first.id(), check);
    Instant at = first.timestamp().orElse(Instant.MIN);
    Check.that(
        at.isAfter(before) && !at.isAfter(Instant.now()), "a timestamp of the send", at, check);
    Message received = Messages.take(connection.createConsumer(queue)).message();
    Check.equal(first.id(), received.id(), "the received id", check);
    Check.equal(first.timestamp(), received.timestamp(), "the received timestamp", check);
  }

  @Scenario(
      id = "MSG-09",
      title = "Timestamps survive to the millisecond",
      intent = "Some protocols count seconds; the message does not.")
  static void moments(ScenarioContext t) {
    Fidelity.roundTrip(t, Fidelity.moments());
  }

  @Scenario(
      id = "MSG-10",
      title = "A message tells whether it is persistent",
      intent = "A consumer that forwards must forward with the same promise.")
  static void persistentFlag(ScenarioContext t) {
    for (boolean persistent : new boolean[] {false, true}) {
      Fidelity.roundTrip(t, List.of(Message.builder().persistent(persistent).build()));
    }
  }

  @Scenario(
      id = "MSG-11",
      title = "All fields survive together, over a topic too",
      intent = "Fields must not disturb each other, and topics carry the same messages.")
  static void together(ScenarioContext t) {
    Fidelity.roundTrip(t, List.of(Fidelity.full(t)));
    Connection connection = t.connect();
    Topic topic = t.topic();
    Subscription subscription = connection.subscribe(topic);
    Message sent = connection.send(topic, Fidelity.full(t));
    List<String> differences = FieldDiff.of(sent, Messages.take(subscription).message());
    Check.that(
        differences.isEmpty(), "every field as it was sent to a topic", differences, "the mapper");
  }

  @Scenario(
      id = "MSG-12",
      title = "A received message can be sent on as it is",
      intent = "Forwarding loses nothing and adds nothing.")
  static void forwarding(ScenarioContext t) {
    Connection connection = t.connect();
    Queue first = t.queue();
    Queue second = t.queue();
    Message sent = connection.send(first, Fidelity.full(t));
    Message sentOn =
        connection.send(second, Messages.take(connection.createConsumer(first)).message());
    Message received = Messages.take(connection.createConsumer(second)).message();
    Message expected = sent.toBuilder().expiresAt(sentOn.expiresAt().orElse(null)).build();
    List<String> differences = FieldDiff.of(expected, received);
    Check.that(
        differences.isEmpty(),
        "every field as it was sent first",
        differences,
        "that reading adds no property and loses none");
  }

  @Scenario(
      id = "MSG-13",
      title = "A field that no backend could carry is refused when it is set",
      intent = "What cannot survive is refused at once, on the line that sets it.")
  static void invalidFields(ScenarioContext t) {
    Message.Builder builder = Message.builder();
    Map<String, Check.Action> refused =
        Map.of(
            "an empty property name", () -> builder.property("", 1),
            "a reserved property name", () -> builder.property("x-anymq-id", 1),
            "a property name of 256 bytes", () -> builder.property("x".repeat(256), 1),
            "a property of type Duration", () -> builder.property("a", Duration.ZERO),
            "priority 10", () -> builder.priority(10),
            "priority -1", () -> builder.priority(-1),
            "a time to live of zero", () -> builder.timeToLive(Duration.ZERO),
            "a negative delay", () -> builder.deliveryDelay(Duration.ofMillis(-1)));
    refused.forEach(
        (what, action) ->
            Check.refused(action, what, "the message's builder", ErrorCode.INVALID_MESSAGE));
  }

  @Scenario(
      id = "MSG-14",
      title = "A body that is not UTF-8 is not text",
      intent = "Bytes are never bent into text without a word.")
  static void invalidText(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    connection.send(queue, Message.bytes(new byte[] {(byte) 0xC3, 0x28}));
    Message received = Messages.take(connection.createConsumer(queue)).message();
    Check.refused(InvalidMessageException.class, received::text, "text()", "the decoding of text");
    Check.equal(2, received.bodyLength(), "the length of the body", "the body's bytes");
  }

  @Scenario(
      id = "MSG-15",
      title = "Every portable name works",
      intent = "A name that one broker takes must not fail on the next.")
  static void portableNames(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    ConsumerOptions ownDeadLetters =
        ConsumerOptions.builder().deadLetterQueue(Queue.of(base + ".dlq")).build();
    String longest = base + "-".repeat(Destination.MAX_NAME_LENGTH - base.length());
    for (String name : List.of(longest, base + ".ABC.xyz_019-.", "-" + base + "_", "." + base)) {
      Queue queue = Queue.of(name);
      Topic topic = Topic.of(name);
      t.adopt(queue);
      t.adopt(topic);
      Messages.send(connection, queue, "a");
      Check.equal(
          "a",
          Messages.takeText(connection.createConsumer(queue, ownDeadLetters)),
          "the message in " + queue,
          "the mapping of names");
      Subscription subscription =
          connection.subscribe(
              topic, SubscriptionOptions.builder().consumer(ownDeadLetters).build());
      Messages.send(connection, topic, "b");
      Check.equal("b", Messages.takeText(subscription), "the message of " + topic, "the mapping");
    }
  }

  @Scenario(
      id = "MSG-16",
      title = "Names that look alike are different destinations",
      intent = "The mapping to native names never makes two into one.")
  static void similarNames(ScenarioContext t) {
    Connection connection = t.connect();
    String base = t.freshName();
    List<Queue> queues =
        List.of("a.b", "a_b", "a-b", "A.b", "a.b.", "a..b").stream()
            .map(name -> Queue.of(base + name))
            .toList();
    queues.forEach(t::adopt);
    queues.forEach(queue -> Messages.send(connection, queue, queue.name()));
    String check = "that the mapping of portable to native names is injective";
    for (Queue queue : queues) {
      // One consumer at a time: two of one native queue might share its messages out by luck.
      try (Consumer consumer = connection.createConsumer(queue)) {
        Check.equal(queue.name(), Messages.takeText(consumer), "the message in " + queue, check);
        Messages.marker(connection, queue, consumer, "of another queue", check);
      }
    }
  }

  @Scenario(
      id = "MSG-17",
      title = "A queue and a topic of one name are two things",
      intent = "No cross-talk between the two name spaces, on any backend.")
  static void queueAndTopic(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Topic topic = Topic.of(queue.name());
    t.adopt(topic);
    connection.declare(topic);
    Consumer consumer = connection.createConsumer(queue);
    Subscription subscription = connection.subscribe(topic);
    Messages.send(connection, queue, "to the queue");
    Messages.send(connection, topic, "to the topic");
    String check = "that queues and topics have native names of their own";
    Delivery fromQueue = Messages.take(consumer);
    Delivery fromTopic = Messages.take(subscription);
    Check.equal("to the queue", fromQueue.message().text(), "the queue's message", check);
    Check.equal("to the topic", fromTopic.message().text(), "the topic's message", check);
    Check.equal(queue, fromQueue.destination(), "the queue's delivery's destination", check);
    Check.equal(topic, fromTopic.destination(), "the topic's delivery's destination", check);
    Messages.marker(connection, queue, consumer, "of the topic", check);
    Messages.marker(connection, topic, subscription, "of the queue", check);
  }

  @Scenario(
      id = "MSG-18",
      title = "A name that is not portable is refused when the object is made",
      intent = "A bad name fails on the line that has it, on every backend alike.")
  static void badNames(ScenarioContext t) {
    for (String name : List.of("", "a b", "a/b", "ä", "a*", "a#b", "x".repeat(201), "a\n")) {
      String check = "Destination.requireName";
      Class<InvalidDestinationException> refusal = InvalidDestinationException.class;
      Check.refused(refusal, () -> Queue.of(name), "the queue name '" + name + "'", check);
      Check.refused(refusal, () -> Topic.of(name), "the topic name '" + name + "'", check);
    }
    Check.refused(
        InvalidDestinationException.class,
        () -> TopicPattern.of("a..b"),
        "the pattern 'a..b'",
        "TopicPattern");
  }

  @Scenario(
      id = "MSG-19",
      title = "Configuration maps a portable name to a native one",
      intent = "Topologies that exist already can be used.")
  static void nativeNames(ScenarioContext t) {
    Queue real = t.queue();
    Queue alias = Queue.of(real.name() + ".alias");
    String nativeName = t.harness().nativeName(real);
    Connection mapped = t.connect(o -> o.option("native-queue." + alias.name(), nativeName));
    Messages.send(mapped, alias, "a");
    String text = Messages.takeText(t.connect().createConsumer(real));
    Check.equal("a", text, "the message in " + real, NAMES);
  }

  @Scenario(
      id = "MSG-50",
      title = "One pattern maps many portable names to native ones",
      intent = "A topology of a hundred queues is configured in a line.")
  static void nativeNamePatterns(ScenarioContext t) {
    Queue real = t.queue();
    String prefix = real.name() + ".alias.";
    String nativeName = t.harness().nativeName(real);
    String head = nativeName.substring(0, nativeName.length() - 1);
    String last = nativeName.substring(nativeName.length() - 1);
    Connection mapped = t.connect(o -> o.option("native-queue." + prefix + "*", head + "*"));
    Queue alias = Queue.of(prefix + last);
    Messages.send(mapped, alias, "a");
    try (Consumer consumer = t.connect().createConsumer(real)) {
      Check.equal("a", Messages.takeText(consumer), "the message in " + real, NAMES);
    }
    mapped.send(alias, Message.builder().text("b").replyTo(alias).build());
    Consumer consumer = mapped.createConsumer(alias);
    Check.equal(
        java.util.Optional.of(alias),
        Messages.take(consumer).message().replyTo(),
        "the reply-to under its portable name",
        NAMES);
  }

  @Scenario(
      id = "MSG-51",
      title = "Configuration maps topics as it maps queues",
      intent = "A topic that exists already can be used, by its own name or by a pattern.")
  static void nativeTopics(ScenarioContext t) {
    Topic real = t.topic();
    String nativeName = t.harness().nativeName(real);
    String head = nativeName.substring(0, nativeName.length() - 1);
    String last = nativeName.substring(nativeName.length() - 1);
    String many = real.name() + ".alias.";
    Connection mapped =
        t.connect(
            o ->
                o.option("native-topic." + real.name() + ".one", nativeName)
                    .option("native-topic." + many + "*", head + "*"));
    Connection plain = t.connect();
    for (Topic alias : List.of(Topic.of(real.name() + ".one"), Topic.of(many + last))) {
      try (Consumer ofReal = plain.subscribe(real);
          Consumer ofAlias = mapped.subscribe(alias)) {
        Messages.send(mapped, alias, "a");
        Check.equal("a", Messages.takeText(ofReal), "the message in " + real, NAMES);
        Check.equal("a", Messages.takeText(ofAlias), "the message in " + alias, NAMES);
      }
    }
  }
}
