package io.anymq.core;

import io.anymq.ConnectionOptions;
import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.Backend;
import io.anymq.spi.NativeNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads options from text, and collects every fault instead of stopping at the first. */
final class OptionReader {

  static final String NATIVE_QUEUE = "native-queue.";
  static final String NATIVE_TOPIC = "native-topic.";

  /** Begins a name that is spelled as environment variables are; no portable name has it. */
  static final String SPELLED = "$";

  private static final Pattern SPELLING = Pattern.compile("[A-Z0-9_]+");

  private final Backend backend;
  private final List<String> faults;
  private final Map<Destination, String> nativeNames = new LinkedHashMap<>();
  private NativeNames patterns = NativeNames.none();

  OptionReader(Backend backend, List<String> faults) {
    this.backend = backend;
    this.faults = faults;
  }

  static List<Option<?>> known(Backend backend) {
    List<Option<?>> all = new ArrayList<>(ConnectionOptions.all());
    all.addAll(backend.options());
    return all;
  }

  Options read(Map<String, String> texts) {
    Map<String, Option<?>> known =
        known(backend).stream().collect(Collectors.toMap(Option::key, Function.identity()));
    Options options = Options.none();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      String key = text.getKey();
      Option<?> option = known.get(key);
      if (option != null) {
        options = with(options, option, text.getValue());
      } else if (!readNativeName(key, text.getValue())) {
        faults.add(unknown(key, known.keySet()));
      }
    }
    return options;
  }

  private String unknown(String key, Set<String> known) {
    return Similar.to(key, known)
        .map(meant -> "there is no option '%s'; did you mean '%s'?".formatted(key, meant))
        .orElseGet(
            () ->
                "there is no option '%s'; %s knows: %s"
                    .formatted(
                        key, backend.name(), String.join(", ", known.stream().sorted().toList())));
  }

  /** Options that were set with their types; another adapter's would be ignored. */
  Options checked(Options options) {
    List<Option<?>> known = known(backend);
    for (Option<?> option : options.set()) {
      if (!known.contains(option)) {
        faults.add(
            "the option '%s' is not one of %s or of every connection"
                .formatted(option.key(), backend.name()));
      }
    }
    return options;
  }

  NativeNames names() {
    return patterns.withNames(nativeNames);
  }

  private <T> Options with(Options options, Option<T> option, String text) {
    try {
      return options.with(option, option.parse(text));
    } catch (InvalidOptionException e) {
      faults.add(e.getMessage());
      return options;
    }
  }

  private boolean readNativeName(String key, String value) {
    try {
      if (key.startsWith(NATIVE_QUEUE)) {
        readNativeName(true, key.substring(NATIVE_QUEUE.length()), value);
        return true;
      }
      if (key.startsWith(NATIVE_TOPIC)) {
        readNativeName(false, key.substring(NATIVE_TOPIC.length()), value);
        return true;
      }
    } catch (InvalidDestinationException | IllegalArgumentException e) {
      faults.add(place(key) + ": " + e.getMessage());
      return true;
    }
    return false;
  }

  private void readNativeName(boolean queue, String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("the native name is empty");
    }
    if (name.startsWith(SPELLED)) {
      requireNoPattern(queue, value);
      patterns = patterns.withSpelling(queue, spelling(name.substring(SPELLED.length())), value);
    } else if (name.contains("*") || value.contains("*")) {
      patterns = patterns.withPattern(queue, name, value);
    } else {
      nativeNames.put(queue ? Queue.of(name) : Topic.of(name), value);
    }
  }

  private static String place(String key) {
    int spelled = key.indexOf(SPELLED);
    return spelled < 0
        ? "option '" + key + "'"
        : "the environment variable that ends in "
            + key.substring(0, spelled).toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "_")
            + key.substring(spelled + SPELLED.length());
  }

  /** No portable name would be spelled as another one is. */
  private static String spelling(String name) {
    if (!SPELLING.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a queue's or topic's name is spelled in capitals there, with _ for what is neither a letter nor a digit");
    }
    return name;
  }

  /** The name of a variable has no place for the other {@code *} of a pattern. */
  private static void requireNoPattern(boolean queue, String value) {
    if (value.contains("*")) {
      throw new IllegalArgumentException(
          "'%s' has a *, and patterns cannot be set in the environment; write it into %s, such as anymq.%sshop.*=%s"
              .formatted(value, Configuration.FILE, queue ? NATIVE_QUEUE : NATIVE_TOPIC, value));
    }
  }
}
