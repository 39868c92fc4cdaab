package io.anymq.spi;

import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.Queue;
import io.anymq.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Native names of destinations, set by configuration, so that topologies that exist already can be
 * used: {@code native-queue.<portable>=<native>}, {@code native-topic.<portable>=<native>}. A
 * {@code *} in the portable name stands for any characters, and in the native one for what these
 * are: {@code native-queue.shop.*=LEGACY.*}. A name of its own goes before a pattern, and the
 * longer pattern before the shorter. Thread-safe.
 */
public final class NativeNames {

  private static final String WILDCARD = "*";

  private final Map<Destination, String> names;
  private final List<Rule> rules;

  /** Names that a spelling in capitals has been found to mean. */
  private final Map<Destination, String> learnt = new ConcurrentHashMap<>();

  /**
   * A way to come from portable names to native ones.
   *
   * @param queue whether for queues, or for topics
   * @param portable the portable name, with a {@code *} or spelled in capitals
   * @param nativeName the native name, with a {@code *} where the portable one has one
   * @param spelled whether the portable name is spelled as in an environment variable
   */
  private record Rule(boolean queue, String portable, String nativeName, boolean spelled) {

    Optional<String> toNative(Destination destination) {
      if (queue != destination instanceof Queue) {
        return Optional.empty();
      }
      return spelled
          ? Optional.of(nativeName).filter(any -> spell(destination.name()).equals(portable))
          : translate(destination.name(), portable, nativeName);
    }

    Optional<String> toPortable(String name) {
      return spelled ? Optional.empty() : translate(name, nativeName, portable);
    }

    private static Optional<String> translate(String name, String from, String to) {
      int star = from.indexOf(WILDCARD);
      String head = from.substring(0, star);
      String tail = from.substring(star + 1);
      boolean matches =
          name.length() >= head.length() + tail.length()
              && name.startsWith(head)
              && name.endsWith(tail);
      return matches
          ? Optional.of(
              to.replace(WILDCARD, name.substring(head.length(), name.length() - tail.length())))
          : Optional.empty();
    }
  }

  /**
   * Names for single destinations.
   *
   * @param names the native names by destination
   */
  public NativeNames(Map<Destination, String> names) {
    this(names, List.of());
  }

  private NativeNames(Map<Destination, String> names, List<Rule> rules) {
    this.names = Map.copyOf(names);
    this.rules = List.copyOf(rules);
  }

  /** No destination has a native name of its own. */
  public static NativeNames none() {
    return new NativeNames(Map.of());
  }

  /**
   * These and native names for single destinations.
   *
   * @param more the native names by destination
   * @return new names
   */
  public NativeNames withNames(Map<Destination, String> more) {
    Map<Destination, String> all = new HashMap<>(names);
    all.putAll(more);
    return new NativeNames(all, rules);
  }

  /**
   * These and a pattern for many names.
   *
   * @param queue whether for queues, or for topics
   * @param portable the portable names, with one {@code *}
   * @param nativeName the native names, with one {@code *}
   * @return new names
   * @throws IllegalArgumentException when one of the two has not exactly one {@code *}
   */
  public NativeNames withPattern(boolean queue, String portable, String nativeName) {
    if (!hasOneWildcard(portable) || !hasOneWildcard(nativeName)) {
      throw new IllegalArgumentException(
          "'%s' and '%s' must have one * each".formatted(portable, nativeName));
    }
    return with(new Rule(queue, portable, nativeName, false));
  }

  /**
   * These and a name spelled as environment variables are: it is the native name of every
   * destination whose name is spelled so in capitals, with {@code _} for what is neither a letter
   * nor a digit.
   *
   * @param queue whether for queues, or for topics
   * @param spelling the portable name in capitals
   * @param nativeName the native name
   * @return new names
   */
  public NativeNames withSpelling(boolean queue, String spelling, String nativeName) {
    return with(new Rule(queue, spelling, nativeName, true));
  }

  private NativeNames with(Rule rule) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(rule);
    more.sort(
        Comparator.comparing((Rule each) -> !each.spelled())
            .thenComparing(each -> -each.portable().length()));
    return new NativeNames(names, more);
  }

  private static boolean hasOneWildcard(String name) {
    int first = name.indexOf(WILDCARD);
    return first >= 0 && first == name.lastIndexOf(WILDCARD);
  }

  private static String spell(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** The native names of single destinations. */
  public Map<Destination, String> names() {
    return names;
  }

  /**
   * The native name that configuration gives a destination.
   *
   * @param destination the destination
   * @return its native name, or empty when the adapter's own mapping applies
   */
  public Optional<String> of(Destination destination) {
    String own = names.get(destination);
    if (own != null || rules.isEmpty()) {
      return Optional.ofNullable(own);
    }
    Optional<String> found =
        rules.stream().flatMap(rule -> rule.toNative(destination).stream()).findFirst();
    found.ifPresent(name -> learnt.put(destination, name));
    return found;
  }

  /**
   * The destination that configuration gives a native name, where it is known.
   *
   * @param queue whether a queue is asked for, or a topic
   * @param nativeName the native name
   * @return the destination, or empty when the adapter's own mapping applies
   */
  public Optional<Destination> portable(boolean queue, String nativeName) {
    Optional<Destination> single =
        find(names, queue, nativeName).or(() -> find(learnt, queue, nativeName));
    return single.or(
        () ->
            rules.stream()
                .filter(rule -> rule.queue() == queue)
                .flatMap(rule -> rule.toPortable(nativeName).stream())
                .flatMap(name -> destination(queue, name).stream())
                .findFirst());
  }

  /** A native name may stand for what is no portable one. */
  private static Optional<Destination> destination(boolean queue, String name) {
    try {
      return Optional.of(queue ? Queue.of(name) : Topic.of(name));
    } catch (InvalidDestinationException e) {
      return Optional.empty();
    }
  }

  private static Optional<Destination> find(
      Map<Destination, String> names, boolean queue, String nativeName) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().equals(nativeName))
        .map(Map.Entry::getKey)
        .filter(destination -> queue == destination instanceof Queue)
        .findFirst();
  }
}
