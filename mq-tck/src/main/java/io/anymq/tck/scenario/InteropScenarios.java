package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import io.anymq.tck.Scenario;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** INTEROP: together with programs that use the native client. */
final class InteropScenarios {

  private static final String READING = "how the mapper reads messages without its own headers";
  private static final String WRITING = "that native fields are used where they can hold a value";

  private static final String BURYING =
      "that a dead letter of a foreign message's dead letter keeps all that the first one kept";

  /** Begins the names of the library's own headers. */
  private static final String LIBRARY = "x-anymq-";

  private static final String FIRST =
      "that a dead letter is made of what came, and not of what could be read of it";

  private InteropScenarios() {}

  @Scenario(
      id = "INTEROP-01",
      title = "What a native client writes is received",
      intent = "Existing senders need not change.")
  static void nativeWrites(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    NativeClient client = t.nativeClient();
    NativeMessage written =
        new NativeMessage(
            Fidelity.NON_ASCII.getBytes(StandardCharsets.UTF_8),
            Optional.of("correlation-1"),
            Map.of("colour", "blue"));
    client.write(queue, written);
    Delivery delivery = Messages.take(t.connect().createConsumer(queue));
    Message message = delivery.message();
    Check.equal(Fidelity.NON_ASCII, message.text(), "the body", READING);
    Check.equal(written.correlationId(), message.correlationId(), "the correlation id", READING);
    Optional<String> colour = message.property("colour", String.class);
    Check.equal(Optional.of("blue"), colour, "the header as a property", READING);
    Check.that(!delivery.redelivered(), "redelivered() to be false", "true", READING);
    Check.equal(queue, delivery.destination(), "the destination", READING);
  }

  @Scenario(
      id = "INTEROP-02",
      title = "What is sent can be read by a native client",
      intent = "Existing receivers need not change.")
  static void nativeReads(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    t.connect()
        .send(
            queue,
            Message.builder()
                .text(Fidelity.NON_ASCII)
                .correlationId("correlation-2")
                .property("colour", "red")
                .build());
    NativeMessage read = read(t.nativeClient(), queue);
    Check.equal(Fidelity.NON_ASCII, read.text(), "the native body", WRITING);
    Check.equal(Optional.of("correlation-2"), read.correlationId(), "the correlation id", WRITING);
    Check.equal("red", read.headers().get("colour"), "the property as a native header", WRITING);
  }

  @Scenario(
      id = "INTEROP-03",
      title = "A foreign message that cannot be decoded is dead-lettered, and the consumer goes on",
      intent = "One alien must not stop everybody.",
      needs = Capability.DEAD_LETTER)
  static void undecodable(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    NativeClient client = t.nativeClient();
    Connection connection = t.connect();
    Consumer consumer = connection.createConsumer(queue);
    client.writeUndecodable(queue);
    Messages.send(connection, queue, "good");
    Check.equal("good", Messages.takeText(consumer), "the message behind it", "undecodable()");
    Message dead = Messages.take(connection.createConsumer(queue.deadLetterQueue())).message();
    DeadLetter why =
        DeadLetter.of(dead)
            .orElseThrow(() -> Check.failure("a reason in the dead letter", "none", "the core"));
    Check.equal(DeadLetter.Reason.UNDECODABLE, why.reason(), "the reason", "undecodable()");
    Check.that(why.error() != null, "an error that says why", why, "undecodable()'s exception");
    Check.equal(queue.toString(), why.source(), "the source", "the dead letter");
  }

  @Scenario(
      id = "INTEROP-04",
      title = "A foreign message that cannot be decoded does not stop a listener",
      intent = "The same for the other way to consume.",
      needs = Capability.DEAD_LETTER)
  static void undecodableForListener(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Connection connection = t.connect();
    List<String> handled = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
    connection.createConsumer(
        queue,
        io.anymq.ConsumerOptions.DEFAULT,
        delivery -> handled.add(delivery.message().text()));
    NativeClient client = t.nativeClient();
    Messages.send(connection, queue, "before");
    client.writeUndecodable(queue);
    Messages.send(connection, queue, "after");
    Check.eventually(
        () -> handled.contains("after"), "the message behind it", () -> handled, "undecodable()");
    Check.equal(List.of("before", "after"), List.copyOf(handled), "what was handled", "the gate");
  }

  @Scenario(
      id = "INTEROP-05",
      title = "Bytes pass between the two worlds unchanged",
      intent = "The body is the native body, without wrapping.")
  static void bytes(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    NativeClient client = t.nativeClient();
    byte[] body = Fidelity.body(70_000);
    client.write(queue, new NativeMessage(body, Optional.empty(), Map.of()));
    Connection connection = t.connect();
    try (Consumer consumer = connection.createConsumer(queue)) {
      byte[] received = Messages.take(consumer).message().body();
      Check.that(Arrays.equals(body, received), "the body", received.length, READING);
    }
    connection.send(queue, Message.bytes(body));
    byte[] read = read(client, queue).body();
    Check.that(Arrays.equals(body, read), "the native body", read.length, WRITING);
  }

  @Scenario(
      id = "INTEROP-06",
      title = "A foreign message can be released, rejected and passed on like any other",
      intent = "Where a message comes from makes no difference.",
      needs = Capability.DEAD_LETTER)
  static void settled(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    t.nativeClient().write(queue, NativeMessage.text("foreign"));
    Connection connection = t.connect();
    Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
    Messages.take(consumer).release();
    Delivery again = Messages.take(consumer);
    Check.that(again.redelivered(), "redelivered() to be true", "false", READING);
    again.reject("seen enough");
    String dead = Messages.takeText(connection.createConsumer(queue.deadLetterQueue()));
    Check.equal("foreign", dead, "the dead letter", READING);
  }

