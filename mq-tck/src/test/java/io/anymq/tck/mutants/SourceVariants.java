package io.anymq.tck.mutants;

import io.anymq.AuthenticationException;
import io.anymq.MessageTooLargeException;
import java.util.stream.Stream;

/** Variants of the API's own source. */
final class SourceVariants {

  private SourceVariants() {}

  static Stream<SourceVariant> all() {
    return Stream.of(
        SourceVariant.of(
            "options take any number",
            "OptionRules.java",
            "if (value < 1)",
            "if (false)",
            "CONF-09"),
        SourceVariant.of(
            "a queue's length may be anything",
            "QueueOptions.java",
            "if (maxLength < 1)",
            "if (false)",
            "DEST-34"),
        SourceVariant.of(
            "names have any character",
            "Destination.java",
            "if (!Names.PORTABLE.matcher(name).matches())",
            "if (name.length() > 1_000)",
            "MSG-18",
            "TOPIC-29"),
        SourceVariant.of(
            "properties are of any type",
            "PropertyRules.java",
            "throw new InvalidMessageException(\n        \"Property",
            "return new String(\n        \"Property",
            "MSG-13"),
        SourceVariant.of(
            "an adapter's URLs are not looked at",
            "core/Bootstrap.java",
            "backend.validate(brokerUrl);",
            "faults.isEmpty();",
            "CONF-01"),
        SourceVariant.of(
            "the adapters that are there are not listed",
            "core/Backends.java",
            "there.isEmpty() ? \"none\" : there",
            "\"some\"",
            "CONF-02"),
        SourceVariant.of(
            "unknown options are passed over",
            "core/OptionReader.java",
            "!readNativeName(key, text.getValue())",
            "readNativeName(key, text.getValue())",
            "CONF-03",
            "CONF-04"),
        SourceVariant.of(
            "one fault is named",
            "core/Bootstrap.java",
            "String.join(\"; \", faults)",
            "faults.get(0)",
            "CONF-04"),
        SourceVariant.of(
                "options of a URL win",
                "core/Bootstrap.java",
                "all.putAll(texts);",
                "texts.forEach(all::putIfAbsent);",
                "CONF-06")
            .throwing(MessageTooLargeException.class),
        SourceVariant.of(
            "a missing configuration is the default",
            "core/Configuration.java",
            "if (found.isEmpty() && name != null)",
            "if (found.isEmpty() && name == key)",
            "CONF-08"),
        SourceVariant.of(
                "a named configuration has no options",
                "core/Configuration.java",
                "options.put(option.key(), value)",
                "options.remove(option.key())",
                "CONF-07")
            .throwing(AuthenticationException.class));
  }
}
