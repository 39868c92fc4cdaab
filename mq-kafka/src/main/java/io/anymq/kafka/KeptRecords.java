package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Notes of records that their share group would lose: they have been delivered as often as the
 * group's limit says, and could not be written again. The record itself stays in its topic, from
 * where {@link KeptReturn} writes it again once that is possible.
 *
 * <p>A note is metadata of a committed offset, because whoever may consume a topic may write that,
 * and nothing else. It is in a consumer group beside the share group that never has members. A
 * commit replaces what was there, so each consumer has groups of its own, and nobody else changes
 * them before its process has left the share group: no note is lost, whoever notes at that moment.
 * Those who take notes away later may bring one back that another has just taken away, and its
 * message comes twice. Kafka forgets committed offsets after {@code offsets.retention.minutes}, 7
 * days by default. Safe for use by several threads.
 */
final class KeptRecords {

  private static final String GROUP = KafkaNames.GROUP_PREFIX + "kept:";

  /** One group's metadata holds some eighty notes of a partition, so a consumer's are spread. */
  private static final int SPREAD = 32;

  private static final ReentrantLock WRITING = new ReentrantLock();

  /** What this JVM has in its hands. */
  private static final Set<Note> HELD = ConcurrentHashMap.newKeySet();

  /**
   * A record to keep.
   *
   * @param keeper the consumer group that has the note
   * @param partition where it is
   * @param topicId the topic's id, which tells a later topic of that name
   * @param offset where it is in its partition
   * @param deliveries how often the message was delivered
   * @param process who noted it
   */
  record Note(
      String keeper,
      TopicPartition partition,
      Uuid topicId,
      long offset,
      int deliveries,
      String process) {

    private static Note parse(String keeper, TopicPartition partition, String word) {
      String[] parts = word.split(":", 4);
      return new Note(
          keeper,
          partition,
          Uuid.fromString(parts[0]),
          Long.parseLong(parts[1]),
          Integer.parseInt(parts[2]),
          parts[3]);
    }

    private String text() {
      return topicId + ":" + offset + ":" + deliveries + ":" + process;
    }

    private boolean isOfSameRecord(Note other) {
      return partition.equals(other.partition)
          && topicId.equals(other.topicId)
          && offset == other.offset;
    }
  }

  private final KafkaCalls calls;
  private final KafkaTopology topology;
  private final KeptMark mark;
  private final KeptRights rights;

  KeptRecords(KafkaCalls calls, KafkaTopology topology) {
    this.calls = calls;
    this.topology = topology;
    mark = new KeptMark(calls, GROUP);
    rights = new KeptRights(calls, mark, GROUP);
  }

  /** Refuses a consumer whose messages could neither be written again nor noted. */
  void requireRight(String topic, String group) {
    rights.require(topic, group);
  }

  /**
   * Notes a record that a consumer of this process holds.
   *
   * @param group the share group
   * @param holder tells the consumer from all others, of other processes too
   * @param partition where the record is
   * @param offset where it is in its partition
   * @param deliveries how often the message was delivered
   */
  Note hold(String group, String holder, TopicPartition partition, long offset, int deliveries) {
    Uuid topicId =
        topology
            .find(partition.topic())
            .orElseThrow(() -> topology.notFound(partition.topic()))
            .topicId();
    String keeper = GROUP + holder + "." + Math.floorMod(offset, SPREAD) + ":" + group;
    Note note = new Note(keeper, partition, topicId, offset, deliveries, ClientIds.process());
    HELD.add(note);
    try {
      keep(note);
      return note;
    } catch (RuntimeException e) {
      HELD.remove(note);
      throw e;
    }
  }

  /** Makes sure that a note is there. */
  void keep(Note note) {
    change(note, false, others -> with(others, note));
  }

  /** Writes a note once more, for Kafka forgets what is too old. */
  void renew(Note note) {
    change(note, true, others -> with(others, note));
  }

  /** The consumer that held it has closed, or whoever has taken it is done with it. */
  void letGo(Note note) {
    HELD.remove(note);
  }

  /** Takes what is abandoned; tells whether nobody else in this JVM has, and it is still noted. */
  boolean take(Note note) {
    if (!HELD.add(note)) {
      return false;
    }
    try {
      boolean isThere = list(List.of(note.keeper())).contains(note);
      if (!isThere) {
        HELD.remove(note);
      }
      return isThere;
    } catch (RuntimeException e) {
      HELD.remove(note);
      throw e;
    }
  }

