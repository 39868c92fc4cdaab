package io.anymq.zeromq;

import io.anymq.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The options of a hub. */
final class HubOptions {

  static final Option<HubAddress> BIND =
      Option.of(
          "bind",
          HubAddress::parse,
          HubAddress.FORMS,
          HubAddress.parse("tcp://127.0.0.1:5555"),
          "where the hub is to be found; may be given several times; port 0 takes a free one");

  static final Option<Boolean> OPEN =
      Option.flag(
          "open",
          false,
          "allows to bind where other machines can come: whoever reaches the port may read and write");

  static final Option<Long> MEMORY_LIMIT =
      Option.of(
          "memory-limit",
          HubOptions::bytes,
          "a number of bytes such as 800000000, 512m or 2g",
          Runtime.getRuntime().maxMemory() / 2,
          "how many bytes of messages the hub keeps; then it refuses; half of the heap by default");

  static final Option<Integer> MAX_MESSAGE_BYTES =
      Option.number(
          "max-message-bytes",
          1024,
          (int) Math.min(32 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 16),
          "the largest message that the hub takes, encoded; by default 32 MiB, or less where the heap has less than 512 MiB");

  static final Option<Duration> HEARTBEAT =
      Option.duration(
          "heartbeat",
          Duration.ofSeconds(2),
          "how often each side sends at least; after five times that in silence it is given up");

  static final Option<Long> REPLAY_MESSAGES =
      Option.of(
          "replay-messages",
          HubOptions::count,
          "a whole number, 0 or more",
          10_000L,
          "how many messages of each topic the hub keeps for those who subscribe later; 0: none");

  static final Option<Long> REPLAY_MEMORY =
      Option.of(
          "replay-memory",
          HubOptions::bytes,
          "a number of bytes such as 800000000, 512m or 2g",
          Runtime.getRuntime().maxMemory() / 16,
          "how many bytes of such messages the hub keeps, of all topics together, within its limit; a sixteenth of the heap by default");
  static final Option<Path> DATA =
      Option.of(
          "data",
          HubOptions::path,
          "a directory",
          null,
          "where the hub keeps persistent messages and durable subscriptions; without it all is in memory");

  private HubOptions() {}

  static List<Option<?>> all() {
    return List.of(
        BIND,
        OPEN,
        MEMORY_LIMIT,
        MAX_MESSAGE_BYTES,
        HEARTBEAT,
        REPLAY_MESSAGES,
        REPLAY_MEMORY,
        DATA);
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(text);
    }
    return Path.of(text);
  }

  private static Long count(String text) {
    long number = Integer.parseInt(text.strip());
    if (number < 0) {
      throw new IllegalArgumentException(text);
    }
    return number;
  }

  private static Long bytes(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    int shift =
        switch (lower.isEmpty() ? ' ' : lower.charAt(lower.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    long number = Long.parseLong(shift == 0 ? lower : lower.substring(0, lower.length() - 1));
    if (number < 1 || number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(text);
    }
    return number << shift;
  }
}
