package io.anymq.activemq;

import static io.anymq.activemq.ActiveMqMapper.DELIVERY_DELAY;
import static io.anymq.activemq.ActiveMqMapper.KEPT;
import static io.anymq.activemq.ActiveMqMapper.SELECTABLE_PREFIX;

import io.anymq.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.fusesource.hawtbuf.UTF8Buffer;

/**
 * An application's properties to native ones and back: whatever their names and values are, they
 * neither meet the adapter's own nor are damaged on their way. Immutable.
 */
final class ActiveMqProperties {

  /** Before the name of a property of bytes, which a selector of the broker's cannot bear. */
  static final String BYTES_PREFIX = SELECTABLE_PREFIX + "bytes$";

  /** Before the name of an application's property that looks like one of ours. */
  private static final String FOREIGN_PREFIX = "x-anymq-property.";

  /** Before the name of a text property that the broker could not write again. */
  private static final String TEXT_PREFIX = "x-anymq-text.";

  /** What the broker's scheduler reads, and what it writes. */
  private static final Set<String> SCHEDULERS =
      Set.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, ScheduledMessage.AMQ_SCHEDULED_ID);

  private static final String SCHEDULER_PREFIX = "AMQ_SCHEDULED_";

  private static final String OWN_PREFIX = "x-anymq-";

  /** What ends a message, or holds it up; a dead letter has neither. */
  private static final Set<String> LIFE = Set.of(ActiveMqMapper.TIME_TO_LIVE, DELIVERY_DELAY);

  /** The longest name of a message's property, in UTF-8. */
  private static final int MAX_NAME_BYTES = 255;

  /** Begins the names that Artemis keeps for itself; it adds {@code __AMQ_CID} to all messages. */
  private static final List<String> ARTEMIS_PREFIXES = List.of("_AMQ_", "__");

  private final boolean artemis;

  /**
   * Makes it.
   *
   * @param artemis whether the broker is Artemis, which reads all properties and writes them again
   */
  ActiveMqProperties(boolean artemis) {
    this.artemis = artemis;
  }

  /** The native name of an application's property. */
  String nativeName(String name, Object value) {
    if (value instanceof byte[]) {
      return BYTES_PREFIX + name;
    }
    return name.startsWith(SELECTABLE_PREFIX) || isArtemis(name) ? FOREIGN_PREFIX + name : name;
  }

  private boolean isArtemis(String name) {
    return artemis && ARTEMIS_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** The application's name of a native property; empty when it is one of our own. */
  private Optional<String> portableName(String name, Object value) {
    if (name.startsWith(BYTES_PREFIX) && (artemis || value instanceof byte[])) {
      return Optional.of(name.substring(BYTES_PREFIX.length()));
    }
    if (name.startsWith(FOREIGN_PREFIX)) {
      return Optional.of(name.substring(FOREIGN_PREFIX.length()));
    }
    boolean own =
        name.startsWith(OWN_PREFIX) || name.startsWith(SELECTABLE_PREFIX) || isArtemis(name);
    return own ? Optional.empty() : Optional.of(name);
  }

  /** Artemis loses properties of bytes. */
  Object nativeValue(Object value) {
    return artemis && value instanceof byte[] bytes
        ? Base64.getEncoder().encodeToString(bytes)
        : value;
  }

  /** The bytes of a property that holds some; empty when it does not. */
  private Optional<byte[]> bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return Optional.of(bytes);
    }
    return artemis && (value instanceof UTF8Buffer || value instanceof String)
        ? Optional.of(Base64.getDecoder().decode(value.toString()))
        : Optional.empty();
  }

  /**
   * The broker's scheduler reads all properties and writes them again, and so spoils some texts:
   * those go as bytes.
   */
  void protectTexts(ActiveMQMessage message) {
    try {
      for (Map.Entry<String, Object> each : Map.copyOf(message.getProperties()).entrySet()) {
        if (each.getValue() instanceof String text && !NativeText.isSafe(text)) {
          message.removeProperty(each.getKey());
          message.setProperty(
              TEXT_PREFIX + each.getKey(), nativeValue(text.getBytes(StandardCharsets.UTF_16BE)));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("A new message has nothing that must be read first", e);
    }
  }

  /**
   * Makes a copy of a received message one that can be sent: its properties can be written again,
   * the broker's scheduler does not delay it once more, and nothing of its way is left. A life that
   * a property gives it is kept under a name that is not read.
   *
   * @param hidesOwn whether all properties of ours are kept so, as one of them cannot be read
   */
  void keep(ActiveMQMessage copy, boolean hidesOwn) throws IOException {
    Map<String, Object> came = copy.getProperties();
    Map<String, Object> properties = new HashMap<>(restored(came));
    if (restores(came)) {
      properties.keySet().removeIf(name -> name.startsWith(TEXT_PREFIX)); // under their own names
    }
    properties.remove(ActiveMqMapper.REPEATED);
    copy.clearProperties();
    for (Map.Entry<String, Object> each : properties.entrySet()) {
      if (!each.getKey().startsWith(SCHEDULER_PREFIX)) {
        String name = each.getKey();
        boolean hidden = LIFE.contains(name) || (hidesOwn && isOwn(name));
        copy.setProperty(hidden ? KEPT + name : name, NativeValues.writable(each.getValue()));
      }
    }
    copy.setTransactionId(null);
    copy.setOriginalTransactionId(null);
    copy.setOriginalDestination(null);
    copy.setBrokerPath(null);
    copy.setRedeliveryCounter(0);
  }

  private static boolean isOwn(String name) {
    return (name.startsWith(OWN_PREFIX) || name.startsWith(SELECTABLE_PREFIX))
        && !name.startsWith(KEPT);
  }

  private boolean restores(Map<String, Object> properties) {
    return artemis || properties.containsKey(DELIVERY_DELAY);
  }

  /** With the texts that {@link #protectTexts} hid from the broker. */
  Map<String, Object> restored(Map<String, Object> properties) {
    if (!restores(properties)) {
      return properties;
    }
    Map<String, Object> restored = new HashMap<>(properties);
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(TEXT_PREFIX)) {
            bytes(value)
                .ifPresent(
                    text ->
                        restored.put(
                            name.substring(TEXT_PREFIX.length()),
                            new String(text, StandardCharsets.UTF_16BE)));
          }
        });
    return restored;
  }

  /** Those of the application. */
  void read(Map<String, Object> from, Message.Builder to) {
    boolean delayed = from.containsKey(DELIVERY_DELAY);
    from.forEach(
        (name, value) -> {
          if (value != null && !(delayed && SCHEDULERS.contains(name))) {
            portableName(name, value)
                .filter(ActiveMqProperties::isPropertyName)
                .ifPresent(portable -> to.property(portable, portableValue(name, value)));
          }
        });
  }

  /** Whether a native property can be one of a message; one that cannot stays native. */
  private static boolean isPropertyName(String name) {
    return !name.isEmpty()
        && !name.startsWith(OWN_PREFIX)
        && (name.length() <= MAX_NAME_BYTES / 3
            || name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES);
  }

  private Object portableValue(String name, Object value) {
    if (name.startsWith(BYTES_PREFIX)) {
      return bytes(value).orElseThrow();
    }
    if (NativeValues.isStructured(value)) {
      return NativeValues.json(value);
    }
    if (value instanceof Character character) {
      return character.toString();
    }
    return value instanceof UTF8Buffer text ? NativeText.of(text) : value;
  }
}
