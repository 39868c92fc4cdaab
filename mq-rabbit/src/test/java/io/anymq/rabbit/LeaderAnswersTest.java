package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.NativeNames;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the broker makes up for a queue whose leader has not answered it, while all that it is asked
 * takes long. A real leader that hangs cannot be had at will: the first answer is put in.
 */
final class LeaderAnswersTest extends OneLink {

  /** Longer than the 250 ms that a leader has. */
  private static final Duration SLOW = Duration.ofMillis(300);

  private final RabbitNames names = new RabbitNames(NativeNames.none());
  private final Queue queue = Links.newQueue(link);

  /** Each channel opens slowly, and the first answer is the broker's own. */
  private NativeConnection busy() {
    AtomicBoolean made = new AtomicBoolean();
    return AlteredConnection.open(
        broker.url(),
        (method, call) -> {
          if (method.equals("createChannel")) {
            pass(SLOW);
          } else if (method.equals("queueDeclarePassive") && made.compareAndSet(false, true)) {
            pass(SLOW);
            return nothing((DeclareOk) call.make());
          }
          return call.make();
        });
  }

  private static void pass(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      LockSupport.parkNanos(deadline - System.nanoTime());
    }
  }

  private static DeclareOk nothing(@Nullable DeclareOk real) {
    String name = real == null ? "" : real.getQueue();
    return new com.rabbitmq.client.impl.AMQImpl.Queue.DeclareOk(name, 0, 0);
  }

  @Test
  void aDepthIsNotMadeUp() throws Exception {
    Links.send(link, queue, 3);
    NativeConnection busy = busy();
    RabbitDepth depth = new RabbitDepth(busy, names, Links.PATIENCE);
    depth.isLed(queue);
    assertThat(depth.of(queue)).isEqualTo(3);
    busy.close(Links.PATIENCE);
  }

  @Test
  void aTurnBeginsWhileNobodyConsumes() {
    Links.consume(link, Links.queue(queue), 1);
    NativeConnection busy = busy();
    Turn turn =
        new Turn(busy, new SubscriptionLocks(busy, names), names, names.queue(queue), "Consuming");
    assertThatThrownBy(turn::begin)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    busy.close(Links.PATIENCE);
  }

  /** All that a broker says that is far away takes long; its 0 is believed in the end. */
  @Test
  void theWayToABrokerThatIsFarAwayDoesNotCount() {
    NativeConnection far =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (method.equals("createChannel") || method.equals("queueDeclarePassive")) {
                pass(SLOW);
              }
              return call.make();
            });
    RabbitDepth depth = new RabbitDepth(far, names, Links.PATIENCE);
    depth.isLed(queue);
    assertThat(depth.of(queue)).isZero();
    far.close(Links.PATIENCE);
  }
}
