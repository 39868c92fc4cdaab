package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks at a queue of the hub, page by page, without sockets. */
@Timeout(20)
class HubBrowseTest {

  private final HubContent content = new HubContent(1L << 30);

  private MessageQueue queue(int messages, int bytes) throws Refusal {
    content.declare(Wire.QUEUE, "q");
    MessageQueue queue = content.requireQueue("q");
    for (int i = 0; i < messages; i++) {
      queue.take(new Payload(new byte[bytes]));
    }
    return queue;
  }

  /** Looks at one page; returns the place behind it. */
  private static BrowsePlace page(MessageQueue queue, BrowsePlace from, List<Long> seen)
      throws MalformedFrameException {
    WireWriter out = new WireWriter();
    queue.browse(from, out);
    WireReader in = new WireReader(out.copyAndClear());
    BrowsePlace place = new BrowsePlace(in.i64(), from.rank(), from.position());
    while (in.remaining() > 0) {
      place = new BrowsePlace(place.end(), in.u8(), in.i64());
      seen.add(place.position());
      in.slice(in.length());
    }
    return place;
  }

  private static List<Long> all(MessageQueue queue) throws MalformedFrameException {
    List<Long> seen = new ArrayList<>();
    BrowsePlace place = BrowsePlace.START;
    int before;
    do {
      before = seen.size();
      place = page(queue, place, seen);
    } while (seen.size() > before);
    return seen;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 64, 65, 1000})
  void eachIsSeenOnceInOrder(int messages) throws Exception {
    MessageQueue queue = queue(messages, 20_000);
    assertThat(all(queue)).isEqualTo(LongStream.range(0, messages).boxed().toList());
  }

  @Test
  void whatGoesAndComesMeanwhileDoesNotDisturb() throws Exception {
    MessageQueue queue = queue(100, 10_000);
    List<Long> seen = new ArrayList<>();
    BrowsePlace place = page(queue, BrowsePlace.START, seen);
    int first = seen.size();
    assertThat(queue.purge()).isEqualTo(100);
    queue.take(new Payload(new byte[1]));
    page(queue, place, seen);
    assertThat(seen).hasSize(first);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -2, 1_000_000, Long.MAX_VALUE})
  void aPlaceThatIsNowhereIsNoHarm(long position) throws Exception {
    MessageQueue queue = queue(10, 10);
    List<Long> seen = new ArrayList<>();
    page(queue, new BrowsePlace(10, 0, position), seen);
    assertThat(seen).hasSize(position < 0 ? 10 : 0);
  }
}
