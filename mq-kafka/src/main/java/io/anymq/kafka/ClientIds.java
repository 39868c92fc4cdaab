package io.anymq.kafka;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for native clients, unique in the world, and which of this JVM's are in use.
 *
 * <p>A group's member that could not say good-bye, because the broker was away, stays a member
 * until its session times out (45 s by default). By its name such a leftover of this JVM is told
 * from a member that is alive.
 */
final class ClientIds {

  private static final String PROCESS = UUID.randomUUID().toString().substring(0, 8);
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Set<String> LIVE = ConcurrentHashMap.newKeySet();

  /** What names end in, as a regular expression. */
  static final String SUFFIX = "-[0-9a-f]{8}-\\d+";

  private ClientIds() {}

  /** What this JVM's names have in common. */
  static String process() {
    return PROCESS;
  }

  /** Whether a name is one of that JVM's. */
  static boolean isOf(String id, String process) {
    return id.contains("-" + process + "-");
  }

  /** A new name. */
  static String next(String clientName, String role) {
    return "%s-%s-%s-%d".formatted(clientName, role, PROCESS, NUMBERS.incrementAndGet());
  }

  /** A new name, unique in the world, of something that is no client. */
  static String next() {
    return PROCESS + "-" + NUMBERS.incrementAndGet();
  }

  /** A member of that name begins. */
  static void hold(String id) {
    LIVE.add(id);
  }

  /** The member of that name has ended. */
  static void free(String id) {
    LIVE.remove(id);
  }

  /** Whether a member with that name is the leftover of a client of this JVM that is closed. */
  static boolean isLeftover(String id) {
    return isOf(id, PROCESS) && !LIVE.contains(id);
  }
}
