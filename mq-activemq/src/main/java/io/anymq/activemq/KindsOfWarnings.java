package io.anymq.activemq;

import io.anymq.spi.support.RareWarning;
import java.util.HashMap;
import java.util.Map;

/**
 * Warnings of several kinds, each of which is logged once a minute at most: so that one kind does
 * not silence another. There may be as many kinds as there are destinations: beyond a number of
 * them, the others are one kind together. Safe for use by several threads.
 */
final class KindsOfWarnings {

  /** How many kinds are told apart. */
  static final int MOST = 64;

  private final Class<?> of;
  private final RareWarning others;

  /** Guarded by itself. */
  private final Map<String, RareWarning> byKind = new HashMap<>();

  /**
   * None yet.
   *
   * @param of the class whose log the warnings go to
   */
  KindsOfWarnings(Class<?> of) {
    this.of = of;
    this.others = new RareWarning(of);
  }

  /**
   * Logs a failure, or counts it.
   *
   * @param what what has failed, as the beginning of a sentence
   * @param failure why; what first caused it is of the kind, too
   */
  void warn(String what, Throwable failure) {
    ofKind(what + "/" + cause(failure).getClass().getName()).warn(what, failure);
  }

  private RareWarning ofKind(String kind) {
    synchronized (byKind) {
      RareWarning known = byKind.get(kind);
      if (known == null && byKind.size() < MOST) {
        known = new RareWarning(of);
        byKind.put(kind, known);
      }
      return known == null ? others : known;
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return at;
  }
}
