package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of destinations of an Artemis broker that lose what the broker has confirmed. When a
 * destination is first used on a connection, its settings are read from the management; what is set
 * later goes unnoticed.
 */
final class ArtemisLosses {

  private static final Logger LOG = LoggerFactory.getLogger(ArtemisLosses.class);

  /** The management's answer names only what is set, as JSON in a text. */
  private static final Pattern SETTING =
      Pattern.compile("\\\\\"(\\w+)\\\\\":(?:\\\\\")?([^,\"\\\\}]*)");

  private static final String FULL = "addressFullMessagePolicy";

  /** Unless it is set, the broker pages what exceeds its memory. */
  private static final String PAGE = "PAGE";

  private static final String DROP = "DROP";

  /** To what has no time to live the broker gives the first of these that is set. */
  private static final List<String> EXPIRIES =
      List.of("expiryDelay", "maxExpiryDelay", "minExpiryDelay");

  private static final String ATTEMPTS = "maxDeliveryAttempts";

  /** The broker's own default. */
  private static final String TEN = "10";

  private static final String NO_LIMIT = "-1";

  private final ActiveMqDestinations names;
  private final ArtemisManagement management;
  private final Consumer<String> warnings;
  private final Set<Destination> checked = ConcurrentHashMap.newKeySet();

  ArtemisLosses(
      ActiveMqDestinations names, ArtemisManagement management, Consumer<String> warnings) {
    this.names = names;
    this.management = management;
    this.warnings = warnings;
  }

  /**
   * Warns of a destination that is used for the first time. It can do no more than warn: that the
   * broker does not answer fails nothing, and the next use has it asked again.
   */
  void check(Destination destination) {
    if (checked.contains(destination)) {
      return;
    }
    try {
      warn(destination, of(destination));
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.INTERRUPTED) {
        throw e; // that ends the caller's call, whatever it is at
      }
      LOG.debug("Whether {} loses messages is not known", destination.describe(), e);
    }
  }

  private void warn(Destination destination, List<String> losses) {
    if (checked.add(destination) && !losses.isEmpty()) {
      warnings.accept(
          "%s may lose messages that were confirmed: Artemis %s"
              .formatted(destination.describe(), String.join("; it ", losses)));
    }
  }

  private List<String> of(Destination destination) {
    String name = names.toNative(destination).getPhysicalName();
    try {
      List<String> losses = bySettings(name);
      if (destination instanceof Queue) {
        losses.addAll(byQueue("queue." + name));
      }
      return losses;
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.BACKEND_FAILURE) {
        throw e;
      }
      LOG.info("Whether {} loses messages cannot be read: {}", name, e.getMessage());
      return List.of();
    }
  }

  private List<String> bySettings(String address) {
    Map<String, String> set = new HashMap<>();
    Matcher found =
        SETTING.matcher(management.invoke("broker", "getAddressSettingsAsJSON", List.of(address)));
    while (found.find()) {
      set.put(found.group(1), found.group(2));
    }
    List<String> losses = new ArrayList<>();
    whenFull(set).ifPresent(losses::add);
    expiry(set).ifPresent(losses::add);
    String attempts = set.getOrDefault(ATTEMPTS, TEN);
    if (set.getOrDefault("deadLetterAddress", "").isEmpty() && !attempts.equals(NO_LIMIT)) {
      losses.add(
          "drops a message after %s deliveries of its own count, having no dead-letter-address"
              .formatted(attempts));
    }
    return losses;
  }

  private static Optional<String> whenFull(Map<String, String> set) {
    String policy = set.getOrDefault(FULL, PAGE);
    if (policy.equals(DROP)) {
      return Optional.of("drops messages when its address is full (address-full-policy DROP)");
    }
    boolean limited = isLimited(set, "pageLimitBytes") || isLimited(set, "pageLimitMessages");
    boolean drops = DROP.equals(set.get("pageFullMessagePolicy")); // without a limit it is void
    return policy.equals(PAGE) && limited && drops
        ? Optional.of("drops messages when its pages are full (page-full-policy DROP)")
        : Optional.empty();
  }

  private static Optional<String> expiry(Map<String, String> set) {
    if ("true".equals(set.get("noExpiry"))) {
      return Optional.empty();
    }
    return EXPIRIES.stream()
        .filter(name -> isLimited(set, name))
        .findFirst()
        .map(
            name ->
                "lets messages expire after %s ms (%s)".formatted(set.get(name), written(name)));
  }

  private static boolean isLimited(Map<String, String> set, String name) {
    return !set.getOrDefault(name, NO_LIMIT).equals(NO_LIMIT);
  }

  /** As it is written in the broker's configuration. */
  private static String written(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** One that does not exist has no attributes. */
  private List<String> byQueue(String resource) {
    List<String> losses = new ArrayList<>();
    management
        .attribute(resource, "RingSize")
        .filter(size -> !size.equals(NO_LIMIT))
        .ifPresent(size -> losses.add("keeps only the newest %s (ring-size)".formatted(size)));
    if (is(resource, "LastValue")) {
      losses.add("replaces a message by a newer one of the same value (last-value)");
    }
    if (is(resource, "PurgeOnNoConsumers")) {
      losses.add("drops what waits when the last consumer goes (purge-on-no-consumers)");
    }
    if (management.attribute(resource, "Durable").filter("false"::equals).isPresent()) {
      losses.add("forgets the queue when it restarts (not durable)");
    }
    return losses;
  }

  private boolean is(String resource, String attribute) {
    return management.attribute(resource, attribute).filter("true"::equals).isPresent();
  }
}
