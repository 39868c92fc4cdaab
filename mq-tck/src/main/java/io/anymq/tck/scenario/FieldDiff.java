package io.anymq.tck.scenario;

import io.anymq.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares a message as it was sent with the message as it arrived, field by field. */
final class FieldDiff {

  private final List<String> differences = new ArrayList<>();

  private FieldDiff() {}

  /** What differs, a phrase for each field; empty when nothing does. */
  static List<String> of(Message sent, Message received) {
    FieldDiff diff = new FieldDiff();
    diff.field("body", describe(sent.body()), describe(received.body()));
    diff.field("content type", sent.contentType(), received.contentType());
    diff.field("id", sent.id(), received.id());
    diff.field("correlation id", sent.correlationId(), received.correlationId());
    diff.field("reply-to", sent.replyTo(), received.replyTo());
    diff.field("type", sent.type(), received.type());
    diff.field("key", sent.key(), received.key());
    diff.field("priority", sent.priority(), received.priority());
    diff.field("persistent", sent.persistent(), received.persistent());
    diff.field("time to live", sent.timeToLive(), received.timeToLive());
    diff.field("expiry", sent.expiresAt(), received.expiresAt());
    diff.field("delivery delay", sent.deliveryDelay(), received.deliveryDelay());
    diff.field("timestamp", sent.timestamp(), received.timestamp());
    diff.properties(sent.properties(), received.properties());
    return diff.differences;
  }

  private void field(String name, @Nullable Object sent, @Nullable Object received) {
    if (!Objects.equals(sent, received)) {
      differences.add("%s sent as %s, received as %s".formatted(name, sent, received));
    }
  }

  private void properties(Map<String, Object> sent, Map<String, Object> received) {
    TreeSet<String> names = new TreeSet<>(sent.keySet());
    names.addAll(received.keySet());
    for (String name : names) {
      field("property '" + name + "'", typed(sent.get(name)), typed(received.get(name)));
    }
  }

  /** The type and every bit of the value: a NaN equals itself, and -0.0 is not 0.0. */
  private static String typed(@Nullable Object value) {
    if (value == null) {
      return "absent";
    }
    String shown = value instanceof byte[] bytes ? describe(bytes) : value.toString();
    return value.getClass().getSimpleName() + " " + shown;
  }

  private static String describe(byte[] bytes) {
    return bytes.length <= 16
        ? Arrays.toString(bytes)
        : "%d bytes with hash %08x".formatted(bytes.length, Arrays.hashCode(bytes));
  }
}
