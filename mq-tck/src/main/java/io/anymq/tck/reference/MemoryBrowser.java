package io.anymq.tck.reference;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.util.Iterator;

/** Looks at the messages that were there when it was made. */
final class MemoryBrowser implements QueueBrowser {

  private final Queue queue;
  private final Iterator<Message> messages;

  MemoryBrowser(Queue queue, Iterator<Message> messages) {
    this.queue = queue;
    this.messages = messages;
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public boolean hasNext() {
    return messages.hasNext();
  }

  @Override
  public Message next() {
    return messages.next();
  }

  @Override
  public void close() {}
}
