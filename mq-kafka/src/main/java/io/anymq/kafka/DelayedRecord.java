package io.anymq.kafka;

import io.anymq.InvalidMessageException;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that waits for its time in topic {@link KafkaNames#DELAYS}: the record that is to be,
 * with one header more, which says where it goes and when, and whether its destination was looked
 * for once in vain.
 *
 * <p>What is due within four seconds waits in partition 0; partition <i>n</i> is for what is due in
 * 4<sup>n</sup> seconds or more. There nothing is looked at before a second less than that has
 * passed: so each partition but the first is read in its order, and what is not due then is filed
 * again, for the time that is left.
 *
 * @param source the record as it waits
 * @param topic the native topic that it is for
 * @param due when it is due, in milliseconds since 1970
 * @param look when to look at it, at the latest when it is due
 * @param missed whether there was no such topic when it was due before
 */
record DelayedRecord(
    ConsumerRecord<byte[], byte[]> source, String topic, long due, long look, boolean missed) {

  /** How many partitions there are; the last is for 4^11 seconds, which is 48 days, and more. */
  static final int PARTITIONS = 12;

  private static final String HEADER = KafkaHeaders.PREFIX + "delayed";
  private static final long SECOND = 1_000;

  /** A record that cannot be moved now is looked at again after so long. */
  static final Duration AGAIN = Duration.ofMinutes(1);

  /** A broker that has just started, or is behind, may not know a topic for a moment. */
  private static final Duration MISSED = Duration.ofSeconds(5);

  private static final String MARK = "missed";

  /**
   * A record as it waits.
   *
   * @param record as it is to be when it is due
   * @param delay how long it waits from now on
   */
  static ProducerRecord<byte[], byte[]> waiting(
      ProducerRecord<byte[], byte[]> record, Duration delay) {
    long now = System.currentTimeMillis();
    // The clock's milliseconds are cut off: one more, so that it is never early.
    long wait = Math.min(delay.toMillis(), Long.MAX_VALUE - now - 1) + 1;
    return file(
        record.timestamp(),
        record.key(),
        record.value(),
        record.headers(),
        new Filing(record.topic(), now + wait, now, false));
  }

  private record Filing(String topic, long due, long now, boolean missed) {

    int partition() {
      return bucket(due - now);
    }

    long look() {
      int bucket = partition();
      return bucket == 0 ? due : now + SECOND * (1L << (2 * bucket)) - SECOND;
    }

    byte[] text() {
      return PropertyCodec.utf8(due + " " + look() + " " + topic + (missed ? " " + MARK : ""));
    }
  }

  private static ProducerRecord<byte[], byte[]> file(
      @Nullable Long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Headers fields,
      Filing filing) {
    Headers headers = new RecordHeaders(fields);
    headers.remove(HEADER).add(new RecordHeader(HEADER, filing.text()));
    return new ProducerRecord<>(
        KafkaNames.DELAYS, filing.partition(), timestamp, key, value, headers);
  }

  /** The partition for what waits so long. */
  static int bucket(long millis) {
    int bucket = 0;
    while (bucket < PARTITIONS - 1 && millis >= SECOND * (1L << (2 * (bucket + 1)))) {
      bucket++;
    }
    return bucket;
  }

  /** Reads a record of the topic. */
  static DelayedRecord of(ConsumerRecord<byte[], byte[]> source) {
    Header header = source.headers().lastHeader(HEADER);
    String[] parts =
        header == null || header.value() == null
            ? new String[0]
            : PropertyCodec.text(HEADER, header.value()).split(" ", 4);
    boolean missed = parts.length == 4 && parts[3].equals(MARK);
    if (parts.length != 3 && !missed) {
      throw new InvalidMessageException("It does not say where it goes, and when");
    }
    try {
      return new DelayedRecord(
          source, parts[2], Long.parseLong(parts[0]), Long.parseLong(parts[1]), missed);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException("It does not say when it is due", e);
    }
  }

  /**
   * The record as its partition allows. None waits there longer than the partition is for, by the
   * clock that filed it: the clock of one that says so is fast, and it is looked at now, to be
   * filed again by this clock. Else it would hold up those behind it.
   */
  DelayedRecord within(long now) {
    int bucket = source.partition();
    long span = SECOND * (1L << (2 * Math.max(1, bucket)));
    return look - span > now ? new DelayedRecord(source, topic, due, now, missed) : this;
  }

  /** The record as it was meant to be sent. */
  ProducerRecord<byte[], byte[]> arrived() {
    Headers headers = new RecordHeaders(source.headers());
    headers.remove(HEADER);
    return new ProducerRecord<>(
        topic, null, source.timestamp(), source.key(), source.value(), headers);
  }

  /** The record for the time that is left. */
  ProducerRecord<byte[], byte[]> filedAgain(long now) {
    return refile(new Filing(topic, due, now, missed));
  }

  /** The record for another attempt. */
  ProducerRecord<byte[], byte[]> putOff(long now) {
    return refile(new Filing(topic, now + AGAIN.toMillis(), now, false));
  }

  /** The record for a second look for its destination, which is not there. */
  ProducerRecord<byte[], byte[]> lookedForAgain(long now) {
    return refile(new Filing(topic, now + MISSED.toMillis(), now, true));
  }

  private ProducerRecord<byte[], byte[]> refile(Filing filing) {
    return file(source.timestamp(), source.key(), source.value(), source.headers(), filing);
  }

  long offset() {
    return source.offset();
  }

  int bytes() {
    return Math.max(0, source.serializedKeySize()) + Math.max(0, source.serializedValueSize());
  }
}
