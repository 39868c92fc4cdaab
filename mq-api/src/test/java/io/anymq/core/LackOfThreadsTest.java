package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionLostException;
import io.anymq.ConnectionState;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * A connection's life on a machine that has, at one moment, no thread for it. Whatever that moment
 * is: the call that needs it fails and leaves nothing, or all goes on as if nothing had happened.
 */
class LackOfThreadsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private static final Queue LISTENED = Queue.of("listened");
  private static final Queue PULLED = Queue.of("pulled");

  private final FakeBackend backend = new FakeBackend();
  private final List<ConnectionState> events = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** Counts the starts of threads, one of which fails. */
  private final class Scarce extends Threads {
    private final AtomicInteger starts = new AtomicInteger();
    private final int failing;

    Scarce(int failing) {
      super("scarce");
      this.failing = failing;
    }

    @Override
    Thread thread(Runnable task, String name, boolean daemon) {
      Thread thread =
          new Thread(task, name) {
            @Override
            public synchronized void start() {
              if (starts.incrementAndGet() == failing) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              threads.add(this);
              super.start();
            }
          };
      thread.setDaemon(daemon);
      return thread;
    }
  }

  @Test
  void whicheverThreadItIsNothingIsLostOrStuck() {
    int starts = new LackOfThreadsTest().live(0);
    assertThat(starts).isGreaterThan(10);
    for (int failing = 1; failing <= starts; failing++) {
      int unused = new LackOfThreadsTest().live(failing);
    }
  }

  /** How many threads were started. */
  private int live(int failing) {
    Scarce scarce = new Scarce(failing);
    CoreConnection connection = opened(scarce);
    use(connection);
    connection.close();
    assertThat(connection.state()).isEqualTo(ConnectionState.CLOSED);
    Eventually.until("the end is told", () -> events.contains(ConnectionState.CLOSED));
    assertThat(backend.links).allMatch(link -> link.calls.contains("close link"));
    FakeLink last = backend.link();
    assertThat(last.consumers).allMatch(each -> each.closed);
    assertThat(last.producers).allMatch(each -> each.closed);
    Eventually.until("all threads have ended", () -> threads.stream().noneMatch(Thread::isAlive));
    return scarce.starts.get();
  }

  private CoreConnection opened(Scarce scarce) {
    try {
      return open(scarce);
    } catch (OutOfMemoryError e) {
      return open(new Scarce(0));
    }
  }

  private CoreConnection open(Threads with) {
    return CoreConnection.open(
        backend.factory(FakeBackend.quick()), (about, state, cause) -> events.add(state), with);
  }

  private void use(CoreConnection connection) {
    FakeLink first = backend.link();
    Consumer listening =
        again(
            () ->
                connection.createConsumer(
                    LISTENED,
                    ConsumerOptions.builder().concurrency(2).build(),
                    delivery -> heard.add(delivery.message().text())));
    Consumer pulling = again(() -> connection.createConsumer(PULLED, ConsumerOptions.DEFAULT));
    var producer = again(() -> connection.createProducer(PULLED, ProducerOptions.DEFAULT));
    assertThat(producer.sendAsync(Message.text("1"))).succeedsWithin(LONG);
    hear(first, "a");
    first.lose(new ConnectionLostException("cut"));
    FakeLink second = backend.link(backend.links.indexOf(first) + 1);
    Eventually.until("open", () -> connection.state() == ConnectionState.OPEN);
    Eventually.until("both are reopened", () -> second.consumers.size() == 2);
    hear(second, "b");
    assertThat(producer.sendAsync(Message.text("2"))).succeedsWithin(LONG);
    consumer(second, PULLED).deliver("c");
    Delivery rejected = pulling.receive(LONG).orElseThrow();
    rejected.reject("x");
    Eventually.until("settled", () -> consumer(second, PULLED).settled.contains("ACCEPT c"));
    listening.close();
    pulling.close();
    assertThat(connection.exists(LISTENED)).isTrue();
  }

  private void hear(FakeLink link, String text) {
    consumer(link, LISTENED).deliver(text);
    Eventually.until(text + " is heard", () -> heard.contains(text));
    Eventually.until(
        text + " is accepted", () -> consumer(link, LISTENED).settled.contains("ACCEPT " + text));
  }

  private static FakeConsumer consumer(FakeLink link, Queue queue) {
    return link.consumers.stream()
        .filter(each -> each.request.source().describe().equals(queue.describe()))
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  /** What failed has left nothing, and so can be done again. */
  private static <T> T again(Supplier<T> call) {
    try {
      return call.get();
    } catch (OutOfMemoryError e) {
      return call.get();
    }
  }
}
