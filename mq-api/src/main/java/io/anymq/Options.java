package io.anymq;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values of {@link Option}s. Immutable; options that are not set have their defaults. */
public final class Options {

  private static final Options NONE = new Options(Map.of());

  private final Map<Option<?>, Object> values;

  private Options(Map<Option<?>, Object> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** No option set. */
  public static Options none() {
    return NONE;
  }

  /**
   * These options and one more.
   *
   * @param option the option
   * @param value its value
   * @param <T> the type of the value
   * @return new options
   * @throws InvalidOptionException when the value is out of the option's range
   */
  public <T> Options with(Option<T> option, T value) {
    requireNonNull(option, "option must not be null");
    requireNonNull(value, () -> "The value of option '" + option.key() + "' must not be null");
    option.check(value);
    Map<Option<?>, Object> copy = new LinkedHashMap<>(values);
    copy.put(option, value);
    return new Options(copy);
  }

  /** The options that are set. */
  public Set<Option<?>> set() {
    return values.keySet();
  }

  /**
   * These options, and on top of them all that are set in others.
   *
   * @param others options that win
   * @return new options
   */
  public Options merge(Options others) {
    requireNonNull(others, "others must not be null");
    Map<Option<?>, Object> copy = new LinkedHashMap<>(values);
    copy.putAll(others.values);
    return new Options(copy);
  }

  /**
   * The value of an option that has a default.
   *
   * @param option the option
   * @param <T> the type of the value
   * @return the value that was set, or the default
   * @throws InvalidOptionException when it has neither
   */
  public <T> T get(Option<T> option) {
    return find(option)
        .orElseThrow(() -> new InvalidOptionException("Option '" + option.key() + "' must be set"));
  }

  /**
   * The value of an option that may have none.
   *
   * @param option the option
   * @param <T> the type of the value
   * @return the value that was set, or the default, or empty
   */
  @SuppressWarnings("unchecked") // with() is the only way in, and it ties the types
  public <T> Optional<T> find(Option<T> option) {
    requireNonNull(option, "option must not be null");
    T value = (T) values.get(option);
    return value == null ? Optional.ofNullable(option.defaultValue()) : Optional.of(value);
  }

  /** The options that were set, secrets left out, as {@code key=value}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (option, value) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(option.key())
                .append('=')
                .append(option.isSecret() ? "***" : value));
    return text.toString();
  }
}
