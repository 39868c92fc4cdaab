package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.OutboundMessage;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A producer of a queue that others delete and make again, with priorities and without. */
class BandedProducerTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final QueueOptions PRIORITIZED = QueueOptions.builder().prioritized(true).build();

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection connection = backend.connect();
  private final FakeLink link = backend.link();
  private final BandedLink banded =
      new BandedLink(link, connection.threads(), Duration.ofSeconds(10));

  /** What somebody else uses. */
  private final BandedLink other =
      new BandedLink(link, connection.threads(), Duration.ofSeconds(10));

  @AfterEach
  void close() {
    connection.close();
  }

  /** Does something in a time that passes only when it is told to. */
  private static final class Clock extends CooperativeThread {

    private final Runnable body;
    private long nanos = 1;
    private volatile @Nullable Throwable failure;

    Clock(Runnable body) {
      super("clock");
      this.body = body;
    }

    static void during(Runnable body) throws InterruptedException {
      Clock clock = new Clock(body);
      clock.start();
      clock.join();
      if (clock.failure != null) {
        throw new AssertionError(clock.failure);
      }
    }

    static void pass(Duration time) {
      ((Clock) Thread.currentThread()).nanos += time.toNanos();
    }

    @Override
    public void run() {
      try {
        body.run();
      } catch (Throwable e) { // the test's thread throws it
        failure = e;
      }
    }

    @Override
    long nanoTime() {
      return nanos;
    }

    @Override
    long epochMillis() {
      return 0;
    }

    @Override
    long random(long bound) {
      return 0;
    }

    @Override
    boolean hasEnded() {
      return false;
    }

    @Override
    boolean await(BooleanSupplier done, long deadline) {
      return done.getAsBoolean();
    }
  }

  private record Sent(Message message) implements OutboundMessage {

    static Sent of(String text, int priority) {
      return new Sent(Message.text(text).toBuilder().priority(priority).build());
    }

    @Override
    public void confirmed() {}

    @Override
    public void failed(MessagingException cause) {}
  }

  private BandedProducer producer() {
    return (BandedProducer) banded.openProducer(QUEUE, cause -> {});
  }

  private static void send(BandedProducer producer, Sent sent) {
    producer.prepare(sent.message());
    producer.send(sent);
  }

  private List<String> texts(Destination destination) {
    return link.producer(destination).texts();
  }

  private long questions() {
    return link.calls.stream().filter(each -> each.startsWith("exists")).count();
  }

  @Test
  void whatSomebodyElseHasMadeOfTheQueueIsSeenAfterSomeSeconds() throws Exception {
    Clock.during(
        () -> {
          BandedProducer producer = producer();
          other.declare(QUEUE, PRIORITIZED);
          send(producer, Sent.of("1", 9));
          Clock.pass(Duration.ofSeconds(5));
          send(producer, Sent.of("2", 9));
          send(producer, Sent.of("3", Message.DEFAULT_PRIORITY));
          assertThat(texts(QUEUE)).containsExactly("1", "3");
          assertThat(texts(Bands.of(QUEUE, 9))).containsExactly("2");
          other.delete(QUEUE);
          other.declare(QUEUE, QueueOptions.DEFAULT);
          Clock.pass(Duration.ofSeconds(5));
          send(producer, Sent.of("4", 9));
          assertThat(texts(QUEUE)).containsExactly("1", "3", "4");
          producer.close();
          assertThat(link.producers).allMatch(each -> each.closed);
        });
  }

  @Test
  void theBrokerIsAskedForUrgentMessagesOnlyAndNotForEach() throws Exception {
    Clock.during(
        () -> {
          BandedProducer producer = producer();
          long opening = questions();
          Clock.pass(Duration.ofMinutes(1));
          send(producer, Sent.of("1", Message.DEFAULT_PRIORITY));
          assertThat(questions()).isEqualTo(opening);
          send(producer, Sent.of("2", 9));
          send(producer, Sent.of("3", 9));
          assertThat(questions()).isEqualTo(opening + 1);
        });
  }

  /** A message must not go to the queue of another priority because the broker said nothing. */
  @Test
  void aQuestionThatFailsIsAskedAgain() throws Exception {
    Clock.during(
        () -> {
          BandedProducer producer = producer();
          banded.declare(QUEUE, PRIORITIZED);
          link.failNext("exists", new MessagingTimeoutException("silent"));
          assertThatThrownBy(() -> send(producer, Sent.of("1", 9)))
              .isInstanceOf(MessagingTimeoutException.class);
          send(producer, Sent.of("2", 9));
          assertThat(texts(QUEUE)).isEmpty();
          assertThat(texts(Bands.of(QUEUE, 9))).containsExactly("2");
        });
  }
}
