package io.anymq.activemq;

import io.anymq.Option;
import java.time.Duration;
import java.util.List;

/** The options that this adapter has beside those of every connection. */
final class ActiveMqOptions {

  /**
   * How long the peer may be silent. Both sides send a keep-alive when they have nothing else to
   * say; the shorter of the client's and the broker's time is used, and a silence is noticed after
   * at most twice that time. Default: 10 seconds; the native client's own is 30.
   */
  static final Option<Duration> HEARTBEAT =
      Option.duration(
          "heartbeat",
          Duration.ofSeconds(10),
          "how long the broker may be silent before the connection counts as lost");

  private static final List<Option<?>> ALL = List.of(HEARTBEAT);

  private ActiveMqOptions() {}

  /** All of them. */
  static List<Option<?>> all() {
    return ALL;
  }
}
