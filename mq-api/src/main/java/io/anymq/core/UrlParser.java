package io.anymq.core;

import io.anymq.InvalidOptionException;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Secrets;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a URL apart: {@code scheme:[inner:]//[user[:password]@]rest[?options]}. Not {@link
 * java.net.URI}, which reads neither {@code kafka://h1:9092,h2:9092} nor {@code zeromq:tcp://…}.
 */
final class UrlParser {

  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):"
              + "(?:(?<head>(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)(?:(?<user>[^/?#@:,]*)(?::(?<password>[^/?#@,]*))?@)?)?"
              + "(?<rest>(?!//)[^?#\\s]+)(?:\\?(?<query>[^#\\s]*))?");

  private static final String ESCAPES =
      "In a user's name, a password or an option write / as %2F, ? as %3F, # as %23, : as %3A, @ as %40, & as %26, a comma as %2C and a blank as %20";

  private static final Pattern SECRET = Pattern.compile("(?i)password|secret|token");

  /** An option before an {@code @}: the {@code ?} before it is missing, and its value goes on. */
  private static final Pattern OPTION_AS_USER =
      Pattern.compile("[&;][\\w.-]*(?:" + SECRET.pattern() + ")[\\w.-]*=");

  private UrlParser() {}

  /**
   * A URL and the options in its query.
   *
   * @param url the URL
   * @param query the options, decoded
   */
  record Parsed(BrokerUrl url, Map<String, String> query) {}

  static Parsed parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new InvalidOptionException(
          "'%s' is not a connection URL; use scheme://host:port or scheme:transport://host:port, for example amqp://localhost, kafka://localhost:9092, activemq:tcp://localhost:61616, zeromq:inproc://demo%s"
              .formatted(shown(text), mayNeedEscapes(text) ? ". " + ESCAPES : ""));
    }
    requireNoCredentialsIn(matcher, text);
    BrokerUrl url =
        new BrokerUrl(
            matcher.group("scheme").toLowerCase(Locale.ROOT),
            Objects.requireNonNullElse(matcher.group("head"), "") + matcher.group("rest"),
            decoded(matcher.group("user")),
            decoded(matcher.group("password")));
    return new Parsed(url, query(Optional.ofNullable(matcher.group("query")).orElse("")));
  }

  /**
   * An {@code @} behind the host is the end of a password that was not escaped, or a second user's:
   * taken for a part of the address, it would be printed, and looked up as a host.
   */
  private static void requireNoCredentialsIn(Matcher matcher, String text) {
    String user = matcher.group("user") + ":" + matcher.group("password");
    String query = Objects.requireNonNullElse(matcher.group("query"), "");
    boolean inOption = OPTION_AS_USER.matcher(user).find();
    if (inOption || matcher.group("rest").contains("@") || query.contains("@")) {
      throw new InvalidOptionException(
          "'%s' has an @ where none can be. %s; with several hosts, user and password stand once, before the first, or in the options user and password"
              .formatted(shown(text), ESCAPES));
    }
  }

  /** Whether there may be a password in it, whose signs may be why it is no URL. */
  private static boolean mayNeedEscapes(String text) {
    return text.contains("@") || text.contains("?");
  }

  private static Map<String, String> query(String query) {
    Map<String, String> options = new LinkedHashMap<>();
    String last = "";
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        requireNoRestOfSecret(equals < 0, last);
        String key = equals < 0 ? pair : pair.substring(0, equals);
        last = key;
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        String before = options.put(decode(key), value);
        if (before != null && !before.equals(value)) {
          throw new InvalidOptionException(
              "The URL gives the option '%s' twice, with different values".formatted(decode(key)));
        }
      }
    }
    return options;
  }

  /** What is behind an unescaped {@code &} in a password would be printed as an unknown option. */
  private static void requireNoRestOfSecret(boolean bare, String before) {
    if (bare && SECRET.matcher(before).find()) {
      throw new InvalidOptionException(
          "In the URL, what follows the option '%s' and a & has no =. %s"
              .formatted(before, ESCAPES));
    }
  }

  private static Optional<String> decoded(@Nullable String text) {
    return Optional.ofNullable(text).map(UrlParser::decode);
  }

  private static String decode(String text) {
    try {
      // A plus is a plus in a password: only %-sequences are decoded.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(
          "The URL has a malformed %-sequence; write a literal percent sign as %25");
    }
  }

  /** Even text that is no URL may hold a password; so may a query. */
  private static String shown(String text) {
    return Secrets.maskUrl(text).replaceAll("(?s)\\?.*", "?***");
  }
}
