package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Looks at the messages of a queue that its share group is not done with. */
final class KafkaBrowser implements QueueBrowser {

  private final Queue queue;
  private final QueueScan scan;
  private @Nullable ConsumerRecord<byte[], byte[]> next;
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
      next = scan.next().orElse(null);
      atEnd = next == null;
    }
    return next != null;
  }

  @Override
  public Message next() {
    ConsumerRecord<byte[], byte[]> found = hasNext() ? next : null;
    if (found == null) {
      throw new NoSuchElementException("The browser of " + queue + " has seen everything");
    }
    next = null;
    return KafkaMapper.toMessage(found).message();
  }

  @Override
  public void close() {
    closed = true;
    scan.close();
  }
}
