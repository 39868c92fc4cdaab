package io.anymq.zeromq;

import io.anymq.Option;
import java.time.Duration;
import java.util.List;

/** The options of a connection to a hub, beside those of every connection. */
final class ZeroMqOptions {

  static final Option<Duration> HEARTBEAT =
      Option.duration(
          "heartbeat",
          Duration.ofSeconds(2),
          "how often this side sends to the hub at least; the hub gives it up after five times that");

  private ZeroMqOptions() {}

  static List<Option<?>> all() {
    return List.of(HEARTBEAT);
  }
}
