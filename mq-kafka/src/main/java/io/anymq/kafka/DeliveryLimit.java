package io.anymq.kafka;

import io.anymq.MessagingException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a share group from losing messages at its delivery limit.
 *
 * <p>When a record that has been delivered as often as {@code share.delivery.count.limit} says
 * comes back, because it is released or because its consumer has crashed, the broker archives it:
 * nobody ever gets it, and nothing tells. The limit is 5 by default, and at most 10 unless the
 * broker is set up otherwise. So a message that comes near the limit is written again, as a record
 * of its own with the count so far in a header, and the old record is accepted once the new one is
 * confirmed. That is done {@value #SPARE_ATTEMPTS} attempts early, so that a crash in that very
 * moment loses nothing either. The message goes to the end of the queue by that; a crash in between
 * leaves both, which is a duplicate and not a loss.
 *
 * <p>Where it cannot be written, the consumer delivers it all the same, keeps its lock, and
 * delivers it again by itself when it is released. With its last attempt it is noted, see {@link
 * KeptRecords}: so it outlives a close, a crash, and as many of them as there may be.
 */
final class DeliveryLimit {

  private static final int SPARE_ATTEMPTS = 2;

  /** An operator may change it. */
  private volatile int limit;

  private final String group;
  private final SharedProducer producer;

  DeliveryLimit(int limit, String group, SharedProducer producer) {
    this.limit = limit;
    this.group = group;
    this.producer = producer;
  }

  int get() {
    return limit;
  }

  void set(int now) {
    limit = now;
  }

  /** Whether a record that was just fetched must not be handed out, but written again. */
  boolean isNear(int attempts) {
    return attempts >= Math.max(2, limit - SPARE_ATTEMPTS);
  }

  /** Whether the broker would archive a record rather than take it back. */
  boolean isReached(int attempts) {
    return attempts >= limit;
  }

  /**
   * What a record says of being a copy.
   *
   * @param onlyFor the one group that it is meant for, or null
   * @param deliveries how often the message was delivered before this copy of it was written
   * @param first the record that it is a copy of a copy of; null when it is no copy
   */
  record Copy(@Nullable String onlyFor, int deliveries, @Nullable String first) {}

  private static final Copy NO_COPY = new Copy(null, 0, null);

  /** What tells a message from all others, however often it was written again. */
  static String identity(ConsumerRecord<byte[], byte[]> record) {
    String first = copy(record.headers()).first();
    // The timestamp tells a topic from a later one of its name.
    return first != null
        ? first
        : "%s-%d@%d/%d"
            .formatted(record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  /**
   * Reads what a record says of being a copy. This is asked for each record, and a native header is
   * decoded when its name is read: so only the last is looked at, which tells.
   */
  static Copy copy(Headers headers) {
    Header[] all = headers.toArray();
    if (all.length == 0 || !all[all.length - 1].key().equals(KafkaHeaders.ONLY_FOR)) {
      return NO_COPY;
    }
    return new Copy(
        text(all[all.length - 1]),
        number(text(headers.lastHeader(KafkaHeaders.DELIVERIES))),
        text(headers.lastHeader(KafkaHeaders.FIRST)));
  }

  private static @Nullable String text(@Nullable Header header) {
    return header == null || header.value() == null
        ? null
        : PropertyCodec.textOrNull(header.value());
  }

  private static int number(@Nullable String text) {
    try {
      return Math.max(0, Integer.parseInt(String.valueOf(text)));
    } catch (NumberFormatException e) {
      return 0; // Not ours; the message's own fields are checked where it is decoded.
    }
  }

  /** Whether a copy of a message is meant for another group. */
  boolean isForOthers(Copy copy) {
    return copy.onlyFor() != null && !group.equals(copy.onlyFor());
  }

  /**
   * Writes a message again.
   *
   * @param old the message
   * @param seen how often the application has had it
   * @param done is told by any thread: null when the copy is stored, else why not
   */
  void rewrite(ConsumerRecord<byte[], byte[]> old, int seen, Consumer<@Nullable Exception> done) {
    rewrite(old, group, seen, producer, done);
  }

  /** As {@link #rewrite(ConsumerRecord, int, Consumer)}, for a group. */
  static void rewrite(
      ConsumerRecord<byte[], byte[]> old,
      String group,
      int seen,
      SharedProducer producer,
      Consumer<@Nullable Exception> done) {
    Headers headers = new RecordHeaders(old.headers());
    headers
        .remove(KafkaHeaders.DELIVERIES)
        .remove(KafkaHeaders.FIRST)
        .remove(KafkaHeaders.ONLY_FOR);
    headers.add(new RecordHeader(KafkaHeaders.FIRST, PropertyCodec.utf8(identity(old))));
    headers.add(
        new RecordHeader(KafkaHeaders.DELIVERIES, PropertyCodec.utf8(Integer.toString(seen))));
    headers.add(new RecordHeader(KafkaHeaders.ONLY_FOR, PropertyCodec.utf8(group)));
    Long timestamp = old.timestamp() < 0 ? null : old.timestamp();
    ProducerRecord<byte[], byte[]> copy =
        new ProducerRecord<>(
            old.topic(), old.partition(), timestamp, old.key(), old.value(), headers);
    try {
      Future<RecordMetadata> unused =
          producer.get().send(copy, (metadata, failure) -> done.accept(failure));
    } catch (KafkaException | IllegalStateException | MessagingException e) {
      done.accept(e);
    }
  }
}
