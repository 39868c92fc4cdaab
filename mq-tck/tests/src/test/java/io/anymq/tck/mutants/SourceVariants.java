package io.anymq.tck.mutants;

import io.anymq.AuthenticationException;
import io.anymq.MessageTooLargeException;
import java.util.Map;
import java.util.stream.Stream;

/** Variants of the API's own source. */
final class SourceVariants {

  /**
   * A commit whose sends are done waits until a consumer of its unit is lost. The scenario closes
   * one while the sends wait, and on a busy machine the commit was at times the quicker of the two.
   */
  private static final String WHEN_LOST =
      """
      for (int i = 0; i < 200 && !unit.hasLostDelivery(); i++) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
      """;

  private SourceVariants() {}

  static Stream<SourceVariant> all() {
    return Stream.of(
        SourceVariant.of(
            "a URL that is refused is shown as it is",
            "core/UrlParser.java",
            "Secrets.maskUrl(text).replaceAll",
            "text.replaceAll",
            "CONF-05"),
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
            ".formatted(scheme, names(), module",
            ".formatted(scheme, \"some\", module",
            "CONF-02"),
        SourceVariant.of(
            "unknown options are passed over",
            "core/OptionReader.java",
            "!readNativeName(key, text.getValue())",
            "readNativeName(key, text.getValue())",
            "CONF-03",
            "CONF-04",
            "CONF-52"),
        SourceVariant.of(
            "keys without the prefix are passed over",
            "core/Configuration.java",
            ".filter(key -> !key.startsWith(PREFIX))",
            ".filter(String::isEmpty)",
            "CONF-52"),
        SourceVariant.of(
            "settings of other connections may be anything",
            "core/Configuration.java",
            ".filter(key -> key.startsWith(PREFIX) && belongsToOther(key, name))",
            ".filter(String::isEmpty)",
            "CONF-52"),
        SourceVariant.of(
            "a native name may be of anything",
            "core/OptionReader.java",
            "faults.add(place(key) + \": \" + e.getMessage());",
            "faults.isEmpty();",
            "CONF-52"),
        SourceVariant.of(
            "a missing destination is told in other words",
            "core/Destinations.java",
            "\" does not exist, and the options",
            "\" is missing, and the options",
            "ERR-52"),
        SourceVariant.of(
            "native names of topics are passed over",
            "core/OptionReader.java",
            "nativeNames.put(queue ? Queue.of(name) : Topic.of(name), value);",
            "nativeNames.put(Queue.of(name), value);",
            "MSG-51"),
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
            .throwing(AuthenticationException.class),
        SourceVariant.of(
            "a pattern of native names maps nothing",
            "spi/NativeNames.java",
            "rule -> rule.toNative(destination).stream()",
            "rule -> Optional.<String>empty().stream()",
            "MSG-50"),
        SourceVariant.of(
            "a rollback gives back at once",
            "core/UnitOfWork.java",
            "deliveries.forEach(SessionDelivery::giveBack);",
            "deliveries.forEach(SessionDelivery::giveBackAtOnce);",
            "TX-18"),
        SourceVariant.of(
            "a session that closes gives back after a while",
            "core/UnitOfWork.java",
            "deliveries.forEach(SessionDelivery::giveBackAtOnce);",
            "deliveries.forEach(SessionDelivery::giveBack);",
            "TX-19"),
        SourceVariant.of(
            "an unconfirmed dead letter is sent over the next link",
            "core/CoreProducer.java",
            "if (send.isObsolete())",
            "if (false)",
            "RDLV-49"),
        SourceVariant.of(
            "a unit that is rolled back leaves what was delivered",
            "core/Commit.java",
            "unit.releaseDeliveries();\n    } finally {",
            "// nothing\n    } finally {",
            "TX-21"),
        SourceVariant.of(
                "what other consumers hold stays with them when one is lost behind the sends",
                "core/Commit.java",
                "sendAll(held);\n    if (unit.hasLostDelivery()) {\n      unit.releaseDeliveries();",
                "sendAll(held);\n" + WHEN_LOST + "    if (unit.hasLostDelivery()) {",
                "TX-21")
            .over(Map.of("atomic-commit", "false")),
        SourceVariant.of(
                "a commit is done though a consumer was lost behind the sends",
                "core/Commit.java",
                "sendAll(held);\n    if (unit.hasLostDelivery()) {",
                "sendAll(held);\n"
                    + WHEN_LOST
                    + """
                    if (unit.hasLostDelivery()) {
                      unit.deliveries().forEach(each -> each.core().accept());
                      return;
                    }
                    if (false) {""",
                "TX-21")
            .over(Map.of("atomic-commit", "false")),
        SourceVariant.of(
                "what comes again here goes to the front",
                "core/DeliveryBuffer.java",
                "insert(delivery);\n        letBack",
                "deliveries.addFirst(delivery);\n        letBack",
                "TX-22")
            .over(Map.of("native-release", "false")),
        SourceVariant.of(
            "consumers close one after the other",
            "core/Household.java",
            "SideBySide.close(connection.threads(), open, limit, each -> each.close(deadline));",
            "open.forEach(each -> each.close(deadline));",
            "LIFE-18"),
        SourceVariant.of(
            "a null time-out waits for ever",
            "core/Waits.java",
            "requireNonNull(timeout",
            "Integer.valueOf(1); if (timeout == null) return Duration.ZERO; requireNonNull(timeout",
            "ERR-50"),
        SourceVariant.of(
            "a null destination goes to the adapter",
            "core/CoreConnection.java",
            "Message send(Destination destination, Message message) {\n    requireNonNull(destination",
            "Message send(Destination destination, Message message) {\n    requireNonNull(message",
            "ERR-50"),
        SourceVariant.of(
            "a time-out may be negative",
            "core/Waits.java",
            "if (timeout.isNegative())",
            "if (false)",
            "ERR-51"),
        SourceVariant.of(
            "typed options are not checked",
            "Options.java",
            "option.check(value);",
            "option.key();",
            "CONF-50"),
        SourceVariant.of(
            "options of other adapters are passed over",
            "core/OptionReader.java",
            "if (!known.contains(option))",
            "if (known.isEmpty())",
            "CONF-50"),
        SourceVariant.of(
            "the last value of an option in a URL counts",
            "core/UrlParser.java",
            "if (before != null && !before.equals(value))",
            "if (before == key)",
            "CONF-51"),
        SourceVariant.of(
            "the last text of an option counts",
            "ConnectionFactory.java",
            "requireSame(key, before, value);",
            "requireSame(key, null, value);",
            "CONF-51"),
        SourceVariant.of(
            "the last value of a typed option counts",
            "ConnectionFactory.java",
            "requireSame(option.key(), before, value);",
            "requireSame(option.key(), null, value);",
            "CONF-51"),
        SourceVariant.of(
            "the last name of a subscription counts",
            "SubscriptionOptions.java",
            "if (name != null && !name.equals(given))",
            "if (false)",
            "CONF-51"),
        SourceVariant.of(
            "a moment takes the place of a position",
            "SubscriptionOptions.java",
            "replayAfter == null && (replayFrom == null",
            "(replayFrom == null",
            "CONF-51"),
        SourceVariant.of(
            "a position takes the place of a moment",
            "SubscriptionOptions.java",
            "replayFrom == null && (replayAfter == null",
            "(replayAfter == null",
            "CONF-51"),
        SourceVariant.of(
            "the user of an option takes the place of the URL's",
            "core/Bootstrap.java",
            "checkOnce(brokerUrl.user(), read, ConnectionOptions.USER, faults);",
            "faults.isEmpty();",
            "CONF-51"),
        SourceVariant.of(
            "the password of an option takes the place of the URL's",
            "core/Bootstrap.java",
            "checkOnce(brokerUrl.password(), read, ConnectionOptions.PASSWORD, faults);",
            "faults.isEmpty();",
            "CONF-51"),
        SourceVariant.of(
            "a lost link takes along what is known of hand-outs",
            "core/CoreConsumer.java",
            "handedOut.linkLost();",
            "handedOut.buried(\"none\");",
            "RECOV-32"),
        SourceVariant.of(
            "futures complete on the thread that tells the outcome",
            "core/PendingSend.java",
            "if (exposed) {",
            "if (false) {",
            "SEND-50",
            "SEND-51"),
        SourceVariant.of(
            "one thread completes all futures, however long",
            "core/Completions.java",
            "worker.isStuck() && !tasks.isEmpty()",
            "tasks == null",
            "SEND-50",
            "SEND-51"),
        SourceVariant.of(
            "replies complete on the thread that takes them",
            "core/Requests.java",
            "connection\n                        .threads()\n                        .complete(",
            "((java.util.concurrent.Executor) Runnable::run).execute(",
            "REQ-50"),
        SourceVariant.of(
            "three objects are made again after an outage, and no more",
            "core/Supervisor.java",
            "List.copyOf(children).forEach(child -> restore(child, next,",
            "List.copyOf(children).stream().limit(3).forEach(child -> restore(child, next,",
            "RECOV-30"),
        SourceVariant.of(
            "each outage adds to the prefetch",
            "core/CoreConsumer.java",
            "gated ? prefetch + KeyGate.WINDOW : prefetch,",
            "gated ? prefetch + KeyGate.WINDOW : prefetch * (int) attachment.epoch(),",
            "RECOV-31"),
        SourceVariant.of(
            "the timer settles",
            "core/Threads.java",
            "schedule(settlements, delay, task);",
            "schedule(timer, delay, task);",
            "SEND-52"));
  }
}
