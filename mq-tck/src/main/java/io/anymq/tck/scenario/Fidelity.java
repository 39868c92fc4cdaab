package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** The table of values that every field must carry, and the trip that they take. */
final class Fidelity {

  static final String NON_ASCII = "Grüße, 世界, 😀, \u00a0\u2028";

  /** A field that holds text, and how it is set. */
  private record TextField(
      String name, BiFunction<Message.Builder, String, Message.Builder> setter) {}

  private static final List<TextField> TEXT_FIELDS =
      List.of(
          new TextField("id", Message.Builder::id),
          new TextField("correlation id", Message.Builder::correlationId),
          new TextField("type", Message.Builder::type),
          new TextField("key", Message.Builder::key),
          new TextField("content type", Message.Builder::contentType));

  /** Longer than what an AMQP short string (255 bytes) or a JMS property name is good for. */
  private static final String LONG = "0123456789".repeat(30);

  private static final List<String> TEXTS =
      List.of("plain", "", NON_ASCII, LONG, "line\nbreak\tand\0zero", " blanks around ");

  private Fidelity() {}

  /** Sends all, receives all, and fails with every field that has changed on the way. */
  static void roundTrip(ScenarioContext t, List<Message> messages) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    List<CompletableFuture<Message>> sending = new ArrayList<>();
    messages.forEach(message -> sending.add(connection.sendAsync(queue, message)));
    List<String> differences = new ArrayList<>();
    try (Consumer consumer = connection.createConsumer(queue)) {
      for (CompletableFuture<Message> each : sending) {
        Message sent = Check.completes(each, "a send of the table", "the mapper's encoding");
        differences.addAll(FieldDiff.of(sent, Messages.take(consumer).message()));
      }
    }
    Check.that(
        differences.isEmpty(),
        "every field as it was sent",
        String.join("; ", differences),
        "how the adapter's mapper writes and reads these fields");
  }

  static List<Message> texts() {
    List<Message> rows = new ArrayList<>();
    rows.add(Message.builder().build());
    for (TextField field : TEXT_FIELDS) {
      for (String text : TEXTS) {
        rows.add(field.setter().apply(Message.builder(), text).build());
      }
    }
    return rows;
  }

  static List<Message> replyTos() {
    return List.of(
        Message.builder().replyTo(Queue.of("answers")).build(),
        Message.builder().replyTo(Topic.of("answers")).build(),
        Message.builder().replyTo(Queue.of("queue.topic-of_Answers")).build());
  }

  static List<Message> numbers() {
    Message.Builder row = Message.builder();
    List<Object> values =
        List.of(
            true,
            false,
            Byte.MIN_VALUE,
            Byte.MAX_VALUE,
            Short.MIN_VALUE,
            Short.MAX_VALUE,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            0,
            -1,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0L,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.NaN,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            -0.0f,
            0.0f,
            0.1f,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            -Double.MAX_VALUE,
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            -0.0d,
            0.0d,
            0.1d,
            (byte) 0,
            (short) 0);
    for (Object value : values) {
      row.property("p" + row.build().properties().size(), value);
    }
    return List.of(row.build());
  }

  static List<Message> properties() {
    Message.Builder texts = Message.builder();
    TEXTS.forEach(text -> texts.property("text" + text.length(), text));
    Message names =
        Message.builder()
            .property("größe", "ü")
            .property("名前", 1)
            .property("with space and.dot-dash_under", true)
            .property("UPPER", "1")
            .property("upper", "2")
            .property("JMSXGroupID", "a name that one broker uses itself")
            .property("content-type", "a name that one protocol uses itself")
            .build();
    Message bytes =
        Message.builder()
            .property("empty", new byte[0])
            .property("all", everyByte())
            .property("text-like", "true")
            .property("number-like", "1")
            .build();
    Message.Builder many = Message.builder();
    Messages.numbers(200).forEach(number -> many.property("property-" + number, number));
    return List.of(texts.build(), names, bytes, many.build());
  }

  static List<Message> bodies() {
    List<Message> rows = new ArrayList<>();
    for (int size : new int[] {0, 1, 2, 255, 256, 4_095, 65_535, 65_536, 131_072}) {
      rows.add(Message.bytes(body(size)));
    }
    rows.add(Message.bytes(everyByte()));
    rows.add(Message.text(""));
    rows.add(Message.text(NON_ASCII + "\0\r\n"));
    return rows;
  }

  static List<Message> moments() {
    return List.of(
        Message.builder().timestamp(Instant.ofEpochMilli(1)).build(),
        Message.builder().timestamp(Instant.parse("2001-09-09T01:46:40.999Z")).build(),
        Message.builder().timestamp(Instant.parse("2106-02-07T06:28:16.001Z")).build());
  }

  /** A message with every field that the backend lets a message have. */
  static Message full(ScenarioContext t) {
    Message.Builder message =
        numbers().get(0).toBuilder()
            .text(NON_ASCII)
            .contentType("application/json")
            .properties(properties().get(1).properties())
            .id("id-" + NON_ASCII)
            .correlationId("correlation")
            .replyTo(Topic.of("answers"))
            .type("order")
            .key("customer-7")
            .persistent(false)
            .timestamp(Instant.parse("2020-02-29T23:59:59.001Z"));
    if (t.supports(Capability.PRIORITY)) {
      message.priority(Message.MAX_PRIORITY);
    }
    if (t.supports(Capability.TIME_TO_LIVE)) {
      message.timeToLive(Duration.ofHours(1));
    }
    if (t.supports(Capability.DELIVERY_DELAY)) {
      message.deliveryDelay(Duration.ofMillis(1));
    }
    return message.build();
  }

  /** As {@link #full}, without a delay: it is there when it is confirmed. */
  static Message prompt(ScenarioContext t) {
    return full(t).toBuilder().deliveryDelay(null).build();
  }

  static byte[] body(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
