package io.anymq.rabbit;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs amqp-client's consumer callbacks on the thread that reads the connection. That spares its
 * pool and its queue, which would hold back the whole connection behind one slow consumer; our
 * callbacks only put what arrived into the consumer's own queue.
 */
final class CallerRuns extends AbstractExecutorService {

  private final CountDownLatch down = new CountDownLatch(1);

  @Override
  public void execute(Runnable command) {
    command.run();
  }

  @Override
  public void shutdown() {
    down.countDown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return down.getCount() == 0;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return down.await(timeout, unit);
  }
}
