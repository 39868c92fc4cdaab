package io.anymq.activemq;

import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageAck;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessagePull;

/**
 * Empties a queue by taking what is there: no client's command does it. Messages are pulled, not
 * prefetched, because the broker says of a pull that nothing is left. Used by one thread.
 */
final class ActiveMqPurge implements ActiveMQDispatcher {

  /** How many pulls are under way at a time: enough to hide the way there and back. */
  private static final int PULLS = 100;

  /** Answer at once, also when there is nothing. */
  private static final long AT_ONCE = -1;

  private static final String WHAT = "The queue could not be purged";

  private final OpenWire wire;
  private final ConsumerInfo info;
  private final long deadline;
  private final BlockingQueue<MessageDispatch> answers = new LinkedBlockingQueue<>();

  ActiveMqPurge(OpenWire wire, ActiveMQDestination queue, Duration timeout) {
    this.wire = wire;
    this.deadline = System.nanoTime() + timeout.toNanos();
    info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(queue);
    info.setPrefetchSize(0);
    // Consumers that take turns would leave it nothing: the turn goes to the highest priority.
    info.setExclusive(true);
    info.setPriority(Byte.MAX_VALUE);
  }

  void run() {
    wire.addConsumer(WHAT, info, this);
    try {
      while (takeSome()) {
        // Until a round found the queue empty.
      }
    } finally {
      wire.detach(info.getConsumerId());
      if (wire.isLive()) {
        wire.finish(WHAT, info.createRemoveCommand());
      }
    }
  }

  @Override
  public void dispatch(MessageDispatch dispatch) {
    answers.add(dispatch);
  }

  private boolean takeSome() {
    for (int i = 0; i < PULLS; i++) {
      MessagePull pull = new MessagePull();
      pull.configure(info);
      pull.setTimeout(AT_ONCE);
      wire.send(WHAT, pull);
    }
    boolean found = false;
    for (int i = 0; i < PULLS; i++) {
      MessageDispatch answer = next();
      if (answer.getMessage() != null) {
        found = true;
        wire.send(WHAT, new MessageAck(answer, MessageAck.INDIVIDUAL_ACK_TYPE, 1));
      }
    }
    return found;
  }

  private MessageDispatch next() {
    try {
      MessageDispatch answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (answer == null) {
        throw new MessagingTimeoutException(WHAT + " in time; what was taken is gone");
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate(WHAT, e);
    }
  }
}
