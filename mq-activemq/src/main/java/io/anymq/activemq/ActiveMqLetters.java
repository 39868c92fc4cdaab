package io.anymq.activemq;

import io.anymq.DeadLetter;
import io.anymq.Message;
import io.anymq.activemq.ActiveMqMapper.Headers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.activemq.command.ActiveMQMessage;

/**
 * Dead letters as native messages. What a native program wrote stays as it came, however often it
 * is buried: the kind of message with its body, and the properties that have no portable form. What
 * is new in the letter is added. Immutable.
 */
final class ActiveMqLetters {

  /** When the message would have expired, in milliseconds since 1970; a dead letter does not. */
  static final String EXPIRATION = ActiveMqMapper.KEPT + "expiration";

  /** Those of an earlier burial give way. */
  private static final List<String> MARKS =
      List.of(
          DeadLetter.REASON_PROPERTY,
          DeadLetter.COUNT_PROPERTY,
          DeadLetter.SOURCE_PROPERTY,
          DeadLetter.SUBSCRIPTION_PROPERTY,
          DeadLetter.ERROR_PROPERTY);

  private final ActiveMqMapper mapper;
  private final ActiveMqProperties applications;

  ActiveMqLetters(ActiveMqMapper mapper, ActiveMqProperties applications) {
    this.mapper = mapper;
    this.applications = applications;
  }

  /** The native dead letter of a delivery. */
  ActiveMQMessage toNative(Message letter, ActiveMqDelivery origin) {
    try {
      return isPortable(origin) ? mapper.toNative(letter) : readable(letter, origin);
    } catch (IOException | RuntimeException e) {
      return mapper.toNative(letter); // its properties cannot be read, nor written again
    }
  }

  /**
   * Whether this library wrote the message, so that all of it is in the portable one. A dead letter
   * has our id whoever wrote its message.
   */
  private static boolean isPortable(ActiveMqDelivery origin) throws IOException {
    Map<String, Object> properties = origin.nativeMessage().getProperties();
    return properties.containsKey(ActiveMqMapper.ID)
        && !properties.containsKey(DeadLetter.REASON_PROPERTY);
  }

  /**
   * The letter itself can be decoded: a property of ours that made its message undecodable would
   * send it from one dead-letter queue to the next, and so has another name there.
   */
  private ActiveMQMessage readable(Message letter, ActiveMqDelivery origin) throws IOException {
    ActiveMQMessage asItCame = kept(letter, origin, false);
    if (origin.undecodable().isEmpty() || isReadable(asItCame)) {
      return asItCame;
    }
    ActiveMQMessage hiding = kept(letter, origin, true);
    return isReadable(hiding) ? hiding : mapper.toNative(letter);
  }

  private boolean isReadable(ActiveMQMessage message) {
    return mapper.fromNative((ActiveMQMessage) message.copy()).undecodable().isEmpty();
  }

  private ActiveMQMessage kept(Message letter, ActiveMqDelivery origin, boolean hidesOwn)
      throws IOException {
    ActiveMQMessage to = (ActiveMQMessage) origin.nativeMessage().copy();
    applications.keep(to, hidesOwn);
    for (String mark : MARKS) {
      to.removeProperty(mark);
    }
    Headers headers = new Headers(to);
    Map<String, Object> known = origin.message().properties();
    letter
        .properties()
        .forEach(
            (name, value) -> {
              if (MARKS.contains(name) || !value.equals(known.get(name))) {
                mapper.property(headers, name, value);
              }
            });
    if (to.getExpiration() > 0) {
      to.setProperty(EXPIRATION, to.getExpiration());
      to.setExpiration(0);
    }
    mapper.stamped(headers, letter);
    return to;
  }
}
