package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of {@value #TOPIC}, in which brokers keep what share groups have done. A
 * snapshot tells all of one partition, an update what has changed since. What is merely lent is not
 * in them. The form is that of {@code ShareSnapshotValue} and {@code ShareUpdateValue}, version 0,
 * of Kafka 4.2 to 4.4.
 */
final class ShareState {

  static final String TOPIC = "__share_group_state";

  private static final short SNAPSHOT = 0;
  private static final short UPDATE = 1;
  private static final byte ACCEPTED = 2;
  private static final byte ARCHIVED = 4;
  private static final long UNCHANGED = -1;

  private ShareState() {}

  /**
   * What a record is about.
   *
   * @param snapshot whether it tells everything
   * @param group the share group
   * @param topicId the topic's id
   * @param partition the number of its partition
   */
  record Key(boolean snapshot, String group, Uuid topicId, int partition) {

    boolean isOf(String otherGroup, TopicIdPartition place) {
      return group.equals(otherGroup)
          && topicId.equals(place.topicId())
          && partition == place.partition();
    }
  }

  /** Which partition of {@value #TOPIC} a state is in. */
  static int partition(String group, TopicIdPartition place, int count) {
    String key = group + ":" + place.topicId() + ":" + place.partition();
    int hash = key.hashCode();
    return hash == Integer.MIN_VALUE ? 0 : Math.abs(hash) % count;
  }

  /** What a record is about; empty when it is of another kind. */
  static Optional<Key> key(byte[] bytes) {
    ByteBuffer key = ByteBuffer.wrap(bytes);
    short kind = key.getShort();
    if (kind != SNAPSHOT && kind != UPDATE) {
      return Optional.empty();
    }
    byte[] group = new byte[key.getShort()];
    key.get(group);
    Uuid topicId = new Uuid(key.getLong(), key.getLong());
    String name = new String(group, StandardCharsets.UTF_8);
    return Optional.of(new Key(kind == SNAPSHOT, name, topicId, key.getInt()));
  }

  /**
   * What a group is done with.
   *
   * @param records of one group and partition, in order, from a snapshot on
   */
  static DonePlaces done(List<ConsumerRecord<byte[], byte[]>> records) {
    DonePlaces done = new DonePlaces();
    for (ConsumerRecord<byte[], byte[]> each : records) {
      if (each.value() == null) {
        done = new DonePlaces(); // The state was removed, with the group.
        continue;
      }
      boolean snapshot = key(each.key()).filter(Key::snapshot).isPresent();
      if (snapshot) {
        done = new DonePlaces();
      }
      try {
        apply(ByteBuffer.wrap(each.value()), snapshot, done);
      } catch (BufferUnderflowException | IllegalArgumentException e) {
        throw unknownForm(e);
      }
    }
    return done;
  }

  private static void apply(ByteBuffer value, boolean snapshot, DonePlaces done) {
    if (value.getShort() != 0) {
      throw unknownForm(null);
    }
    skip(value, snapshot ? 3 * Integer.BYTES : 2 * Integer.BYTES); // epochs
    long start = value.getLong();
    if (start != UNCHANGED) {
      done.begin(start);
    }
    skip(value, snapshot ? 2 * Long.BYTES : 0); // when it was made and written
    int batches = unsigned(value) - 1;
    for (int i = 0; i < batches; i++) {
      long first = value.getLong();
      long last = value.getLong();
      byte state = value.get();
      done.note(first, last, state == ACCEPTED || state == ARCHIVED);
      skip(value, Short.BYTES); // how often it was delivered
      skipTagged(value);
    }
  }

  /** Fields that a later release has added. */
  private static void skipTagged(ByteBuffer value) {
    int fields = unsigned(value);
    for (int i = 0; i < fields; i++) {
      int unused = unsigned(value);
      skip(value, unsigned(value));
    }
  }

  /** A number in groups of seven bits, the lowest first; the eighth bit says that more follow. */
  private static int unsigned(ByteBuffer value) {
    int number = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte next = value.get();
      number |= (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number of more than 32 bits");
  }

  private static void skip(ByteBuffer value, int bytes) {
    value.position(value.position() + bytes);
  }

  private static MessagingException unknownForm(@Nullable Exception cause) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "Kafka writes its share groups' state in a form that this library does not know",
        cause);
  }
}
