package io.anymq.rabbit;

import java.time.Instant;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Timestamps to AMQP and back. AMQP 0-9-1 has whole seconds; the milliseconds travel in the app-id,
 * as {@code anymq/123}. They would be at home in a header, but nearly every message has them, and a
 * broker is a fifth slower on messages with a table of headers (seen on 3.10, quorum queues).
 */
final class RabbitTimestamp {

  private static final String PREFIX = "anymq/";
  private static final Pattern OURS = Pattern.compile(PREFIX + "(\\d{1,3})");
  private static final int MILLIS = 1000;

  private RabbitTimestamp() {}

  /** The native timestamp; the client would round the time before 1970 up. */
  @SuppressWarnings("JavaUtilDate") // the client's own type
  static Date nativeSeconds(Instant timestamp) {
    return new Date(Math.floorDiv(timestamp.toEpochMilli(), MILLIS) * MILLIS);
  }

  /** The app-id, or null when the timestamp is a whole second. */
  static @Nullable String appId(Instant timestamp) {
    int millis = Math.floorMod(timestamp.toEpochMilli(), MILLIS);
    return millis == 0 ? null : PREFIX + millis;
  }

  /** The timestamp, or null when there is none. */
  static @Nullable Instant read(@Nullable Date nativeSeconds, @Nullable String appId) {
    if (nativeSeconds == null) {
      return null;
    }
    Matcher ours = OURS.matcher(appId == null ? "" : appId);
    return nativeSeconds.toInstant().plusMillis(ours.matches() ? Long.parseLong(ours.group(1)) : 0);
  }

  /** An app-id that is not ours, or null. */
  static @Nullable String foreign(@Nullable String appId) {
    return appId == null || OURS.matcher(appId).matches() ? null : appId;
  }
}
