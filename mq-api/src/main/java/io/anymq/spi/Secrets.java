package io.anymq.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps passwords out of everything that is printed: logs, exceptions, and their causes. */
public final class Secrets {

  /**
   * A user's name with a password behind it, up to the last {@code @} before white space or a
   * quote: an unescaped {@code /}, {@code ?} or {@code @} in a password must not let the rest of it
   * through.
   */
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "(?<head>//|,|\\b[A-Za-z][\\w+.-]*:/?(?!/|[\\w+.-]+://))(?<user>[^:/?#,\\s'\"]*):[^\\s'\"]*@");

  /** What begins a URL: its scheme and its transport's, and slashes. */
  private static final Pattern HEAD =
      Pattern.compile("^\\s*(?:[A-Za-z][\\w+.-]*:(?=[/A-Za-z]))?(?:[A-Za-z][\\w+.-]*:(?=/))?/*");

  /** Before the last {@code @}, each may begin an option, whose value that sign is a part of. */
  private static final Pattern OPTION_SIGN = Pattern.compile("[?=&;]");

  /** What stands where a host's port does, and is none: a password whose {@code @} is missing. */
  private static final Pattern NO_PORT =
      Pattern.compile(
          "(?<head>(?<!/)//HOST|(?<!/)//(?:[^/?,]*,)+?HOST(?=:(?!//))|^/?HOST(?=:(?!//|\\()))"
                  .replace("HOST", "(?:\\[[^]]*]|[^:/?,\\[]*)")
              + ":(?!\\d{1,5}(?:[/,)?]|$)).*",
          Pattern.DOTALL);

  /** An option in an address: the {@code ?} before it is missing. */
  private static final Pattern OPTION_IN_ADDRESS =
      Pattern.compile("(?is)(?<key>(?:password|secret|token)[\\w.-]*\\s*=).*");

  private static final Pattern SCHEME = Pattern.compile("^\\s*[A-Za-z][\\w+.-]*:(?=[/A-Za-z])");

  /** Options whose values are secret, in a URL's query or in a sentence. */
  private static final Pattern SECRET_OPTION =
      Pattern.compile(
          "(?i)(?<key>[\\w.-]*(?:password|secret|token)[\\w.-]*\\s*=\\s*['\"]?)[^&\\s,;'\")]+");

  private Secrets() {}

  /**
   * A text that is meant to be one URL, and may be malformed, without what may be a user's name or
   * password: of everything up to the last {@code @} the scheme is left; so it is of the whole
   * where that {@code @} may stand in an option's value, as what follows it may then be secret too.
   *
   * @param url the URL
   * @return the URL, with {@code ***} in the place of what may be secret
   */
  public static String maskUrl(String url) {
    int at = url.lastIndexOf('@');
    if (at < 0) {
      Matcher scheme = SCHEME.matcher(url);
      int address = scheme.find() ? scheme.end() : 0;
      return url.substring(0, address) + mask(maskAddress(url.substring(address)));
    }
    Matcher head = HEAD.matcher(url);
    String shown = head.find() && head.end() <= at ? head.group() : "";
    boolean inOption = OPTION_SIGN.matcher(url.substring(0, at)).find();
    return inOption ? shown + "***" : mask(shown + "***" + url.substring(at));
  }

  /**
   * An address without what is a password where the {@code @} behind it, or the {@code ?} before
   * its option, was forgotten: {@code //me:***} of {@code //me:s3cret}, but {@code //host:5672} as
   * it is.
   *
   * @param address what follows a URL's scheme
   * @return the address, with {@code ***} in the place of what may be secret
   */
  public static String maskAddress(String address) {
    String masked = NO_PORT.matcher(address).replaceFirst("${head}:***");
    return OPTION_IN_ADDRESS.matcher(masked).replaceFirst("${key}***");
  }

  /**
   * A text without the passwords in it: of everything between {@code user:} and the last {@code @}
   * behind it nothing is left, however malformed a URL is.
   *
   * @param text any text, such as a native client's message
   * @return the text, with {@code ***} in the place of each secret
   */
  public static String mask(String text) {
    String masked = CREDENTIALS.matcher(text).replaceAll("${head}${user}:***@");
    Matcher options = SECRET_OPTION.matcher(masked);
    return options.replaceAll("${key}***");
  }
}
