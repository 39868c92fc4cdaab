package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.activemq.FakeOpenWire.Fate;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.activemq.command.ConnectionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connections that durable subscriptions have of their own. */
@Timeout(60)
final class ActiveMqSubscriptionsTest {

  private static final Duration AMPLE = Duration.ofSeconds(10);

  private final AtomicInteger connections = new AtomicInteger();
  private final ActiveMqShare share =
      ActiveMqShare.of(
              Links.durable(Topic.of("t"), "team"), new ActiveMqDestinations(NativeNames.none()))
          .orElseThrow();

  /** A broker that does with each connection, numbered from 1, what is said. */
  private FakeOpenWire broker(IntFunction<Fate> fates) throws Exception {
    return FakeOpenWire.start(
        command ->
            command instanceof ConnectionInfo
                ? fates.apply(connections.incrementAndGet())
                : Fate.TAKEN);
  }

  private static ActiveMqSubscriptions of(FakeOpenWire broker, Duration connectTimeout) {
    return of(broker.request(AMPLE), connectTimeout);
  }

  private static ActiveMqSubscriptions of(LinkRequest request, Duration connectTimeout) {
    return of(request, connectTimeout, AMPLE);
  }

  private static ActiveMqSubscriptions of(
      LinkRequest request, Duration connectTimeout, Duration noticing) {
    return new ActiveMqSubscriptions(
        new LinkRequest(
            request.url(),
            request.options().with(ConnectionOptions.CONNECT_TIMEOUT, connectTimeout),
            request.names(),
            request.listener()),
        noticing);
  }

  private void assertConnects(ActiveMqSubscriptions subscriptions) {
    OpenWire own = subscriptions.connect(share, lost -> {});
    assertThat(own.isLive()).isTrue();
    own.close(Duration.ofSeconds(5));
  }

  private ErrorCode failure(ActiveMqSubscriptions subscriptions) {
    return catchThrowableOfType(
            MessagingException.class, () -> subscriptions.connect(share, lost -> {}))
        .code();
  }

  @Test
  void aBrokerThatHangsUpOnceIsAskedAgain() throws Exception {
    try (FakeOpenWire broker = broker(n -> n == 1 ? Fate.HANGS_UP : Fate.TAKEN)) {
      assertConnects(of(broker, AMPLE));
    }
    assertThat(connections).hasValue(2);
  }

  @Test
  void aWriteBehindTheEndIsAHangUpToo() {
    assertThat(
            ActiveMqErrors.isHangUp(
                new ConnectFailedException(
                    "x", new IOException("Cannot send, channel has already failed: tcp://b"))))
        .isTrue();
  }

  @Test
  void aBrokerThatHangsUpAgainIsNot() throws Exception {
    try (FakeOpenWire broker = broker(n -> Fate.HANGS_UP)) {
      assertThatThrownBy(() -> of(broker, AMPLE).connect(share, lost -> {}))
          .isInstanceOf(ConnectFailedException.class);
    }
    assertThat(connections).hasValue(2);
  }

  @Test
  void aSilentBrokerIsAskedOnce() throws Exception {
    try (FakeOpenWire broker = broker(n -> Fate.UNANSWERED)) {
      assertThatThrownBy(() -> of(broker, Duration.ofSeconds(1)).connect(share, lost -> {}))
          .isInstanceOf(ConnectFailedException.class);
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void whereNobodyListensIsNoHangUp() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    LinkRequest request =
        Links.request("activemq:tcp://127.0.0.1:" + port, new LinkedBlockingQueue<>());
    assertThatThrownBy(() -> of(request, AMPLE).connect(share, lost -> {}))
        .isInstanceOf(ConnectFailedException.class)
        .matches(refused -> !ActiveMqErrors.isHangUp(refused), "is no hang-up");
  }

  @Test
  void bothAttemptsHaveOneLimit() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (FakeOpenWire broker =
        broker(
            n -> {
              await(never, n == 1 ? Duration.ofSeconds(8) : Duration.ZERO);
              return n == 1 ? Fate.HANGS_UP : Fate.UNANSWERED;
            })) {
      long begun = System.nanoTime();
      assertThatThrownBy(() -> of(broker, Duration.ofSeconds(12)).connect(share, lost -> {}))
          .isInstanceOf(ConnectFailedException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("12 s for both, and not for each")
          .isLessThan(Duration.ofSeconds(19));
    }
    assertThat(connections).hasValue(2);
  }

  private static void await(CountDownLatch latch, Duration limit) {
    try {
      assertThat(latch.await(limit.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSecondAttemptThatMeetsTheFirstIsRepeated() throws Exception {
    try (FakeOpenWire broker =
        broker(n -> n == 1 ? Fate.HANGS_UP : n < 5 ? Fate.IN_USE : Fate.TAKEN)) {
      assertConnects(of(broker, AMPLE));
    }
    assertThat(connections).hasValue(5);
  }

  @Test
  void whatStaysInUseIsBelieved() throws Exception {
    try (FakeOpenWire broker = broker(n -> n == 1 ? Fate.HANGS_UP : Fate.IN_USE)) {
      assertThat(failure(of(broker.request(AMPLE), AMPLE, Duration.ZERO)))
          .isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE);
    }
    assertThat(connections).hasValue(2);
  }

  @Test
  void whatIsInUseWithoutAHangUpIsBelievedAtOnce() throws Exception {
    try (FakeOpenWire broker = broker(n -> Fate.IN_USE)) {
      assertThat(failure(of(broker, AMPLE))).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE);
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void whoIsCutAsksNoSecondTime() throws Exception {
    ActiveMqSubscriptions[] subscriptions = new ActiveMqSubscriptions[1];
    try (FakeOpenWire broker =
        broker(
            n -> {
              subscriptions[0].cut();
              return Fate.HANGS_UP;
            })) {
      subscriptions[0] = of(broker, AMPLE);
      assertThatThrownBy(() -> subscriptions[0].connect(share, lost -> {}))
          .isInstanceOf(ConnectFailedException.class);
    }
    assertThat(connections).hasValue(1);
  }
}
