package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.AcknowledgementMode;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenersTest {

  private static final Queue QUEUE = Queue.of("q");

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection connection = backend.connect();
  private final FakeLink link = backend.link();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);

  @AfterEach
  void close() {
    held.countDown();
    connection.close();
  }

  private Consumer listen(ConsumerOptions options, MessageListener listener) {
    return connection.createConsumer(QUEUE, options, listener);
  }

  private void settledAs(String... lines) {
    Eventually.until(
        String.join(", ", lines), () -> link.consumer().settled.containsAll(List.of(lines)));
    assertThat(link.consumer().settled).containsExactly(lines);
  }

  private void note(Delivery delivery) {
    seen.add(delivery.message().text());
  }

  private void noteAndHold(Delivery delivery) {
    note(delivery);
    try {
      assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      seen.add("interrupted");
    }
  }

  @Test
  void aListenerThatReturnsAccepts() {
    Consumer consumer = listen(ConsumerOptions.DEFAULT, this::note);
    link.consumer().deliver("1");
    settledAs("ACCEPT 1");
    assertThat(seen).containsExactly("1");
    consumer.close();
    link.consumer().deliver("2");
    assertThat(seen).containsExactly("1");
  }

  @Test
  void inManualModeTheListenerSettles() {
    ConsumerOptions manual =
        ConsumerOptions.builder().acknowledgement(AcknowledgementMode.MANUAL).build();
    List<Delivery> all = new CopyOnWriteArrayList<>();
    listen(manual, all::add);
    link.consumer().deliver("1");
    Eventually.until("the listener is called", () -> all.size() == 1);
    assertThat(all.get(0).settled()).isFalse();
    all.get(0).accept();
    settledAs("ACCEPT 1");
  }

  @Test
  void oneThatThrowsReleasesWithItsErrorAndGoesOn() {
    ConsumerOptions twice =
        ConsumerOptions.builder().maxDeliveries(2).redeliveryDelay(RedeliveryDelay.NONE).build();
    listen(
        twice,
        delivery -> {
          note(delivery);
          throw new IllegalStateException("cannot");
        });
    link.consumer().deliver("1");
    settledAs("RELEASE 1");
    link.consumer().deliver(FakeDelivery.of("1").count(2));
    settledAs("RELEASE 1", "ACCEPT 1");
    assertThat(
            DeadLetter.of(link.producer(Queue.of("q.dlq")).last().message()).orElseThrow().error())
        .isEqualTo("java.lang.IllegalStateException: cannot");
    assertThat(seen).containsExactly("1", "1");
  }

  @Test
  void oneThatSettledBeforeItThrewHasSettled() {
    listen(
        ConsumerOptions.DEFAULT,
        delivery -> {
          delivery.accept();
          throw new IllegalStateException("afterwards");
        });
    link.consumer().deliver("1");
    settledAs("ACCEPT 1");
  }

  @Test
  void oneThreadAtATimeByDefault() {
    listen(ConsumerOptions.DEFAULT, this::noteAndHold);
    link.consumer().deliver("1");
    link.consumer().deliver("2");
    Eventually.until("the first", () -> seen.size() == 1);
    held.countDown();
    Eventually.until("both", () -> seen.size() == 2);
    assertThat(seen).containsExactly("1", "2");
  }

  @Test
  void asManyThreadsAsTheConcurrency() {
    listen(ConsumerOptions.builder().concurrency(2).build(), this::noteAndHold);
    List.of("1", "2", "3").forEach(link.consumer()::deliver);
    Eventually.until("two at once", () -> seen.size() == 2);
    held.countDown();
    Eventually.until("the third", () -> seen.size() == 3);
  }

  @Test
  void whereTheLinkAllowsTheListenerRunsOnItsThread() {
    link.dispatch = Link.Dispatch.INLINE;
    List<Thread> threads = new CopyOnWriteArrayList<>();
    listen(ConsumerOptions.DEFAULT, delivery -> threads.add(Thread.currentThread()));
    link.consumer().deliver("1");
    assertThat(threads).containsExactly(Thread.currentThread());
    link.dispatch = Link.Dispatch.HAND_OFF;
    threads.clear();
    listen(ConsumerOptions.DEFAULT, delivery -> threads.add(Thread.currentThread()));
    link.consumer().deliver("2");
    Eventually.until("called", () -> threads.size() == 1);
    assertThat(threads).doesNotContain(Thread.currentThread());
    assertThat(threads.get(0).getName()).contains("-listener-");
    assertThat(threads.get(0).isDaemon()).isFalse();
  }

  @Test
  void anInterruptOfOneHandlerIsNotTheNextOnes() {
    link.dispatch = Link.Dispatch.INLINE;
    listen(
        ConsumerOptions.DEFAULT,
        delivery -> {
          seen.add(String.valueOf(Thread.currentThread().isInterrupted()));
          Thread.currentThread().interrupt();
        });
    link.consumer().deliver("1");
    link.consumer().deliver("2");
    assertThat(Thread.interrupted()).isFalse();
    assertThat(seen).containsExactly("false", "false");
  }

  @Test
  void closingWaitsForTheListener() {
    Consumer consumer = listen(ConsumerOptions.DEFAULT, this::noteAndHold);
    link.consumer().deliver("1");
    link.consumer().deliver("2");
    Eventually.until("it runs", () -> seen.size() == 1);
    Thread closer = Eventually.waiting(consumer::close);
    assertThat(link.consumer().closed).isFalse();
    held.countDown();
    Eventually.until("close returns", () -> !closer.isAlive());
    assertThat(seen).as("no more than the one that ran").containsExactly("1");
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
    assertThat(link.consumer().closed).isTrue();
  }

  @Test
  void closingDoesNotWaitForEver() {
    CoreConsumer consumer = (CoreConsumer) listen(ConsumerOptions.DEFAULT, this::noteAndHold);
    link.consumer().deliver("1");
    Eventually.until("it runs", () -> seen.size() == 1);
    consumer.close(Deadline.in(Duration.ofMillis(20)));
    assertThat(link.consumer().closed).isTrue();
    assertThat(held.getCount()).isEqualTo(1);
  }

  @Test
  void aListenerMayCloseItsConsumer() {
    Consumer[] consumer = new Consumer[1];
    CountDownLatch ready = new CountDownLatch(1);
    consumer[0] =
        listen(
            ConsumerOptions.DEFAULT,
            delivery -> {
              try {
                assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              consumer[0].close();
              note(delivery);
            });
    link.consumer().deliver("1");
    ready.countDown();
    Eventually.until("closed", () -> link.consumer().closed);
    assertThat(seen).containsExactly("1");
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
  }

  @Test
  void aListenerMayCloseTheConnection() {
    listen(
        ConsumerOptions.DEFAULT,
        delivery -> {
          connection.close();
          note(delivery);
        });
    link.consumer().deliver("1");
    Eventually.until("closed", () -> link.calls.contains("close link"));
    assertThat(seen).containsExactly("1");
    assertThat(link.consumer().settled).containsExactly("ACCEPT 1");
  }

  @Test
  void aDefectOfTheAdaptersDoesNotEndTheConsumer() {
    link.consumerMaker = FakeConsumer.Later::new;
    listen(ConsumerOptions.DEFAULT, this::note);
    FakeDelivery defect =
        new FakeDelivery(FakeDelivery.of("1").message) {
          @Override
          public void handedOut() {
            throw new IllegalStateException("a defect");
          }
        };
    link.consumer().deliver(defect);
    settledAs("LATER 1000 1");
    link.consumer().deliver("2");
    settledAs("LATER 1000 1", "ACCEPT 2");
    assertThat(seen).containsExactly("2");
  }

  @Test
  void whatIsReleasedHereComesToTheListenerAgain() {
    link.dispatch = Link.Dispatch.INLINE;
    link.consumerMaker =
        (request, sink) -> {
          FakeConsumer consumer = new FakeConsumer(request, sink);
          consumer.releases = false;
          return consumer;
        };
    listen(
        ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.NONE).build(),
        delivery -> {
          note(delivery);
          if (delivery.deliveryCount() == 1) {
            throw new IllegalStateException("once");
          }
        });
    link.consumer().deliver("1");
    settledAs("ACCEPT 1");
    assertThat(seen).containsExactly("1", "1");
  }

  /** What the application throws may not even tell its own text. */
  private static final class Untold extends Error {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new StackOverflowError();
    }
  }

  @Test
  void oneThatThrowsWhatCannotBeToldReleasesAndGoesOn() {
    listen(
        ConsumerOptions.builder().redeliveryDelay(RedeliveryDelay.NONE).build(),
        delivery -> {
          note(delivery);
          if (seen.size() == 1) {
            throw new Untold();
          }
        });
    link.consumer().deliver("1");
    settledAs("RELEASE 1");
    link.consumer().deliver("2");
    settledAs("RELEASE 1", "ACCEPT 2");
  }

  @Test
  void aMessageThatCannotBeLookedAtDoesNotEndTheConsumer() {
    link.consumerMaker = FakeConsumer.Later::new;
    listen(ConsumerOptions.DEFAULT, this::note);
    AtomicBoolean deep = new AtomicBoolean(true);
    FakeDelivery defect =
        new FakeDelivery(FakeDelivery.of("1").message) {
          @Override
          public Message message() {
            if (deep.getAndSet(false)) {
              throw new StackOverflowError();
            }
            return super.message();
          }
        };
    link.consumer().deliver(defect);
    settledAs("LATER 1000 1");
    link.consumer().deliver("2");
    settledAs("LATER 1000 1", "ACCEPT 2");
    assertThat(seen).containsExactly("2");
  }

  @Test
  void aDefectInTheAdaptersAcceptanceDoesNotEndTheConsumer() {
    AtomicBoolean defect = new AtomicBoolean(true);
    link.consumerMaker =
        (request, sink) ->
            new FakeConsumer(request, sink) {
              @Override
              public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
                if (defect.getAndSet(false)) {
                  throw new StackOverflowError();
                }
                super.settle(outcome, deliveries);
              }
            };
    listen(ConsumerOptions.DEFAULT, this::note);
    link.consumer().deliver("1");
    Eventually.until("the defect", () -> !defect.get());
    link.consumer().deliver("2");
    Eventually.until("2", () -> link.consumer().settled.contains("ACCEPT 2"));
    assertThat(seen).containsExactly("1", "2");
  }

  @Test
  void aListenerWhoseThreadCannotBeStartedGetsOneLater() {
    AtomicInteger asked = new AtomicInteger();
    Threads scarce =
        new Threads("scarce") {
          @Override
          Thread listenerThread(Runnable task) {
            return asked.incrementAndGet() == 1
                ? new Thread(task) {
                  @Override
                  public synchronized void start() {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                }
                : super.listenerThread(task);
          }
        };
    try (CoreConnection other =
        CoreConnection.open(
            backend.factory(FakeBackend.quick()), (about, state, cause) -> {}, scarce)) {
      Consumer unused = other.createConsumer(QUEUE, ConsumerOptions.DEFAULT, this::note);
      backend.link().consumer().deliver("1");
      Eventually.until("1", () -> seen.contains("1"));
    }
  }
}
