package io.anymq.tck.reference;

import io.anymq.Capability;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The reference adapter: {@code memory:name}, or {@code memory:name/route} for a connection whose
 * route can be {@linkplain MemoryBroker#cut cut}.
 */
public final class MemoryBackend implements Backend {

  /** Whose thread delivers. Default: a thread for each consumer. */
  public static final Option<Link.Dispatch> DISPATCH =
      Option.choice(
          "dispatch", Link.Dispatch.class, Link.Dispatch.INLINE, "whose thread delivers messages");

  /** Whether the broker takes back single released messages. Default: true. */
  public static final Option<Boolean> NATIVE_RELEASE =
      Option.flag("native-release", true, "whether the broker takes back released messages");

  /** Whether a commit is one step in the broker. Default: true. */
  public static final Option<Boolean> ATOMIC_COMMIT =
      Option.flag("atomic-commit", true, "whether a commit is one step in the broker");

  /** Whether key-ordered consumers take turns, and the core does the rest. Default: false. */
  public static final Option<Boolean> KEYS_BY_TURN =
      Option.flag("keys-by-turn", false, "whether key-ordered consumers take turns");

  /** Whether the broker knows no priorities, and the core does. Default: false. */
  public static final Option<Boolean> PRIORITY_BY_BANDS =
      Option.flag("priority-by-bands", false, "whether priorities are left to the core");

  /** Capabilities that are there and are not declared, with commas. Default: none. */
  public static final Option<Set<Capability>> WITHHOLD =
      Option.of(
          "withhold",
          MemoryBackend::parseCapabilities,
          "names of capabilities, with commas",
          Set.of(),
          "capabilities that are not declared");

  /** How long a frozen broker is waited for until the link counts as lost. Default: 10 s. */
  public static final Option<Duration> SILENCE_LIMIT =
      Option.duration("silence-limit", Duration.ofSeconds(10), "how long the broker may be silent");

  /** Whether the delivery count has takes that no application saw, as with many brokers. */
  public static final Option<Boolean> COUNTS_TAKES =
      Option.flag("counts-takes", false, "whether what was prefetched counts as delivered");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9]+)?");

  /** For the service loader. */
  public MemoryBackend() {}

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        DISPATCH,
        NATIVE_RELEASE,
        ATOMIC_COMMIT,
        KEYS_BY_TURN,
        PRIORITY_BY_BANDS,
        SILENCE_LIMIT,
        COUNTS_TAKES,
        WITHHOLD);
  }

  @Override
  public void validate(BrokerUrl url) {
    if (!NAME.matcher(url.address()).matches()) {
      throw new InvalidOptionException(
          "'%s' is not of the form memory:name or memory:name/route, with a name of A-Z a-z 0-9 . _ -"
              .formatted(url));
    }
  }

  @Override
  public Link connect(LinkRequest request) {
    String[] nameAndRoute = request.url().address().split("/", 2);
    String route = nameAndRoute.length == 2 ? nameAndRoute[1] : "";
    return MemoryBroker.named(nameAndRoute[0]).connect(request, route);
  }

  private static Set<Capability> parseCapabilities(String text) {
    Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    for (String word : text.split(",", -1)) {
      capabilities.add(Capability.valueOf(word.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
    }
    return capabilities;
  }
}
