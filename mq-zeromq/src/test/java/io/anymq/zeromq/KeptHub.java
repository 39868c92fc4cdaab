package io.anymq.zeromq;

import io.anymq.Message;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A hub's content in a directory, without sockets: it ends in order or by a crash, and opens. */
final class KeptHub implements AutoCloseable {

  static final long MEMORY = 1L << 30;

  private final JournalSettings settings;
  private HubContent content;
  private int consumers;

  KeptHub(JournalSettings settings) {
    this.settings = settings;
    this.content = open();
  }

  KeptHub(Path directory) {
    this(settings(directory, Journal.SEGMENT_BYTES, Instant.now()));
  }

  static JournalSettings settings(Path directory, long segmentBytes, Instant now) {
    return new JournalSettings(
        directory, segmentBytes, () -> Long.MAX_VALUE, Clock.fixed(now, ZoneOffset.UTC));
  }

  private HubContent open() {
    return HubJournal.open(settings, MEMORY);
  }

  HubContent content() {
    return content;
  }

  /** What happened is written, as at the end of each round. */
  void write() {
    if (!content.storage().write()) {
      throw new AssertionError(content.storage().failure());
    }
  }

  void crash() {
    write();
    content.storage().abandon();
    content = open();
  }

  void restart() {
    content.storage().close();
    content = open();
  }

  @Override
  public void close() {
    content.storage().close();
  }

  MessageQueue queue(String name) throws Refusal {
    content.declare(Wire.QUEUE, name);
    return content.requireQueue(name);
  }

  HubTopic topic(String name) throws Refusal {
    content.declare(Wire.TOPIC, name);
    return content.requireTopic(name);
  }

  static Payload payload(Message message) {
    WireWriter out = new WireWriter();
    MessageCodec.encode(message, out);
    return new Payload(out.copyAndClear());
  }

  static Payload payload(String text) {
    return payload(Message.text(text));
  }

  static void send(Target target, String... texts) {
    for (String text : texts) {
      target.take(payload(text));
    }
  }

  /** A consumer of some peer, which has got what there is for it. */
  HubConsumer consume(MessageQueue queue, int prefetch) {
    HubSession session =
        new HubSession(
            new PeerId(new byte[] {0, 0, 0, 0, (byte) ++consumers}),
            (peer, frame) -> Outlet.Sent.YES,
            new OutgoingFrames(1 << 20, 1 << 10),
            new Heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), 0));
    HubConsumer consumer =
        new HubConsumer(session, 1, queue, new HubConsumer.Terms(prefetch, false, null), () -> {});
    consumer.begin();
    content.dispatch();
    return consumer;
  }

  /** What a queue has, in the order in which it would come; a look changes nothing. */
  static List<String> texts(MessageQueue queue) throws MalformedFrameException {
    List<String> texts = new ArrayList<>();
    long end = -1;
    int rank = 255;
    long position = -1;
    boolean more = true;
    while (more) {
      WireWriter out = new WireWriter();
      queue.browse(new BrowsePlace(end, rank, position), out);
      WireReader in = new WireReader(out.copyAndClear());
      end = in.i64();
      more = in.remaining() > 0;
      while (in.remaining() > 0) {
        rank = in.u8();
        position = in.i64();
        texts.add(MessageCodec.decode(in.slice(in.length())).text());
      }
    }
    return texts;
  }

  List<String> texts(String queue) throws Refusal, MalformedFrameException {
    return texts(content.requireQueue(queue));
  }
}
