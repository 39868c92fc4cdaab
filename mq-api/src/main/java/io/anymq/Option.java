package io.anymq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A typed setting of a connection: its key, how its text is read, its default, and one line of
 * documentation. Options are constants; immutable.
 *
 * @param <T> the type of the value
 */
public final class Option<T> {

  private final String key;
  private final Function<String, T> parser;
  private final Predicate<T> range;
  private final String form;
  private final @Nullable T defaultValue;
  private final String documentation;
  private final boolean secret;

  private Option(
      String key,
      Function<String, T> parser,
      Predicate<T> range,
      String form,
      @Nullable T defaultValue,
      String documentation,
      boolean secret) {
    this.key = requireNonNull(key, "key must not be null");
    this.parser = requireNonNull(parser, "parser must not be null");
    this.range = range;
    this.form = requireNonNull(form, "form must not be null");
    this.defaultValue = defaultValue;
    this.documentation = requireNonNull(documentation, "documentation must not be null");
    this.secret = secret;
  }

  /**
   * An option of any type.
   *
   * @param key its key: lower-case words, with dashes and dots
   * @param parser reads the value; throws an {@link IllegalArgumentException} for bad text
   * @param form what a value looks like, for messages: "a whole number of 1 or more"
   * @param defaultValue the value when none is given, or null when there is none
   * @param documentation one line
   * @param <T> the type of the value
   * @return the option
   */
  public static <T> Option<T> of(
      String key,
      Function<String, T> parser,
      String form,
      @Nullable T defaultValue,
      String documentation) {
    return new Option<>(key, parser, any -> true, form, defaultValue, documentation, false);
  }

  /** An option that takes any text; {@code defaultValue} may be null. */
  public static Option<String> text(
      String key, @Nullable String defaultValue, String documentation) {
    return of(key, Function.identity(), "text", defaultValue, documentation);
  }

  /** An option whose text is never printed; it has no default. */
  public static Option<String> secret(String key, String documentation) {
    return new Option<>(key, Function.identity(), any -> true, "text", null, documentation, true);
  }

  /** An option that takes a whole number of at least {@code min}. */
  public static Option<Integer> number(
      String key, int min, int defaultValue, String documentation) {
    return number(key, min, Integer.MAX_VALUE, defaultValue, documentation);
  }

  /** An option that takes a whole number from {@code min} to {@code max}. */
  static Option<Integer> number(
      String key, int min, int max, int defaultValue, String documentation) {
    return new Option<>(
        key,
        Integer::valueOf,
        value -> value >= min && value <= max,
        max == Integer.MAX_VALUE
            ? "a whole number of " + min + " or more"
            : "a whole number from %,d to %,d".formatted(min, max),
        defaultValue,
        documentation,
        false);
  }

  /** An option that is {@code true} or {@code false}. */
  public static Option<Boolean> flag(String key, boolean defaultValue, String documentation) {
    return of(key, Option::parseFlag, "true or false", defaultValue, documentation);
  }

  /**
   * An option that is a positive length of time, like {@code 500ms}, {@code 30s}, {@code 5m} or
   * {@code PT30S}.
   */
  public static Option<Duration> duration(String key, Duration defaultValue, String documentation) {
    return new Option<>(
        key,
        Option::parseDuration,
        value ->
            !value.isZero() && !value.isNegative() && value.compareTo(OptionRules.LONGEST) <= 0,
        "a positive length of time such as 500ms, 30s or 5m",
        requireNonNull(defaultValue, "defaultValue must not be null"),
        documentation,
        false);
  }

  /** An option that is one of an enum's constants, in lower case with dashes. */
  public static <E extends Enum<E>> Option<E> choice(
      String key, Class<E> kind, E defaultValue, String documentation) {
    requireNonNull(kind, "kind must not be null");
    E[] constants = kind.getEnumConstants();
    return of(
        key,
        text -> Enum.valueOf(kind, text.toUpperCase(Locale.ROOT).replace('-', '_')),
        "one of " + Arrays.toString(constants).toLowerCase(Locale.ROOT).replace('_', '-'),
        requireNonNull(defaultValue, "defaultValue must not be null"),
        documentation);
  }

  /** The key. */
  public String key() {
    return key;
  }

  /** The value when none is given, or null when there is none. */
  public @Nullable T defaultValue() {
    return defaultValue;
  }

  /** One line that says what it does. */
  public String documentation() {
    return documentation;
  }

  /** Whether the value is never printed. */
  public boolean isSecret() {
    return secret;
  }

  /** What a value looks like. */
  public String form() {
    return form;
  }

  /**
   * Reads a value.
   *
   * @param text its text
   * @return the value
   * @throws InvalidOptionException when the text is not of the option's form
   */
  public T parse(String text) {
    requireNonNull(text, "text must not be null");
    try {
      T value = parser.apply(text);
      if (range.test(value)) {
        return value;
      }
      throw refused(text, null);
    } catch (IllegalArgumentException e) {
      throw refused(text, e);
    }
  }

  /**
   * Checks a typed value, as {@link #parse} checks a text.
   *
   * @throws InvalidOptionException when the value is out of range
   */
  void check(T value) {
    if (!range.test(value)) {
      throw refused(value instanceof Duration time ? Durations.text(time) : "" + value, null);
    }
  }

  private InvalidOptionException refused(String given, @Nullable IllegalArgumentException cause) {
    return new InvalidOptionException(
        "Option '%s' must be %s, not %s"
            .formatted(key, form, secret ? "what was given" : "'" + given + "'"),
        secret ? null : cause);
  }

  @Override
  public String toString() {
    return key;
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Duration parseDuration(String text) {
    String compact = text.strip().toLowerCase(Locale.ROOT);
    try {
      return compact.endsWith("ms")
          ? Duration.ofMillis(Long.parseLong(compact.substring(0, compact.length() - 2)))
          : Duration.parse(compact.startsWith("p") ? compact : "pt" + compact);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
