package io.anymq.rabbit;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The hand-out logs of one link: those of sources that are consumed, and some that were, for a
 * program may open and close consumers of one queue again and again. Each has a channel, of which a
 * connection has a few thousand. Safe for use by several threads.
 */
final class HandOutLogs {

  /** How many are kept that nobody uses. */
  static final int MOST_IDLE = 64;

  private static final class Used {
    private final HandOutLog log;
    private int users;

    Used(HandOutLog log) {
      this.log = log;
    }
  }

  private final Function<String, HandOutLog> maker;

  // Guarded by this:
  private final Map<String, Used> used = new HashMap<>();
  private final Map<String, HandOutLog> idle = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param maker makes the log of a native queue
   */
  HandOutLogs(Function<String, HandOutLog> maker) {
    this.maker = maker;
  }

  /** The log of a native queue, for one more user. */
  synchronized HandOutLog take(String queue) {
    Used found = used.get(queue);
    if (found == null) {
      HandOutLog known = idle.remove(queue);
      found = new Used(known == null ? maker.apply(queue) : known);
      used.put(queue, found);
    }
    found.users++;
    return found.log;
  }

  /** A user less. */
  void leave(String queue) {
    release(queue).ifPresent(HandOutLog::close);
  }

  /** What there is no room for any more. */
  private synchronized Optional<HandOutLog> release(String queue) {
    Used left = used.get(queue);
    if (left == null || --left.users > 0) {
      return Optional.empty();
    }
    used.remove(queue);
    idle.put(queue, left.log);
    if (idle.size() <= MOST_IDLE) {
      return Optional.empty();
    }
    String eldest = idle.keySet().iterator().next();
    return Optional.ofNullable(idle.remove(eldest));
  }

  /** The log of a native queue, where it is known. */
  synchronized Optional<HandOutLog> find(String queue) {
    Used found = used.get(queue);
    return Optional.ofNullable(found == null ? idle.get(queue) : found.log);
  }
}
