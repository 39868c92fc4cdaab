package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the messages of a queue that its share group is not done with, as a consumer would get
 * them: it leaves out what has expired, and what cannot be decoded and would be dead-lettered.
 */
final class KafkaBrowser implements QueueBrowser {

  private final Queue queue;
  private final QueueScan scan;
  private @Nullable Message next;
  private boolean atEnd;
  private boolean closed;

  KafkaBrowser(Queue queue, QueueScan scan) {
    this.queue = queue;
    this.scan = scan;
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      throw new ClosedException("The browser of " + queue + " is closed");
    }
    if (next == null && !atEnd) {
      next = look();
      atEnd = next == null;
    }
    return next != null;
  }

  private @Nullable Message look() {
    for (Optional<ConsumerRecord<byte[], byte[]>> each = scan.next();
        each.isPresent();
        each = scan.next()) {
      KafkaMapper.Decoded found = KafkaMapper.toMessage(each.get());
      if (found.undecodable().isEmpty() && !isExpired(found.message())) {
        return found.message();
      }
    }
    return null;
  }

  private static boolean isExpired(Message message) {
    return message.expiresAt().filter(expiry -> !expiry.isAfter(Instant.now())).isPresent();
  }

  @Override
  public Message next() {
    Message found = hasNext() ? next : null;
    if (found == null) {
      throw new NoSuchElementException("The browser of " + queue + " has seen everything");
    }
    next = null;
    return found;
  }

  @Override
  public void close() {
    closed = true;
    scan.close();
  }
}
