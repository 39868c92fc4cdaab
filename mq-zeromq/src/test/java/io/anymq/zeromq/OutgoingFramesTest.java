package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import zmq.Msg;

/** What is on its way to peers, and who gets room for more. */
@Timeout(30)
class OutgoingFramesTest {

  private static final int KIB = 1024;
  private static final int FRAME = 100 * KIB;
  private static final PeerId A = peer(1);
  private static final PeerId B = peer(2);
  private static final PeerId C = peer(3);
  private static final PeerId D = peer(4);

  /** Room for eight frames, and a little. */
  private final OutgoingFrames frames = new OutgoingFrames(808 * KIB, KIB);

  private long now;

  private static PeerId peer(int number) {
    return new PeerId(new byte[] {0, 0, 0, 0, (byte) number});
  }

  private Msg send(PeerId peer) {
    return frames.frame(peer, ByteBuffer.wrap(new byte[FRAME]));
  }

  private List<Msg> send(PeerId peer, int count) {
    List<Msg> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(send(peer));
    }
    return sent;
  }

  private boolean fits(PeerId peer) {
    return OutgoingFrames.fits(FRAME, frames.room(peer));
  }

  /** JeroMQ reads a frame as it does, up to some byte. */
  private static void read(Msg frame, int bytes) {
    ByteBuffer reading = frame.buf();
    reading.position(bytes);
  }

  private void round(Duration later) {
    now += later.toNanos();
    frames.beginRound(now);
  }

  /** Time passes, with a round now and then. */
  private void pass(Duration time) {
    Duration step = Duration.ofMillis(500);
    Duration left = time;
    for (; left.compareTo(step) > 0; left = left.minus(step)) {
      round(step);
    }
    round(left);
  }

  @Test
  void whatIsWrittenCountsNoMore() {
    List<Msg> sent = send(A, 3);
    long all = frames.used();
    assertThat(all).isGreaterThanOrEqualTo(3 * FRAME);
    read(sent.get(0), FRAME);
    read(sent.get(1), FRAME - 1);
    assertThat(fits(A)).isTrue();
    assertThat(frames.used()).isEqualTo(all / 3 * 2);
    frames.forget(A);
    assertThat(frames.used()).isZero();
  }

  @Test
  void halfOfItIsForThoseWhoHaveNothing() {
    List<Msg> sent = send(A, 4);
    assertThat(fits(A)).isFalse();
    assertThat(fits(B)).isTrue();
    sent.addAll(send(B, 4));
    assertThat(fits(C)).isFalse();
    assertThat(OutgoingFrames.fits(KIB, frames.room(C))).as("a small one").isTrue();
    read(sent.get(0), FRAME);
    round(Duration.ZERO);
    assertThat(fits(A)).isFalse();
    assertThat(fits(C)).isTrue();
  }

  @Test
  void nobodyOvertakesWhoWaitsAndHasNothing() {
    List<Msg> sent = send(A, 8);
    frames.refuse(B);
    read(sent.get(0), FRAME);
    assertThat(fits(C)).isFalse();
    round(Duration.ZERO);
    assertThat(fits(B)).isTrue();
    assertThat(fits(C)).isTrue();
  }

  @Test
  void whoTakesNothingForLongIsNamedWhenOthersWait() {
    List<Msg> sent = send(A, 4);
    sent.addAll(send(B, 4));
    round(Duration.ZERO);
    frames.refuse(C);
    assertThat(frames.stalled(peer -> true)).isEmpty();
    pass(OutgoingFrames.PATIENCE.minusMillis(1));
    read(sent.get(4), 1);
    round(Duration.ZERO);
    frames.refuse(C);
    assertThat(frames.stalled(peer -> true)).isEmpty();
    round(Duration.ofMillis(1));
    assertThat(frames.stalled(peer -> true)).as("nobody waits").isEmpty();
    frames.refuse(C);
    assertThat(frames.stalled(peer -> true)).hasValue(A);
    assertThat(frames.stalled(Set.of(B)::contains)).isEmpty();
    frames.forget(A);
    round(Duration.ZERO);
    assertThat(fits(C)).isTrue();
  }

  @Test
  void whoGoesOnReadingIsNotNamedThoughNobodyHasLooked() {
    round(Duration.ZERO);
    Msg slow = send(A);
    read(slow, 1);
    pass(OutgoingFrames.PATIENCE);
    List<Msg> sent = send(B, 4);
    sent.addAll(send(C, 3));
    frames.refuse(D);
    assertThat(frames.stalled(peer -> true)).isEmpty();
    assertThat(sent).hasSize(7);
  }

  /** As when the virtual machine stands still for its collector. */
  @Test
  void aHubThatIsHeldUpBlamesNobody() {
    List<Msg> sent = send(A, 4);
    sent.addAll(send(B, 4));
    round(Duration.ZERO);
    frames.refuse(C);
    round(OutgoingFrames.PATIENCE.multipliedBy(2));
    frames.refuse(C);
    assertThat(frames.stalled(peer -> true)).isEmpty();
    pass(OutgoingFrames.PATIENCE);
    frames.refuse(C);
    assertThat(frames.stalled(A::equals)).hasValue(A);
    assertThat(sent).hasSize(8);
  }

  @Test
  void thereIsALookSoonAsLongAsSomebodyWaits() {
    assertThat(frames.untilLook()).isEqualTo(Long.MAX_VALUE);
    List<Msg> sent = send(A, 8);
    for (int i = 0; i < 20; i++) {
      frames.refuse(B);
      assertThat(frames.untilLook()).isBetween(1_000_000L, 50_000_000L);
      round(Duration.ZERO);
    }
    assertThat(sent).hasSize(8);
    assertThat(frames.untilLook()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theLongestFrameAlwaysLeavesWhenThereIsNoOther() {
    OutgoingFrames narrow = new OutgoingFrames(10, FRAME);
    assertThat(OutgoingFrames.fits(FRAME, narrow.room(A))).isTrue();
    Msg one = narrow.frame(A, ByteBuffer.wrap(new byte[FRAME]));
    assertThat(OutgoingFrames.fits(FRAME, narrow.room(B))).isFalse();
    narrow.takeBack(A, one);
    assertThat(OutgoingFrames.fits(FRAME, narrow.room(B))).isTrue();
  }

  /** JeroMQ copies short frames, writes long ones from their buffer, and hands over inproc ones. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp://127.0.0.1:*", "inproc://frames"})
  void jeroMqShowsWhatItHasWritten(String address) throws Exception {
    try (ZContext context = new ZContext(1);
        ZMQ.Socket router = context.createSocket(SocketType.ROUTER)) {
      router.setReceiveTimeOut(1000);
      router.bind(address);
      router.setSendBufferSize(Sockets.BUFFER_BYTES);
      ZMQ.Socket dealer = dealer(context, router);
      byte[] id = router.recv();
      while (id == null) { // some new connections of JeroMQ's stay deaf: docs in package-info
        dealer = dealer(context, router);
        id = router.recv();
      }
      assertThat(router.recvStr()).isEqualTo("here");
      List<Msg> kept = new ArrayList<>(); // so that the collector does not make them count no more
      for (int bytes : List.of(5_000, 1_000_000, 10_000, 200_000, 128 * KIB, 300_000)) {
        Msg frame = frames.frame(A, ByteBuffer.wrap(new byte[bytes]));
        kept.add(frame);
        assertThat(router.base().send(new Msg(id), ZMQ.SNDMORE)).isTrue();
        assertThat(router.base().send(frame, 0)).isTrue();
        assertThat(dealer.recv()).hasSize(bytes);
      }
      while (frames.used() > 0) {
        Thread.sleep(1);
        long unused = frames.room(A);
      }
      assertThat(kept).hasSize(6);
    }
  }

  private static ZMQ.Socket dealer(ZContext context, ZMQ.Socket router) {
    ZMQ.Socket dealer = context.createSocket(SocketType.DEALER);
    dealer.connect(router.getLastEndpoint());
    dealer.send("here");
    return dealer;
  }
}