  @Scenario(
      id = "INTEROP-07",
      title = "What is buried again keeps what came",
      intent = "Nothing is lost by going through a dead-letter queue twice.",
      needs = Capability.DEAD_LETTER)
  static void buriedAgain(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Queue letters = queue.deadLetterQueue();
    Queue last = letters.deadLetterQueue();
    Connection connection = t.connect();
    connection.declare(letters);
    connection.declare(last);
    t.adopt(last);
    NativeClient client = t.nativeClient();
    NativeMessage written =
        new NativeMessage(
            Fidelity.body(1_000), Optional.of("correlation-7"), Map.of("colour", "blue"));
    client.write(queue, written);
    reject(connection, queue, "at first");
    reject(connection, letters, "at last");
    checkSame(written, read(client, last));
    NativeMessage once = undecodableLetter(connection, client, queue);
    client.writeUndecodable(queue);
    awaitBurial(connection, queue);
    reject(connection, letters, "at last");
    checkNothingMissing(once, read(client, last));
    client.writeUndecodable(queue);
    awaitBurial(connection, queue);
    reject(connection, letters, "at last");
    checkLast(connection, letters, last);
  }

  @Scenario(
      id = "INTEROP-08",
      title = "A dead letter of a foreign message keeps what its program wrote",
      intent = "Those who look into it find what arrived, and can send it again.",
      needs = Capability.DEAD_LETTER)
  static void buriedOnce(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Queue letters = queue.deadLetterQueue();
    Connection connection = t.connect();
    connection.declare(letters);
    NativeClient client = t.nativeClient();
    NativeMessage written =
        new NativeMessage(
            Fidelity.body(1_000), Optional.of("correlation-8"), Map.of("colour", "blue"));
    client.write(queue, written);
    reject(connection, queue, "at once");
    checkKept(written, read(client, letters), "of one that is rejected");
    NativeMessage undecodable = client.writeUndecodable(queue);
    awaitBurial(connection, queue);
    checkKept(undecodable, read(client, letters), "of one that cannot be decoded");
  }

  private static void checkKept(NativeMessage written, NativeMessage read, String whose) {
    Check.that(
        Arrays.equals(written.body(), read.body()),
        "the native body " + whose,
        read.body().length + " bytes",
        FIRST);
    Check.equal(
        written.correlationId(), read.correlationId(), "the correlation id " + whose, FIRST);
    Map<String, String> kept = new TreeMap<>(written.headers());
    kept.replaceAll(
        (name, value) ->
            name.startsWith(LIBRARY) && isAside(value, read)
                ? value
                : read.headers().getOrDefault(name, ""));
    Check.equal(new TreeMap<>(written.headers()), kept, "the native headers " + whose, FIRST);
  }

  /** Whether a letter keeps a value under a name of the library's, which it would not read. */
  private static boolean isAside(String value, NativeMessage letter) {
    return letter.headers().entrySet().stream()
        .anyMatch(each -> each.getKey().startsWith(LIBRARY) && each.getValue().equals(value));
  }

  /** What is in the letter of one that cannot be decoded, which is buried once only. */
  private static NativeMessage undecodableLetter(
      Connection connection, NativeClient client, Queue queue) throws Exception {
    client.writeUndecodable(queue);
    awaitBurial(connection, queue);
    return read(client, queue.deadLetterQueue());
  }

  /** Who receives finds what cannot be decoded. */
  private static void awaitBurial(Connection connection, Queue queue) {
    try (Consumer consumer = connection.createConsumer(queue)) {
      Messages.send(connection, queue, "behind");
      Check.equal("behind", Messages.takeText(consumer), "the message behind it", "undecodable()");
    } // what it buries is stored then
  }

  private static void reject(Connection connection, Queue queue, String reason) {
    try (Consumer consumer = connection.createConsumer(queue, Messages.MANUAL)) {
      Messages.take(consumer).reject(reason);
    }
  }

  private static void checkSame(NativeMessage written, NativeMessage read) {
    Check.that(
        Arrays.equals(written.body(), read.body()),
        "the native body as it was written",
        read.body().length + " bytes",
        BURYING);
    Check.equal(written.correlationId(), read.correlationId(), "the correlation id", BURYING);
    Check.equal("blue", read.headers().get("colour"), "the native header", BURYING);
  }

  /** The ids of two letters differ, so only the names of their native headers are compared. */
  private static void checkNothingMissing(NativeMessage once, NativeMessage twice) {
    Check.that(
        Arrays.equals(once.body(), twice.body()),
        "the native body of the first dead letter",
        twice.body().length + " bytes",
        BURYING);
    Set<String> missing = new TreeSet<>(once.headers().keySet());
    missing.removeAll(twice.headers().keySet());
    Check.equal(Set.of(), missing, "what the second dead letter has lost", BURYING);
  }

  private static void checkLast(Connection connection, Queue letters, Queue last) {
    try (Consumer consumer = connection.createConsumer(last)) {
      DeadLetter why =
          DeadLetter.of(Messages.take(consumer).message())
              .orElseThrow(() -> Check.failure("a reason in the dead letter", "none", BURYING));
      Check.equal(DeadLetter.Reason.REJECTED, why.reason(), "the last reason", BURYING);
      Check.equal("at last", why.error(), "the last error", BURYING);
      Check.equal(letters.toString(), why.source(), "the last source", BURYING);
    }
  }

  private static NativeMessage read(NativeClient client, Queue queue) throws Exception {
    return client
        .read(queue, Check.LIMIT)
        .orElseThrow(() -> Check.failure("a message for the native client", "none", WRITING));
  }
}
