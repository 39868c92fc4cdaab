package io.anymq.kafka;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Delayed records that are to be moved before any others, each list in a transaction of its own:
 * what is refused must not hold up the others, nor be mixed up with them. For the mover's thread.
 */
final class Apart {

  private final Queue<List<DelayedRecord>> lists = new ArrayDeque<>();

  boolean isEmpty() {
    return lists.isEmpty();
  }

  List<DelayedRecord> remove() {
    return lists.remove();
  }

  void clear() {
    lists.clear();
  }

  /** Some of these are refused: suspects by their topic, and those of one topic one by one. */
  void separate(List<DelayedRecord> due, Set<DelayedRecord> suspects) {
    List<DelayedRecord> others = due.stream().filter(each -> !suspects.contains(each)).toList();
    if (!others.isEmpty()) {
      lists.add(others);
    }
    Map<String, List<DelayedRecord>> byTopic =
        suspects.stream()
            .collect(
                Collectors.groupingBy(
                    DelayedRecord::topic, LinkedHashMap::new, Collectors.toList()));
    if (byTopic.size() > 1 || !others.isEmpty()) {
      lists.addAll(byTopic.values());
    } else {
      suspects.forEach(each -> lists.add(List.of(each)));
    }
  }
}
