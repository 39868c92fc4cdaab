package io.anymq.tck.reference;

import io.anymq.InvalidOptionException;
import io.anymq.Topic;
import io.anymq.spi.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was sent to topics, for those who begin in the past. Guarded by the broker's lock. */
final class TopicPast {

  private final Map<Topic, List<Stored>> sent = new HashMap<>();

  void add(Topic topic, Stored stored) {
    sent.computeIfAbsent(topic, each -> new ArrayList<>()).add(stored);
  }

  void forget(Topic topic) {
    sent.remove(topic);
  }

  void forgetTransient() {
    sent.values().forEach(all -> all.removeIf(stored -> !stored.persistent));
  }

  /** What a subscription that begins in the past is to get first, in order. */
  List<Stored> replay(Topic topic, Source.Terms terms) {
    if (!terms.replays()) {
      return List.of();
    }
    Optional<Long> position = terms.replayAfter().map(TopicPast::position);
    Instant moment = terms.replayFrom().orElse(Instant.EPOCH);
    return sent.getOrDefault(topic, List.of()).stream()
        .filter(each -> each.position > position.orElse(-1L) && !each.storedAt.isBefore(moment))
        .toList();
  }

  private static long position(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidOptionException(
          "'%s' is no position of this backend; use what Delivery.position() tells".formatted(text),
          e);
    }
  }
}
