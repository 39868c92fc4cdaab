package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a shared subscription whose mover meets an error, which is no exception. */
@Timeout(60)
final class ActiveMqForwarderTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();

  /** As when the process may have no more threads. */
  private OpenWire refuse(Consumer<MessagingException> onLost) {
    attempts.add(1);
    throw new OutOfMemoryError("unable to create native thread");
  }

  private ActiveMqForwarder forwarder(ActiveMqForwarder.Owner owner) {
    ActiveMqShare share =
        ActiveMqShare.of(Topic.of("orders"), "team", new ActiveMqDestinations(NativeNames.none()));
    return new ActiveMqForwarder(share, this::refuse, any -> true, LIMIT, owner);
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void anErrorIsToldAndTheMovingIsTriedAgain() throws Exception {
    BlockingQueue<MessagingException> failures = new LinkedBlockingQueue<>();
    ActiveMqForwarder forwarder = forwarder(new Told(failures, failure -> {}));
    forwarder.start(own -> {});
    try {
      assertThat(next(failures)).hasMessageContaining("unable to create native thread");
      assertThat(next(failures)).returns(ErrorCode.BACKEND_FAILURE, MessagingException::code);
      assertThat(attempts).hasSizeGreaterThanOrEqualTo(2);
    } finally {
      forwarder.close(own -> {}, true);
    }
  }

  @Test
  void anEndThatNobodyWantedIsTold() throws Exception {
    BlockingQueue<MessagingException> ends = new LinkedBlockingQueue<>();
    ActiveMqForwarder forwarder =
        forwarder(
            new Told(
                ends,
                failure -> {
                  throw new StackOverflowError();
                }) {
              @Override
              public void ended(MessagingException why) {
                ends.add(why);
              }
            });
    forwarder.start(own -> {});
    assertThat(next(ends)).hasMessageContaining("has ended");
    forwarder.close(own -> {}, true);
    assertThat(ends).as("what is told of a close").isEmpty();
  }

  private static class Told implements ActiveMqForwarder.Owner {

    private final BlockingQueue<MessagingException> failures;
    private final Consumer<MessagingException> then;

    Told(BlockingQueue<MessagingException> failures, Consumer<MessagingException> then) {
      this.failures = failures;
      this.then = then;
    }

    @Override
    public void live() {
      throw new AssertionError("Nobody can connect");
    }

    @Override
    public void failed(MessagingException why) {
      then.accept(why);
      failures.add(why);
    }

    @Override
    public void hopeless(MessagingException why) {
      // It may take a second until the second failure.
    }
  }
}
