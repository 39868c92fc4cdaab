package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What OPEN_CONSUMER says beyond its prefetch, told by hand. */
@Timeout(30)
class HubTermsTest {

  private static final int MALFORMED = 1;
  private static final int UNSUPPORTED = 4;
  private static final int INVALID_SELECTOR = 15;

  private static final int QUEUE = 1;
  private static final int SUBSCRIPTION = 2;
  private static final int SHARED = 4;
  private static final int WITH_TERMS = 0x40;
  private static final int SELECTOR = 1;
  private static final int REPLAY_FROM = 2;
  private static final int POSITIONS = 8;
  private static final int POSITION_TOLD = 4;

  private ZeroMqHub hub;
  private RawPeer peer;

  @BeforeEach
  void open() throws IOException {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
    peer = RawPeer.greeted(hub.url());
    peer.declareQueue(1, "q");
  }

  /** Whatever was said, the session goes on. */
  @AfterEach
  void close() throws IOException {
    peer.declareQueue(99, "another");
    peer.close();
    hub.close();
  }

  private void ask(int request, int source, String subscription, int bits, byte[] selector) {
    peer.send(
        RawPeer.OPEN_CONSUMER,
        out -> {
          out.writeInt(request);
          out.writeInt(request);
          out.writeByte(source | WITH_TERMS);
          RawPeer.text(out, "q");
          RawPeer.text(out, subscription);
          out.writeInt(10);
          out.writeByte(bits);
          out.writeInt(selector.length);
          out.write(selector);
        });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private int refusal(String selector) throws IOException {
    ask(2, QUEUE, "", SELECTOR, utf8(selector));
    return peer.expectError(2);
  }

  @Test
  void aSelectorThatIsNoneIsAnswered() throws IOException {
    for (String bad : new String[] {"", "colour =", "colour > 'red'", "a = 1 b"}) {
      assertThat(refusal(bad)).as(bad).isEqualTo(INVALID_SELECTOR);
    }
  }

  @Test
  void aSelectorThatIsTooDeepOrTooLongIsAnswered() throws IOException {
    assertThat(refusal("(".repeat(8_000) + "a = 1" + ")".repeat(8_000)))
        .isEqualTo(INVALID_SELECTOR);
    assertThat(refusal("NOT ".repeat(4_000) + "a = TRUE")).isEqualTo(INVALID_SELECTOR);
    assertThat(refusal("a = 0" + "+1".repeat(8_000))).isEqualTo(INVALID_SELECTOR);
    assertThat(refusal("a = 1" + " OR a = 1".repeat(100_000))).isEqualTo(INVALID_SELECTOR);
  }

  @Test
  void bytesThatAreNoTextAreAnswered() throws IOException {
    ask(2, QUEUE, "", SELECTOR, new byte[] {(byte) 0xFF, (byte) 0xFE});
    assertThat(peer.expectError(2)).isEqualTo(MALFORMED);
  }

  @Test
  void termsThatThisHubDoesNotKnowAreRefused() throws IOException {
    ask(2, QUEUE, "", 0x80, utf8("a = 1"));
    assertThat(peer.expectError(2)).isEqualTo(UNSUPPORTED);
    peer.send(
        RawPeer.DECLARE,
        out -> {
          out.writeInt(3);
          out.writeByte(2);
          RawPeer.text(out, "q");
        });
    peer.expectOk(3);
    ask(4, SHARED, "team", SELECTOR, utf8("a = 1"));
    assertThat(peer.expectError(4)).as("a shared subscription").isEqualTo(UNSUPPORTED);
    ask(5, SUBSCRIPTION, "", SELECTOR, utf8("a = 1"));
    peer.expectOk(5);
  }

  private static String welcome(ZeroMqHub hub) throws IOException {
    try (RawPeer other = new RawPeer(hub.url())) {
      return new String(other.hail(RawPeer.hello(1, 1)), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void aHubSaysWhatItCanDo() throws IOException {
    assertThat(welcome(hub)).contains("selectors", "expiry", "replay");
  }

  @Test
  void aHubThatIsToRememberNothingSaysSo() throws IOException {
    try (ZeroMqHub forgetful =
        ZeroMqHub.builder().bind("tcp://127.0.0.1:0").replay(0, 1_000_000).start()) {
      assertThat(welcome(forgetful)).contains("selectors").doesNotContain("replay");
      ZeroMqLink link = Links.connect(forgetful.url());
      assertThat(link.capabilities()).doesNotContainKey(io.anymq.Capability.REPLAY);
      link.close(Links.LIMIT);
    }
  }

  private void askForThePast(int request, int source) {
    peer.send(
        RawPeer.OPEN_CONSUMER,
        out -> {
          out.writeInt(request);
          out.writeInt(request);
          out.writeByte(source | WITH_TERMS);
          RawPeer.text(out, "q");
          RawPeer.text(out, "");
          out.writeInt(10);
          out.writeByte(REPLAY_FROM | POSITIONS);
          out.writeLong(0);
        });
  }

  @Test
  void thePastIsDeliveredWithItsPositions() throws IOException {
    peer.send(
        RawPeer.DECLARE,
        out -> {
          out.writeInt(2);
          out.writeByte(2);
          RawPeer.text(out, "q");
        });
    peer.expectOk(2);
    peer.send(
        RawPeer.SEND,
        out -> {
          out.writeLong(1);
          out.writeByte(2);
          RawPeer.text(out, "q");
          out.writeInt(2);
          for (byte[] message : new byte[][] {{'a'}, {'b'}}) {
            out.writeInt(message.length);
            out.write(message);
          }
        });
    peer.expect(RawPeer.CONFIRM);
    askForThePast(3, SUBSCRIPTION);
    DataInputStream delivery = nextDelivery();
    long before = 0;
    assertThat(delivery.readInt()).as("how many").isEqualTo(2);
    for (String text : new String[] {"a", "b"}) {
      assertThat(delivery.readUnsignedByte()).as("flags").isEqualTo(POSITION_TOLD);
      assertThat(delivery.readInt()).as("delivery count").isEqualTo(1);
      long position = delivery.readLong();
      assertThat(position).isGreaterThan(before);
      before = position;
      assertThat(delivery.readNBytes(delivery.readInt())).isEqualTo(utf8(text));
    }
  }

  @Test
  void aQueueHasNoPast() throws IOException {
    askForThePast(2, QUEUE);
    assertThat(peer.expectError(2)).isEqualTo(UNSUPPORTED);
  }

  /** Behind what comes before it; its consumer and its first tag are read. */
  private DataInputStream nextDelivery() throws IOException {
    RawPeer.Command next = peer.next();
    while (next.opcode() != RawPeer.DELIVER) {
      next = peer.next();
    }
    next.payload().readInt();
    next.payload().readLong();
    return next.payload();
  }

  @Test
  void whatIsSelectedIsDelivered() throws IOException {
    ask(2, QUEUE, "", SELECTOR, utf8("JMSCorrelationID = 'c1'"));
    peer.expectOk(2);
    peer.sendMessage(1, "q", new byte[] {1, 1, 4, 0, 0, 0, 0, 0, 0, 'n', 'o'});
    byte[] selected = {1, 1, 4, 0, 0x20, 0, 0, 0, 2, 'c', '1', 0, 0, 0, 0, 'h', 'i'};
    peer.sendMessage(2, "q", selected);
    DataInputStream delivery = nextDelivery();
    assertThat(delivery.readInt()).as("how many").isEqualTo(1);
    delivery.readByte();
    assertThat(delivery.readInt()).as("delivery count").isEqualTo(1);
    assertThat(delivery.readNBytes(delivery.readInt())).isEqualTo(selected);
  }
}
