package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looks at a queue into which others have written what is no message. */
@Timeout(30)
class BrowserTest {

  private static final Queue QUEUE = Queue.of("mixed");

  /** With what stands before each, these are more than a page. */
  private static final int MANY = 3_000;

  private static final byte[] FOREIGN = "this is no message".getBytes(StandardCharsets.US_ASCII);

  private static void writeForeign(RawPeer peer, long first) throws Exception {
    peer.send(
        RawPeer.SEND,
        out -> {
          out.writeLong(first);
          out.writeByte(1);
          RawPeer.text(out, QUEUE.name());
          out.writeInt(MANY);
          for (int i = 0; i < MANY; i++) {
            out.writeInt(FOREIGN.length);
            out.write(FOREIGN);
          }
        });
    assertThat(peer.expect(RawPeer.CONFIRM).readLong()).isEqualTo(first);
  }

  private static List<String> look(ZeroMqLink link) {
    List<String> seen = new ArrayList<>();
    try (QueueBrowser browser = link.browse(QUEUE)) {
      browser.forEachRemaining(message -> seen.add(message.text()));
    }
    return seen;
  }

  /** More of it than a page holds, so that whole pages have nothing to show. */
  @Test
  void whatIsNoMessageIsLeftOutAndEndsNothing() throws Exception {
    try (ZeroMqHub hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
        RawPeer peer = RawPeer.greeted(hub.url())) {
      ZeroMqLink link = Links.connect(hub.url());
      peer.declareQueue(1, QUEUE.name());
      assertThat(look(link)).isEmpty();
      writeForeign(peer, 1);
      assertThat(look(link)).isEmpty();
      Links.send(link, QUEUE, "one");
      writeForeign(peer, MANY + 1);
      Links.send(link, QUEUE, "two");
      assertThat(look(link)).containsExactly("one", "two");
      assertThat(Links.stored(link, QUEUE)).isEqualTo(2 * MANY + 2);
      link.close(Links.LIMIT);
    }
  }
}
