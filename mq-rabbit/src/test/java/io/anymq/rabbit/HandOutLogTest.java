package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import io.anymq.Message;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a log tells that has lost its oldest entries. */
final class HandOutLogTest {

  @Test
  void aCompleteLogDecides() {
    assertThat(HandOutLog.handedOut(0, 89_999, 50)).isZero();
    assertThat(HandOutLog.handedOut(3, 1, 50)).isEqualTo(3);
  }

  /** What a native queue's message carries is told in bytes. */
  @Test
  void theKeyOfALongIdFitsIntoANativeProperty() {
    String id = "\u6f22".repeat(85);
    Message message = Message.builder().id(id).build();
    BasicProperties properties = new BasicProperties.Builder().messageId(id).build();
    assertThat(HandOutLog.key(properties, message).getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(255);
  }

  @Test
  void aLogThatIsUsedIsKeptAndOfTheOthersSome() {
    HandOutLogs logs =
        new HandOutLogs(
            queue -> new HandOutLog(unused(), HandOutLogTest::unused, queue, Duration.ZERO));
    HandOutLog busy = logs.take("busy");
    HandOutLog left = logs.take("left");
    logs.leave("left");
    assertThat(logs.take("left")).as("one that was used a moment ago").isSameAs(left);
    logs.leave("left");
    for (int i = 0; i < HandOutLogs.MOST_IDLE; i++) {
      HandOutLog unused = logs.take("q" + i);
      logs.leave("q" + i);
    }
    assertThat(logs.find("left")).as("the one that was left first").isEmpty();
    assertThat(logs.find("q0")).isPresent();
    assertThat(logs.take("busy")).isSameAs(busy);
  }

  /** A log asks nothing before something is recorded. */
  private static NativeConnection unused() {
    Connection none =
        (Connection)
            Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError("called " + method.getName());
                });
    return new NativeConnection(
        none,
        new SocketGuard(new AtomicReference<>()),
        new RabbitThreads("test"),
        RabbitNames.none());
  }

  @Test
  void aFullOneEndsTheTriesNevertheless() {
    assertThat(HandOutLog.handedOut(0, 90_000, 10)).as("only prefetched, perhaps").isEqualTo(5);
    assertThat(HandOutLog.handedOut(9, 100_000, 10)).as("what is there counts").isEqualTo(9);
    assertThat(HandOutLog.handedOut(0, 100_000, 20)).as("twice a limit of 10").isEqualTo(10);
  }
}
