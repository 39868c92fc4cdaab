package io.anymq.tck.guide;

import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A window and the thread that owns it; other threads give that one commands. */
final class PostConsumer implements LinkConsumer {

  /** A letter or a command ends the wait; this is only how often the loop looks round. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What the owner thread does for another one. */
  @FunctionalInterface
  private interface Command {
    void run() throws PostException;
  }

  private final PostWindow window;
  private final Destination from;
  private final int prefetch;
  private final DeliverySink sink;
  private final Duration closeLimit;
  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Thread owner = new Thread(this::run, "anymq-post-" + COUNT.incrementAndGet());
  private Runnable atEnd = () -> {};

  // The owner thread's own.
  private int held;
  private boolean open = true;

  PostConsumer(
      PostWindow window, Destination from, int prefetch, DeliverySink sink, Duration closeLimit) {
    this.window = window;
    this.from = from;
    this.prefetch = prefetch;
    this.sink = sink;
    this.closeLimit = closeLimit;
  }

  void start(Runnable atEnd) {
    this.atEnd = atEnd;
    owner.setDaemon(true);
    owner.start();
  }

  private void run() {
    try {
      while (open) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but a dying JVM interrupts it
    } catch (PostException | RuntimeException e) {
      window.close();
      tellBroken(PostErrors.translate(e));
    } finally {
      window.close();
      atEnd.run();
    }
  }

  /** A lost link is told by the link, once for all that is on it. */
  private void tellBroken(MessagingException failure) {
    if (!(failure instanceof ConnectionLostException)) {
      sink.broken(failure);
    }
  }

  private void step() throws PostException, InterruptedException {
    if (held < prefetch && commands.isEmpty()) {
      window.lease(WAIT).ifPresent(this::deliver);
    } else {
      commands.take().run();
    }
  }

  private void deliver(Lease lease) {
    held++;
    sink.deliver(List.of(PostDelivery.of(lease, from)));
  }

  @Override
  public boolean releasesNatively() {
    return true;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    tell(
        () -> {
          for (InboundDelivery delivery : deliveries) {
            settle(outcome, ((PostDelivery) delivery).lease());
          }
        });
  }

  private void settle(Outcome outcome, Lease lease) throws PostException {
    held--;
    if (outcome == Outcome.ACCEPT) {
      window.keep(lease);
    } else {
      window.putBack(lease);
    }
  }

  @Override
  public void close() {
    close(closeLimit);
  }

  void close(Duration limit) {
    tell(() -> open = false);
    if (Thread.currentThread() == owner) {
      return;
    }
    try {
      owner.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Command command) {
    commands.add(command);
    window.wake();
  }
}