  /** The record need not be kept any more. */
  void remove(Note note) {
    change(note, false, others -> without(others, note));
    HELD.remove(note);
  }

  private static List<Note> with(List<Note> others, Note note) {
    List<Note> all = new ArrayList<>(without(others, note));
    all.add(note);
    return all;
  }

  private static List<Note> without(List<Note> others, Note note) {
    return others.stream().filter(other -> !other.isOfSameRecord(note)).toList();
  }

  private void change(Note note, boolean always, UnaryOperator<List<Note>> change) {
    lock();
    try {
      List<Note> before =
          list(List.of(note.keeper())).stream()
              .filter(other -> other.partition().equals(note.partition()))
              .toList();
      List<Note> after = change.apply(before);
      if (always || !after.equals(before)) {
        write(note.keeper(), note.partition(), after);
      }
    } finally {
      WRITING.unlock();
    }
  }

  private void lock() {
    try {
      if (!WRITING.tryLock(calls.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MessagingException(ErrorCode.TIMEOUT, "Other records are noted, for too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted noting a record", e);
    }
  }

  /** Kafka forgets what is old: so the mark is as new as the newest note, and outlives them all. */
  private void write(String keeper, TopicPartition partition, List<Note> notes) {
    if (!notes.isEmpty()) {
      mark.set(groupOf(keeper), partition);
    }
    String text = String.join(" ", notes.stream().map(Note::text).toList());
    calls.await(
        calls
            .admin()
            .alterConsumerGroupOffsets(keeper, Map.of(partition, new OffsetAndMetadata(0, text)))
            .all(),
        "to note which records group " + keeper + " keeps",
        "READ on group %s and on topic %s".formatted(keeper, partition.topic()));
  }

  /** What is kept for a share group and in nobody's hands; members are the share group's. */
  List<Note> abandoned(String group, Collection<String> members) {
    return all(group).stream().filter(note -> !isHeld(note, members)).toList();
  }

  private static boolean isHeld(Note note, Collection<String> members) {
    if (HELD.stream().anyMatch(note::isOfSameRecord)) {
      return true;
    }
    return !note.process().equals(ClientIds.process())
        && members.stream().anyMatch(member -> ClientIds.isOf(member, note.process()));
  }

  /** All that is kept for a share group; as a rule that is one question for one group. */
  List<Note> all(String group) {
    if (!mark.isSet(group)) {
      return List.of();
    }
    List<String> keepers =
        calls
            .await(
                calls.admin().listGroups(ListGroupsOptions.forConsumerGroups()).all(),
                "which groups keep records of group " + group,
                "DESCRIBE on groups")
            .stream()
            .map(GroupListing::groupId)
            .filter(id -> isKeeper(id, group))
            .toList();
    return keepers.isEmpty() ? List.of() : list(keepers);
  }

  private static String groupOf(String keeper) {
    return keeper.substring(keeper.indexOf(':', GROUP.length()) + 1);
  }

  /** No holder's name has a colon, nor is one empty: that is the mark's group. */
  private static boolean isKeeper(String id, String group) {
    return id.startsWith(GROUP) && !id.startsWith(GROUP + ":") && groupOf(id).equals(group);
  }

  private List<Note> list(List<String> keepers) {
    Map<String, ListConsumerGroupOffsetsSpec> asked = new HashMap<>();
    keepers.forEach(keeper -> asked.put(keeper, new ListConsumerGroupOffsetsSpec()));
    ListConsumerGroupOffsetsResult answer = calls.admin().listConsumerGroupOffsets(asked);
    List<Note> notes = new ArrayList<>();
    for (String keeper : keepers) {
      calls
          .await(
              answer.partitionsToOffsetAndMetadata(keeper),
              "which records group " + keeper + " keeps",
              "DESCRIBE on group " + keeper)
          .forEach((partition, place) -> notes.addAll(read(keeper, partition, place)));
    }
    return notes;
  }

  private static List<Note> read(
      String keeper, TopicPartition partition, @Nullable OffsetAndMetadata place) {
    List<Note> notes = new ArrayList<>();
    if (place != null && !place.metadata().isEmpty()) {
      for (String word : place.metadata().split(" ", -1)) {
        notes.add(Note.parse(keeper, partition, word));
      }
    }
    return notes;
  }
}
