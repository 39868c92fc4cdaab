package io.anymq;

import java.time.Duration;
import java.util.List;

/** The options that every connection has, whatever its backend. Adapters add their own. */
public final class ConnectionOptions {

  /** How long one attempt to connect may take. Default: 10 seconds. */
  public static final Option<Duration> CONNECT_TIMEOUT =
      Option.duration(
          "connect-timeout", Duration.ofSeconds(10), "how long one attempt to connect may take");

  /**
   * How long a call that asks the broker something may take, recovery included. Default: 30
   * seconds.
   */
  public static final Option<Duration> OPERATION_TIMEOUT =
      Option.duration(
          "operation-timeout",
          Duration.ofSeconds(30),
          "how long a call that asks the broker something may take");

  /** How long close waits for running listeners and for unconfirmed sends. Default: 10 seconds. */
  public static final Option<Duration> CLOSE_TIMEOUT =
      Option.duration(
          "close-timeout",
          Duration.ofSeconds(10),
          "how long close waits for running listeners and for unconfirmed sends");

  /** Whether a broken connection is made again. Default: true. */
  public static final Option<Boolean> RECOVERY =
      Option.flag("recovery", true, "whether a broken connection is made again");

  /**
   * The first pause between attempts to recover; doubled each time, with jitter, also over
   * connections that break again before they have lasted for the longest pause. Default: 100 ms.
   */
  public static final Option<Duration> RECOVERY_MIN_PAUSE =
      Option.duration(
          "recovery-min-pause",
          Duration.ofMillis(100),
          "the first pause between attempts to recover; doubled each time, with jitter");

  /** The longest pause between attempts to recover. Default: 5 seconds. */
  public static final Option<Duration> RECOVERY_MAX_PAUSE =
      Option.duration(
          "recovery-max-pause",
          Duration.ofSeconds(5),
          "the longest pause between attempts to recover");

  /** When recovery is given up and the connection closes. Default: 5 minutes. */
  public static final Option<Duration> RECOVERY_TIMEOUT =
      Option.duration(
          "recovery-timeout",
          Duration.ofMinutes(5),
          "when recovery is given up and the connection closes");

  /**
   * The largest message, counted as {@code Message} body plus names and values of its properties,
   * in bytes. Default: 1,000,000, which leaves room for metadata under Kafka's default broker limit
   * of 1,048,588 ({@code message.max.bytes}); raise it only where the broker allows.
   */
  public static final Option<Integer> MAX_MESSAGE_BYTES =
      Option.number(
          "max-message-bytes", 1, 1_000_000, "the largest body plus properties, in bytes");

  /**
   * How many messages a consumer may hold unsettled, where its options do not say. Default: 500.
   */
  public static final Option<Integer> PREFETCH =
      Option.number(
          "prefetch",
          1,
          OptionRules.MAX_PREFETCH,
          500,
          "how many messages a consumer may hold unsettled");

  /**
   * How many sends of a producer may be unconfirmed, where its options do not say. Default: 1024.
   */
  public static final Option<Integer> SEND_WINDOW =
      Option.number(
          "send-window",
          1,
          OptionRules.MAX_WINDOW,
          1024,
          "how many sends of a producer may be unconfirmed");

  /** How long a send may take until it is confirmed, recovery included. Default: 30 seconds. */
  public static final Option<Duration> SEND_TIMEOUT =
      Option.duration(
          "send-timeout",
          Duration.ofSeconds(30),
          "how long a send may take until it is confirmed, recovery included");

  /** The user's name, where the URL has none. */
  public static final Option<String> USER =
      Option.text("user", null, "the user's name, where the URL has none");

  /** The user's password, where the URL has none. Never printed. */
  public static final Option<String> PASSWORD =
      Option.secret("password", "the user's password, where the URL has none");

  /** A name for this connection, shown by the broker's tools and in thread names. */
  public static final Option<String> CLIENT_NAME =
      Option.text(
          "client-name", "anymq", "a name for this connection, shown by the broker's tools");

  private static final List<Option<?>> ALL =
      List.of(
          CONNECT_TIMEOUT,
          OPERATION_TIMEOUT,
          CLOSE_TIMEOUT,
          RECOVERY,
          RECOVERY_MIN_PAUSE,
          RECOVERY_MAX_PAUSE,
          RECOVERY_TIMEOUT,
          MAX_MESSAGE_BYTES,
          PREFETCH,
          SEND_WINDOW,
          SEND_TIMEOUT,
          USER,
          PASSWORD,
          CLIENT_NAME);

  private ConnectionOptions() {}

  /** All of them. */
  public static List<Option<?>> all() {
    return ALL;
  }
}
