package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anymq.DeadLetter;
import io.anymq.Message;
import io.anymq.spi.OutboundMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The native properties of a message that is sent again as it came: as a dead letter, or to wait
 * until it is delivered again. What no portable field stands for stays as it is, headers of all
 * types included. Headers that the broker would obey travel under names of ours: {@code CC} and
 * {@code BCC} would send copies elsewhere, and with {@code x-death} it would take the second wait
 * in one queue for a circle and drop the message. No I/O.
 */
final class NativeCopy {

  /** Before the names of headers and fields that must not have their meaning under way. */
  static final String KEPT = RabbitHeaders.PREFIX + "native-";

  /** The routing key that the message came with, where the copy has another one. */
  static final String ROUTING_KEY = RabbitHeaders.PREFIX + "routing-key";

  private static final String DEATHS = "x-death";
  private static final String USER_ID = RabbitMapper.FOREIGN_PREFIX + "user-id";
  private static final String EXPIRATION = KEPT + "expiration";

  private static final List<String> SENDS_ELSEWHERE = List.of("CC", "BCC");

  private static final List<String> TELLS_OF_DEATHS =
      List.of(
          "x-first-death-queue",
          "x-first-death-reason",
          "x-first-death-exchange",
          "x-last-death-queue",
          "x-last-death-reason",
          "x-last-death-exchange");

  private final RabbitDelivery origin;
  private final Map<String, @Nullable Object> headers = new LinkedHashMap<>();

  private NativeCopy(RabbitDelivery origin) {
    this.origin = origin;
    Map<String, Object> came = origin.properties().getHeaders();
    if (came != null) {
      came.forEach(this::keep);
    }
  }

  /** The delivery that a message is the copy of, where it is one. */
  static Optional<RabbitDelivery> origin(OutboundMessage outbound) {
    return outbound
        .origin()
        .filter(RabbitDelivery.class::isInstance)
        .map(RabbitDelivery.class::cast);
  }

  /**
   * A dead letter: what came, and the properties that the message has more. It does not expire.
   *
   * @param more headers of the way it is sent
   */
  static BasicProperties deadLetter(
      RabbitDelivery origin, Message letter, Map<String, Object> more) {
    NativeCopy copy = new NativeCopy(origin);
    copy.restoreDeaths();
    if (origin.undecodable().isPresent()) {
      copy.renameUnreadable();
    }
    RabbitMapper.LIFE.forEach(copy.headers::remove);
    copy.removeOlderMarks(letter);
    RabbitHeaders.encode(marks(origin.message(), letter), copy.headers);
    copy.headers.putAll(more);
    return copy.properties(letter, EXPIRATION);
  }

  /**
   * A copy that waits until it is delivered again.
   *
   * @param more headers of its way, and what tells of its deliveries
   */
  static BasicProperties waiting(RabbitDelivery origin, Map<String, Object> more) {
    NativeCopy copy = new NativeCopy(origin);
    copy.hideDeaths();
    copy.headers.putIfAbsent(ROUTING_KEY, origin.routingKey());
    origin.expiryByBroker().ifPresent(at -> copy.headers.put(RabbitMapper.EXPIRES_AT, at));
    copy.headers.putAll(more);
    return copy.properties(origin.message(), EXPIRATION);
  }

  /** One that is buried again may have an error, or a subscription, no more. */
  private void removeOlderMarks(Message letter) {
    for (String name : List.of(DeadLetter.ERROR_PROPERTY, DeadLetter.SUBSCRIPTION_PROPERTY)) {
      if (!letter.properties().containsKey(name)) {
        headers.remove(name);
      }
    }
  }

  private static Map<String, Object> marks(Message original, Message letter) {
    Map<String, Object> marks = new LinkedHashMap<>();
    letter
        .properties()
        .forEach(
            (name, value) -> {
              if (!Objects.deepEquals(value, original.properties().get(name))) {
                marks.put(name, value);
              }
            });
    return marks;
  }

  /**
   * What made the message undecodable would make its dead letter so: it is kept under names that
   * are not read.
   */
  private void renameUnreadable() {
    for (String name : List.copyOf(headers.keySet())) {
      if (name.startsWith(RabbitHeaders.PREFIX) && !name.startsWith(KEPT)) {
        headers.put(KEPT + name, headers.remove(name));
      }
    }
  }

  /** What is of the message's way so far, or of its deliveries, is not the message's own. */
  private void keep(String name, @Nullable Object value) {
    if (SENDS_ELSEWHERE.contains(name)) {
      headers.put(KEPT + name, value);
    } else if (!RabbitHeaders.isOfTheWay(name)) {
      headers.put(name, value);
    }
  }

  private BasicProperties properties(Message message, String expiration) {
    BasicProperties came = origin.properties();
    if (came.getExpiration() != null) {
      headers.put(expiration, came.getExpiration());
    }
    if (came.getUserId() != null) {
      headers.put(USER_ID, came.getUserId()); // the broker refuses one that is another's
    }
    BasicProperties.Builder builder = came.builder().expiration(null).userId(null);
    if (RabbitMapper.id(came).isEmpty()) {
      builder.messageId(message.id().orElse(null));
    }
    return builder.headers(headers).build();
  }

  /** Deaths in the queues where delayed messages wait are the adapter's own affair. */
  private void hideDeaths() {
    foreignDeaths().ifPresent(deaths -> headers.put(KEPT + DEATHS, deaths));
    headers.remove(DEATHS);
    for (String name : TELLS_OF_DEATHS) {
      Object value = headers.remove(name);
      if (value != null && headers.containsKey(KEPT + DEATHS)) {
        headers.putIfAbsent(KEPT + name, value);
      }
    }
  }

  private void restoreDeaths() {
    Optional<Object> deaths = foreignDeaths();
    headers.remove(DEATHS);
    deaths.ifPresent(known -> headers.put(DEATHS, known));
    for (String name : TELLS_OF_DEATHS) {
      Object hidden = headers.remove(KEPT + name);
      Object value = hidden == null ? headers.get(name) : hidden;
      headers.remove(name);
      if (value != null && deaths.isPresent()) {
        headers.put(name, value);
      }
    }
  }

  private Optional<Object> foreignDeaths() {
    Object hidden = headers.remove(KEPT + DEATHS);
    if (hidden != null) {
      return Optional.of(hidden);
    }
    if (!(headers.get(DEATHS) instanceof List<?> all)) {
      return Optional.ofNullable(headers.get(DEATHS));
    }
    List<Object> foreign = new ArrayList<>();
    for (Object death : all) {
      if (!(death instanceof Map<?, ?> table && isOurs(table.get("queue")))) {
        foreign.add(death);
      }
    }
    return foreign.isEmpty() ? Optional.empty() : Optional.of(foreign);
  }

  private static boolean isOurs(@Nullable Object queue) {
    return String.valueOf(queue).startsWith(RabbitDelays.LEVEL_PREFIX);
  }
}
