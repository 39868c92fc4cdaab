package io.anymq.core;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.util.ArrayDeque;
import java.util.List;

/** A look at a queue that holds one message with the queue's name. */
final class FakeBrowser implements QueueBrowser {

  private final FakeLink link;
  private final Queue queue;
  private final ArrayDeque<Message> left;

  FakeBrowser(FakeLink link, Queue queue) {
    this.link = link;
    this.queue = queue;
    this.left = new ArrayDeque<>(List.of(Message.text(queue.name())));
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public boolean hasNext() {
    return !left.isEmpty();
  }

  @Override
  public Message next() {
    return left.remove();
  }

  @Override
  public void close() {
    link.calls.add("end browse " + queue);
  }
}
