package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import zmq.Msg;

/** The hub without sockets and with a clock that stands still until it is moved. */
class BrokerTest {

  private static final long MILLI = Duration.ofMillis(1).toNanos();
  private static final int MESSAGE_BYTES = 100;

  /** Keeps what is sent; peers can be gone, or full. */
  private static final class Recorder implements Outlet {
    private final Map<PeerId, Deque<Integer>> opcodes = new HashMap<>();
    private final Set<PeerId> gone = new HashSet<>();
    private final Set<PeerId> cut = new HashSet<>();
    private boolean faulty;

    @Override
    public boolean isCrowded() {
      if (faulty) {
        throw new IllegalStateException("planted");
      }
      return false;
    }

    @Override
    public void cut(PeerId peer) {
      cut.add(peer);
    }

    @Override
    public Sent send(PeerId peer, Msg message) {
      ByteBuffer frame = message.buf();
      if (gone.contains(peer)) {
        return Sent.GONE;
      }
      while (frame.hasRemaining()) {
        opcodes.computeIfAbsent(peer, absent -> new ArrayDeque<>()).add((int) frame.get());
        frame.get();
        frame.position(frame.position() + 4 + frame.getInt(frame.position()));
      }
      return Sent.YES;
    }
  }

  private final Recorder sent = new Recorder();
  private final HubContent content = new HubContent(4_000);
  private final Broker broker =
      new Broker(
          new HubSettings(4_000, 1_024, Duration.ofMillis(100), ReplayBounds.NONE), content, sent);
  private long now;

  private static PeerId peer(int number) {
    return new PeerId(new byte[] {0, 0, 0, 0, (byte) number});
  }

  private static byte[] hello() {
    return RawPeer.command(
        RawPeer.HELLO,
        out -> {
          out.writeBytes("AMQH");
          out.writeShort(1);
          out.writeShort(1);
          out.writeInt(100);
          RawPeer.text(out, "test");
          out.writeShort(0);
        });
  }

  private PeerId greeted(int number) {
    receive(peer(number), hello());
    assertNext(peer(number), RawPeer.WELCOME);
    return peer(number);
  }

  private void receive(PeerId peer, byte[] frame) {
    broker.receive(peer, frame, now);
    broker.flush(now);
  }

  private void pass(long millis) {
    for (long step = 0; step < millis; step += 25) {
      now += 25 * MILLI;
      broker.tick(now);
    }
  }

  private int next(PeerId peer) {
    return sent.opcodes.getOrDefault(peer, new ArrayDeque<>()).remove();
  }

  private void assertNext(PeerId peer, int opcode) {
    assertThat(next(peer)).isEqualTo(opcode);
  }

  private void declare(PeerId peer) {
    receive(
        peer,
        RawPeer.command(
            RawPeer.DECLARE,
            out -> {
              out.writeInt(1);
              out.writeByte(1);
              RawPeer.text(out, "q");
            }));
    assertNext(peer, RawPeer.OK);
  }

  private void consume(PeerId peer, int prefetch) {
    receive(
        peer,
        RawPeer.command(
            RawPeer.OPEN_CONSUMER,
            out -> {
              out.writeInt(2);
              out.writeInt(1);
              out.writeByte(1);
              RawPeer.text(out, "q");
              RawPeer.text(out, "");
              out.writeInt(prefetch);
            }));
    assertNext(peer, RawPeer.OK);
  }

  private void send(PeerId peer, long number) {
    receive(
        peer,
        RawPeer.command(
            RawPeer.SEND,
            out -> {
              out.writeLong(number);
              out.writeByte(1);
              RawPeer.text(out, "q");
              out.writeInt(1);
              out.writeInt(MESSAGE_BYTES);
              out.write(new byte[MESSAGE_BYTES]);
            }));
  }

  /** The hub serves others, too. */
  @Test
  void aFaultOfItsOwnWhileItGreetsEndsThatSessionAlone() {
    PeerId other = greeted(2);
    sent.faulty = true;
    receive(peer(1), hello());
    assertNext(peer(1), RawPeer.GOODBYE);
    sent.faulty = false;
    declare(other);
    greeted(1);
  }

  @Test
  void anIdlePeerGetsHeartbeats() {
    PeerId peer = greeted(1);
    pass(100);
    assertNext(peer, RawPeer.HEARTBEAT);
  }

  @Test
  void aSilentPeerIsDismissedAndWhatItHeldGoesToAnother() {
    PeerId silent = greeted(1);
    declare(silent);
    consume(silent, 10);
    send(silent, 1);
    assertNext(silent, RawPeer.CONFIRM);
    assertNext(silent, RawPeer.DELIVER);
    pass(450);
    PeerId other = greeted(2);
    consume(other, 10);
    pass(50);
    assertThat(sent.opcodes.get(silent)).last().isEqualTo(RawPeer.GOODBYE);
    assertThat(sent.opcodes.get(other)).contains(RawPeer.DELIVER);
    assertThat(broker.sessionCount()).isEqualTo(1);
    assertThat(sent.cut).as("when it has just been told").isEmpty();
    pass(25);
    assertThat(sent.cut).containsExactly(silent);
  }

  @Test
  void aPeerThatCannotBeReachedIsGivenUpAtOnce() {
    PeerId first = greeted(1);
    PeerId second = greeted(2);
    declare(first);
    consume(first, 10);
    sent.gone.add(first);
    send(second, 1);
    assertNext(second, RawPeer.CONFIRM);
    assertThat(broker.sessionCount()).isEqualTo(1);
    consume(second, 10);
    assertNext(second, RawPeer.DELIVER);
  }

  @Test
  void aFullHubRefusesUntilThereIsRoomAgain() {
    PeerId peer = greeted(1);
    declare(peer);
    int stored = 0;
    int number = 1;
    send(peer, number++);
    while (next(peer) == RawPeer.CONFIRM) {
      stored++;
      send(peer, number++);
    }
    assertThat(stored).isBetween(10, 40);
    assertThat(content.memory().used()).isLessThanOrEqualTo(4_000);
    receive(
        peer,
        RawPeer.command(
            RawPeer.PURGE,
            out -> {
              out.writeInt(3);
              RawPeer.text(out, "q");
            }));
    assertNext(peer, RawPeer.OK);
    assertThat(content.memory().used()).isZero();
    send(peer, number);
    assertNext(peer, RawPeer.CONFIRM);
  }

  @Test
  void whatASessionLeavesBehindCostsNothing() {
    PeerId peer = greeted(1);
    declare(peer);
    consume(peer, 10);
    send(peer, 1);
    receive(
        peer,
        RawPeer.command(
            RawPeer.STAGE,
            out -> {
              out.writeInt(1);
              out.writeByte(1);
              RawPeer.text(out, "q");
              out.writeInt(1);
              out.writeInt(0);
            }));
    broker.receive(peer, Broker.PEER_GONE, now);
    assertThat(broker.sessionCount()).isZero();
    content.delete(Wire.QUEUE, "q");
    assertThat(content.memory().used()).isZero();
  }
}
