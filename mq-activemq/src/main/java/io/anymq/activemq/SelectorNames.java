package io.anymq.activemq;

import io.anymq.UnsupportedCapabilityException;
import io.anymq.activemq.SelectorNode.Name;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the broker has what a name in a selector stands for.
 *
 * @param name the name
 * @param alternatives the places, of which one holds for a message
 * @param absent what is true when there is no value
 */
record SelectorNames(String name, List<Alternative> alternatives, String absent) {

  /**
   * One place.
   *
   * @param guard what is true when the value is there; empty: always
   * @param nativeName the broker's name of it
   */
  record Alternative(String guard, String nativeName) {}

  private static final Pattern BROKERS_NAME = Pattern.compile("[a-zA-Z_$][a-zA-Z0-9_$]*");

  /** Words of the broker's language that are none of ours. */
  private static final Set<String> BROKERS_WORDS = Set.of("XPATH", "XQUERY");

  /** Properties of ours that the broker takes for its own. */
  private static final Set<String> BROKERS_OWN =
      Set.of(
          "JMSXDeliveryCount",
          "JMSXGroupFirstForConsumer",
          "JMSXGroupSeq",
          "JMSXProducerTXID",
          "JMSXUserID");

  private static final Map<String, SelectorNames> FIELDS =
      Map.of(
          "JMSMessageID", either("JMSMessageID", ActiveMqMapper.ID),
          "JMSCorrelationID", either("JMSCorrelationID", ActiveMqMapper.CORRELATION_ID),
          "JMSType", either("JMSType", ActiveMqMapper.TYPE),
          "JMSXGroupID", only("JMSXGroupID", ActiveMqMapper.KEY),
          "JMSDeliveryMode", only("JMSDeliveryMode", "JMSDeliveryMode"),
          "JMSPriority", only("JMSPriority", "JMSPriority"),
          "JMSTimestamp", timestamp());

  private static SelectorNames only(String field, String nativeName) {
    return new SelectorNames(
        field, List.of(new Alternative("", nativeName)), nativeName + " IS NULL");
  }

  /** In a property of our own, if it is there; otherwise in the native header of the same name. */
  private static SelectorNames either(String field, String property) {
    return new SelectorNames(
        field,
        List.of(
            new Alternative(property + " IS NOT NULL", property),
            new Alternative(property + " IS NULL", field)),
        "(" + property + " IS NULL AND " + field + " IS NULL)");
  }

  /** Natively, 0 means that there is none. */
  private static SelectorNames timestamp() {
    String property = ActiveMqMapper.TIMESTAMP;
    String here = "(" + property + " IS NULL AND JMSTimestamp <> 0)";
    return new SelectorNames(
        "JMSTimestamp",
        List.of(
            new Alternative(property + " IS NOT NULL", property),
            new Alternative(here, "JMSTimestamp")),
        "(" + property + " IS NULL AND JMSTimestamp = 0)");
  }

  static SelectorNames of(Name name) {
    String text = name.text();
    SelectorNames field = FIELDS.get(text);
    if (field != null) {
      return field;
    }
    boolean sayable =
        BROKERS_NAME.matcher(text).matches()
            && !BROKERS_WORDS.contains(text.toUpperCase(Locale.ROOT))
            && !BROKERS_OWN.contains(text)
            && !text.startsWith(ActiveMqMapper.SELECTABLE_PREFIX);
    if (!sayable) {
      throw new UnsupportedCapabilityException(
          "ActiveMQ cannot select by a property called '%s': use Latin letters, digits, _ and $, and none of its own names"
              .formatted(text));
    }
    String bytes = ActiveMqProperties.BYTES_PREFIX + text;
    return new SelectorNames(
        text,
        List.of(new Alternative("", text)),
        "(" + text + " IS NULL AND " + bytes + " IS NULL)");
  }

  boolean isField() {
    return FIELDS.containsKey(name);
  }

  /** Whether there is no value, or whether there is one. */
  String isNull(boolean wanted) {
    return wanted ? absent : "NOT (" + absent + ")";
  }
}
