package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sessions of a hub, and the order in which they send. For the hub's thread. */
final class HubSessions {

  private final Map<PeerId, HubSession> all = new HashMap<>();

  /** Those that wait for memory that other frames take, the one that waits longest first. */
  private final Set<HubSession> waiting = new LinkedHashSet<>();

  /** Sessions that have ended in order, and whose last words wait until the peer reads. */
  private final List<HubSession> leaving = new ArrayList<>();

  void add(HubSession session) {
    all.put(session.peer(), session);
  }

  @Nullable HubSession get(PeerId peer) {
    return all.get(peer);
  }

  Collection<HubSession> all() {
    return all.values();
  }

  void remove(HubSession session) {
    all.remove(session.peer());
    waiting.remove(session);
  }

  /** An ended session has last words that its peer is not ready for. */
  void leaves(HubSession session) {
    leaving.add(session);
  }

  void clear() {
    all.clear();
    waiting.clear();
  }

  /** Whether something waits for a peer to read what it was sent before. */
  boolean hasUnsent() {
    return !leaving.isEmpty() || all.values().stream().anyMatch(HubSession::hasUnsent);
  }

  /**
   * Sends what has been collected for all of them.
   *
   * @return those whose peers are gone, or do not read
   */
  List<HubSession> flush(long now) {
    List<HubSession> unreachable = new ArrayList<>();
    Set<HubSession> first = waiting.isEmpty() ? Set.of() : new LinkedHashSet<>(waiting);
    for (HubSession session : first) {
      flush(session, now, unreachable);
    }
    for (HubSession session : all.values()) {
      if (!first.contains(session)) {
        flush(session, now, unreachable);
      }
    }
    leaving.removeIf(session -> !session.flush(now) || !session.hasUnsent());
    return unreachable;
  }

  private void flush(HubSession session, long now, List<HubSession> unreachable) {
    if (!session.flush(now)) {
      unreachable.add(session);
    }
    if (session.waitsForRoom()) {
      waiting.add(session); // where it is, if it has waited before
    } else {
      waiting.remove(session);
    }
  }

  /** Who has the most answers that wait, if all sessions together have too many. */
  Optional<HubSession> leastReading() {
    long sum = all.values().stream().mapToLong(HubSession::unread).sum();
    return sum <= HubSession.MOST_UNREAD_BYTES
        ? Optional.empty()
        : all.values().stream().max(Comparator.comparingInt(HubSession::unread));
  }
}
