package io.anymq.rabbit;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the policies for one queue come to. No I/O.
 *
 * @param definition the inside of the JSON object that the management interface tells
 */
record QueuePolicy(String definition) {

  /** No policy applies, or none is known. */
  static final QueuePolicy NONE = new QueuePolicy("");

  /** Longer numbers are no limit of any broker. */
  private static final Pattern DELIVERY_LIMIT =
      Pattern.compile("\"delivery-limit\":(-?\\d{1,18})\\b");

  /**
   * The first of the ways in which they have a queue of any kind lose what it has confirmed, in
   * words; empty: none.
   */
  Optional<String> loss() {
    boolean limited = definition.contains("\"max-length");
    if (limited && !definition.contains("\"overflow\":\"reject-publish")) {
      return Optional.of("drops its oldest messages beyond the maximum length of a policy");
    }
    if (definition.contains("\"message-ttl\"")) {
      return Optional.of("drops messages after the message-ttl of a policy");
    }
    return definition.contains("\"expires\"")
        ? Optional.of("is deleted with its messages after the expires of a policy")
        : Optional.empty();
  }

  /** How often a quorum queue takes a message back; empty where they do not say. */
  OptionalLong deliveryLimit() {
    Matcher limit = DELIVERY_LIMIT.matcher(definition);
    return limit.find() ? OptionalLong.of(Long.parseLong(limit.group(1))) : OptionalLong.empty();
  }
}
