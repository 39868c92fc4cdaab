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

  /** Options whose values are secret, in a URL's query or in a sentence. */
  private static final Pattern SECRET_OPTION =
      Pattern.compile(
          "(?i)(?<key>[\\w.-]*(?:password|secret|token)[\\w.-]*\\s*=\\s*['\"]?)[^&\\s,;'\")]+");

  private Secrets() {}

  /**
   * A text that is meant to be one URL, and may be malformed, without what may be a user's name or
   * password: of everything up to the last {@code @} the scheme is left.
   *
   * @param url the URL
   * @return the URL, with {@code ***} in the place of what may be secret
   */
  public static String maskUrl(String url) {
    int at = url.lastIndexOf('@');
    Matcher head = HEAD.matcher(url);
    if (at < 0 || !head.find()) {
      return mask(url);
    }
    String shown = head.group().length() <= at ? head.group() : "";
    return mask(shown + "***" + url.substring(at));
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
