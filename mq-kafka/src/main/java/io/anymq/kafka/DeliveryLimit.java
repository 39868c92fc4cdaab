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
 */
final class DeliveryLimit {

  private static final int SPARE_ATTEMPTS = 2;

  private final int limit;
  private final String group;
  private final SharedProducer producer;

  DeliveryLimit(int limit, String group, SharedProducer producer) {
    this.limit = limit;
    this.group = group;
    this.producer = producer;
  }

  /** Whether a record that was just fetched must not be handed out, but written again. */
  boolean isNear(int attempts) {
    return attempts >= Math.max(2, limit - SPARE_ATTEMPTS);
  }

  /** Whether the broker would archive a record rather than take it back. */
  boolean isReached(int attempts) {
    return attempts >= limit;
  }

  /** Whether this copy of a message is meant for other groups. */
  boolean isForOthers(Headers headers) {
    Header only = headers.lastHeader(KafkaHeaders.ONLY_FOR);
    return only != null && !group.equals(PropertyCodec.textOrNull(only.value()));
  }

  /** How often the message was delivered before this copy of it was written. */
  static int earlier(Headers headers) {
    Header earlier = headers.lastHeader(KafkaHeaders.DELIVERIES);
    if (earlier == null) {
      return 0;
    }
    try {
      return Math.max(
          0, Integer.parseInt(String.valueOf(PropertyCodec.textOrNull(earlier.value()))));
    } catch (NumberFormatException e) {
      return 0; // Not ours; the message's own fields are checked where it is decoded.
    }
  }

  /**
   * Writes a message again.
   *
   * @param delivery the message
   * @param seen how often the application has had it
   * @param done is told by any thread: null when the copy is stored, else why not
   */
  void rewrite(ShareDelivery delivery, int seen, Consumer<@Nullable Exception> done) {
    ConsumerRecord<byte[], byte[]> old = delivery.record();
    Headers headers = new RecordHeaders(old.headers());
    headers.remove(KafkaHeaders.DELIVERIES).remove(KafkaHeaders.ONLY_FOR);
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
