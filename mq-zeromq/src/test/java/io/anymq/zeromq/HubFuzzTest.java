package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hub that gets rubbish answers with an error, and goes on serving others. */
class HubFuzzTest {

  private static final int MALFORMED = 1;
  private static final int UNSUPPORTED_VERSION = 2;
  private static final int UNKNOWN_SESSION = 3;
  private static final int UNSUPPORTED = 4;
  private static final int INVALID_ARGUMENT = 13;

  private ZeroMqHub hub;
  private ZeroMqLink witness;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").maxMessageBytes(100_000).start();
    witness = Links.connect(hub.url());
    witness.declare(io.anymq.Queue.of("q"), io.anymq.QueueOptions.DEFAULT);
  }

  @AfterEach
  void stillServesOthers() {
    io.anymq.Queue queue = io.anymq.Queue.of("q");
    long before = witness.depth(queue).atRest();
    Links.send(witness, queue, "still here");
    assertThat(witness.depth(queue).atRest()).isEqualTo(before + 1);
    ZeroMqLink late = Links.connect(hub.url());
    assertThat(late.exists(queue)).isTrue();
    late.close(Links.LIMIT);
    witness.close(Links.LIMIT);
    hub.close();
  }

  /** Frames that end a session: what they meant cannot be known, or cannot be answered. */
  static List<byte[]> hopelessFrames() {
    return List.of(
        new byte[] {},
        new byte[] {0x10},
        new byte[] {0x02, 0, 0, 0, 0},
        new byte[] {0x02, 0, 0, 0, 0, 1},
        new byte[] {0x02, 0, 0, 0, 0, 1, 7},
        new byte[] {0x02, 1, 0, 0, 0, 0},
        new byte[] {0x30, 0, 0x7F, -1, -1, -1},
        new byte[] {0x30, 0, -1, -1, -1, -1},
        new byte[] {0x30, 0, 0, 0, 0, 2, 1, 2},
        RawPeer.command(RawPeer.SEND, out -> out.writeLong(2)),
        RawPeer.command(RawPeer.SEND, out -> send(out, 2, 1, 0)),
        RawPeer.command(RawPeer.SEND, out -> send(out, 1, 3, 0)),
        RawPeer.command(RawPeer.SEND, out -> send(out, 1, 1, Integer.MAX_VALUE)),
        RawPeer.command(RawPeer.SEND, out -> send(out, 1, 1, -1)),
        RawPeer.command(RawPeer.STAGE, out -> out.writeInt(5)),
        RawPeer.command(RawPeer.SETTLE, out -> settle(out, 3, 1, 1)),
        RawPeer.command(RawPeer.SETTLE, out -> settle(out, 1, 0, 1)),
        RawPeer.command(RawPeer.SETTLE, out -> settle(out, 1, 1, 0)),
        RawPeer.command(RawPeer.SETTLE, out -> settle(out, 1, Long.MAX_VALUE, 2)),
        RawPeer.command(RawPeer.RELEASE_LATER, out -> releaseLater(out, 0)),
        RawPeer.command(RawPeer.RELEASE_LATER, out -> releaseLater(out, Long.MIN_VALUE)),
        RawPeer.command(RawPeer.BYE, out -> {}),
        new byte[] {0x7F});
  }

  private static void send(java.io.DataOutputStream out, long first, int kind, int count)
      throws IOException {
    out.writeLong(first);
    out.writeByte(kind);
    RawPeer.text(out, "q");
    out.writeInt(count);
  }

  private static void settle(java.io.DataOutputStream out, int outcome, long tag, int count)
      throws IOException {
    out.writeInt(1);
    out.writeByte(outcome);
    out.writeInt(1);
    out.writeLong(tag);
    out.writeInt(count);
  }

  private static void releaseLater(java.io.DataOutputStream out, long millis) throws IOException {
    out.writeInt(1);
    out.writeLong(millis);
    out.writeInt(1);
    out.writeLong(1);
    out.writeInt(1);
  }

  @ParameterizedTest
  @MethodSource("hopelessFrames")
  void aFrameThatCannotBeUnderstoodEndsTheSession(byte[] frame) throws Exception {
    try (RawPeer peer = RawPeer.greeted(hub.url())) {
      peer.sendFrame(frame);
      assertThat(peer.expectGoodbye()).isEqualTo(MALFORMED);
      peer.send(RawPeer.HEARTBEAT, out -> {});
      assertThat(peer.expectGoodbye()).isEqualTo(UNKNOWN_SESSION);
    }
  }

  /** Requests that can be told apart, and are answered. */
  static List<byte[]> badRequests() {
    List<byte[]> requests = new ArrayList<>();
    for (int opcode :
        new int[] {
          RawPeer.COMMIT,
          RawPeer.OPEN_CONSUMER,
          RawPeer.CLOSE_CONSUMER,
          RawPeer.DECLARE,
          RawPeer.DELETE,
          RawPeer.EXISTS,
          RawPeer.PURGE,
          RawPeer.DEPTH,
          RawPeer.UNSUBSCRIBE,
          RawPeer.DECLARE_TEMPORARY,
          RawPeer.UNSUBSCRIBE_PATTERN,
          RawPeer.BROWSE,
          RawPeer.DECLARE_QUEUE
        }) {
      requests.add(RawPeer.command(opcode, out -> out.writeInt(9)));
      requests.add(
          RawPeer.command(
              opcode,
              out -> {
                out.writeInt(9);
                out.write(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1});
              }));
    }
    requests.add(
        RawPeer.command(
            RawPeer.DECLARE,
            out -> {
              out.writeInt(9);
              out.writeByte(1);
              RawPeer.text(out, "q");
              out.writeByte(0);
            }));
    return requests;
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void aRequestWithABadPayloadIsAnsweredAndTheSessionGoesOn(byte[] frame) throws Exception {
    try (RawPeer peer = RawPeer.greeted(hub.url())) {
      peer.sendFrame(frame);
      assertThat(peer.expectError(9)).isEqualTo(MALFORMED);
      peer.declareQueue(10, "another");
    }
  }

  @Test
  void anUnknownCommandIsAnswered() throws Exception {
    try (RawPeer peer = RawPeer.greeted(hub.url())) {
      peer.send(0x3F, out -> out.writeInt(4));
      assertThat(peer.expectError(4)).isEqualTo(UNSUPPORTED);
      peer.declareQueue(5, "another");
    }
  }

  @Test
  void anUnknownVersionIsRefusedWithASentence() throws Exception {
    try (RawPeer peer = RawPeer.greeted(hub.url());
        RawPeer fresh = new RawPeer(hub.url())) {
      peer.sendFrame(RawPeer.hello(1, 1));
      assertThat(peer.expectError(0x414D5148)).isEqualTo(UNSUPPORTED);
      byte[] answer = fresh.hail(RawPeer.hello(2, 7));
      assertThat(answer[0] & 0xFF).isEqualTo(RawPeer.GOODBYE);
      assertThat(ByteBuffer.wrap(answer).getShort(6)).isEqualTo((short) UNSUPPORTED_VERSION);
      assertThat(new String(answer, StandardCharsets.UTF_8))
          .contains("version 1")
          .contains("2 to 7");
    }
  }

  @Test
  void aMessageOfSeveralPartsEndsTheSession() throws Exception {
    try (RawPeer peer = RawPeer.greeted(hub.url())) {
      peer.sendParts(RawPeer.command(RawPeer.HEARTBEAT, out -> {}), new byte[] {1}, new byte[] {2});
      assertThat(peer.expectGoodbye()).isEqualTo(MALFORMED);
    }
  }

  @Test
  void aPeerWithARoutingIdOfItsOwnIsRefused() throws Exception {
    try (RawPeer peer = new RawPeer(hub.url(), "me")) {
      byte[] answer = peer.hail(RawPeer.hello(1, 1));
      assertThat(answer[0] & 0xFF).isEqualTo(RawPeer.GOODBYE);
      assertThat(ByteBuffer.wrap(answer).getShort(6)).isEqualTo((short) INVALID_ARGUMENT);
    }
  }

  @Test
  void randomAndMutatedFramesHurtNobodyElse() throws Exception {
    Random random = new Random(20_260_101);
    byte[] good =
        concat(
            RawPeer.command(RawPeer.SEND, out -> send(out, 1, 1, 0)),
            RawPeer.command(
                RawPeer.OPEN_CONSUMER,
                out -> {
                  out.writeInt(1);
                  out.writeInt(1);
                  out.writeByte(1);
                  RawPeer.text(out, "q");
                  RawPeer.text(out, "");
                  out.writeInt(10);
                }),
            RawPeer.command(RawPeer.SETTLE, out -> settle(out, 1, 1, 1)));
    try (RawPeer peer = RawPeer.greeted(hub.url())) {
      for (int i = 0; i < 2_000; i++) {
        if (i % 10 == 0) {
          peer.sendFrame(RawPeer.hello(1, 1));
        }
        peer.sendFrame(i % 2 == 0 ? mutated(good, random) : noise(random));
      }
    }
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length) + 1);
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    Arrays.stream(parts).forEach(all::put);
    return all.array();
  }

  /** What comes over TCP without ever being ZeroMQ, or ceases to be in the middle. */
  static List<byte[]> rawBytes() {
    byte[] greeting = new byte[64];
    greeting[0] = (byte) 0xFF;
    greeting[9] = 0x7F;
    greeting[10] = 3;
    System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
    byte[] ready = {
      4, 25, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e',
      0, 0, 0, 6, 'D', 'E', 'A', 'L', 'E', 'R'
    };
    ready[1] = (byte) (ready.length - 2);
    byte[] shaken = concat(greeting, ready);
    byte[] noise = new byte[5_000];
    new Random(7).nextBytes(noise);
    return List.of(
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        noise,
        new byte[] {0},
        new byte[] {(byte) 0xFF},
        greeting,
        concat(greeting, noise),
        concat(greeting, new byte[] {4, (byte) 200, 5, 'R', 'E', 'A', 'D', 'Y', 127, 1, 2}),
        concat(shaken, noise),
        concat(shaken, new byte[] {2, -1, -1, -1, -1, 0x7F, -1, -1, -1, 1, 2, 3}),
        concat(shaken, new byte[] {2, -1, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3}),
        concat(shaken, new byte[] {2, -128, 0, 0, 0, -1, -1, -1, -1, 1, 2, 3}),
        concat(shaken, new byte[] {2, 0, 0, 0, 0, 0x7F, -1, -1, -1, 1, 2, 3}),
        concat(shaken, new byte[] {2, 0, 0, 0, 0, 0, 10, 0, 0, 1, 2, 3}),
        concat(shaken, new byte[] {4, 3, 4, 'P', 'I'}),
        concat(shaken, new byte[] {4, 7, 4, 'P', 'I', 'N', 'G', 0, 0}),
        concat(shaken, new byte[] {4, 5, 4, 'P', 'I', 'N', 'G'}),
        concat(shaken, new byte[] {4, 0}),
        concat(shaken, new byte[] {1, 1, 1, 1, 1, 1, 1, 1}),
        shaken);
  }

  @ParameterizedTest
  @MethodSource("rawBytes")
  void bytesThatAreNotZeroMqHurtNobodyElse(byte[] bytes) throws Exception {
    int port = Integer.parseInt(hub.url().substring(hub.url().lastIndexOf(':') + 1));
    for (int i = 0; i < 3; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        OutputStream out = socket.getOutputStream();
        for (byte each : bytes.length > 200 ? new byte[0] : bytes) {
          out.write(each);
        }
        out.write(bytes);
        assertThat(witness.exists(io.anymq.Queue.of("q"))).isTrue();
      } catch (IOException e) {
        // The hub may hang up in the middle of it: that is one way to answer.
        assertThat(e).isInstanceOf(java.net.SocketException.class);
      }
    }
  }
}
