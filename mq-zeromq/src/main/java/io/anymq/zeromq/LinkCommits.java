package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.SendInDoubtException;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.NativeNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Commits of a link: sends are staged, then done together with acceptances in one request. */
final class LinkCommits {

  private final LinkLoop loop;
  private final NativeNames names;
  private final int maxMessageBytes;
  private final AtomicInteger numbers = new AtomicInteger();

  private record Accepted(int consumer, List<TagRange> ranges) {}

  LinkCommits(LinkLoop loop, NativeNames names, int maxMessageBytes) {
    this.loop = loop;
    this.names = names;
    this.maxMessageBytes = maxMessageBytes;
  }

  void commit(List<AtomicCommit.Send> sends, List<AtomicCommit.Accept> accepts) {
    int number = numbers.incrementAndGet();
    List<LinkCommand> stages = sends.stream().map(send -> stage(number, send)).toList();
    List<Accepted> accepted = accepts.stream().map(LinkCommits::accepted).toList();
    Ask ask = new Ask(Wire.COMMIT, out -> write(number, accepted, out));
    Await.requireNoInterrupt();
    // One command, so that nothing comes between the parts.
    loop.submit(
        new LinkCommand() {
          @Override
          public void run(LinkProtocol protocol) {
            if (ask.begin()) {
              stages.forEach(stage -> stage.run(protocol));
              ask.write(protocol);
            }
          }

          @Override
          public void abandon(MessagingException cause) {
            ask.abandon(cause);
          }
        });
    await(ask);
  }

  private void await(Ask ask) {
    try {
      loop.await(ask);
    } catch (MessagingException e) {
      boolean unknown =
          e instanceof MessagingTimeoutException
              || e.code() == ErrorCode.CONNECTION_LOST
              || e.code() == ErrorCode.INTERRUPTED;
      if (unknown && ask.sent()) {
        throw new SendInDoubtException(
            "It is not known whether the commit was done: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private LinkCommand stage(int number, AtomicCommit.Send send) {
    Destination destination = send.destination();
    String name = ZeroMqLink.nameOf(destination, names);
    WireWriter out = new WireWriter();
    MessageCodec.encode(send.message(), out);
    boolean isLetter = send.origin().isPresent();
    if (out.size() > maxMessageBytes + (isLetter ? Wire.DEAD_LETTER_BYTES : 0)) {
      throw ZeroMqProducer.tooLarge(out.size(), maxMessageBytes);
    }
    byte[] message = out.copyAndClear();
    return protocol -> protocol.writer().stage(number, destination, name, message);
  }

  private static Accepted accepted(AtomicCommit.Accept accept) {
    int consumer = ((ZeroMqConsumer) accept.consumer()).id();
    return new Accepted(consumer, ranges(accept.deliveries()));
  }

  private static List<TagRange> ranges(List<? extends InboundDelivery> deliveries) {
    long[] tags =
        deliveries.stream().mapToLong(delivery -> ((ZeroMqDelivery) delivery).tag()).toArray();
    Arrays.sort(tags);
    List<TagRange> ranges = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= tags.length; i++) {
      if (i == tags.length || tags[i] != tags[i - 1] + 1) {
        ranges.add(new TagRange(tags[from], i - from));
        from = i;
      }
    }
    return ranges;
  }

  private static void write(int number, List<Accepted> accepted, WireWriter out) {
    out.i32(number).u16(accepted.size());
    accepted.forEach(each -> out.i32(each.consumer()).ranges(each.ranges()));
  }
}
