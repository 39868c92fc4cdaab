package io.anymq.cli;

import io.anymq.InvalidOptionException;
import io.anymq.Option;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time as the library's own options are read: {@code 500ms}, {@code 3m}. */
final class DurationConverter implements ITypeConverter<Duration> {

  private static final Option<Duration> FORM =
      Option.duration("time", Duration.ofSeconds(1), "a length of time");

  @Override
  public Duration convert(String text) {
    try {
      return FORM.parse(text);
    } catch (InvalidOptionException e) {
      throw new TypeConversionException("'" + text + "' is not " + FORM.form());
    }
  }
}
