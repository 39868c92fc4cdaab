package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.OutboundMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of the hub protocol once the session is open: what is under way, and who is to
 * be told. For the link's I/O thread.
 */
final class LinkProtocol {

  private static final Logger LOG = LoggerFactory.getLogger(LinkProtocol.class);

  private final LinkWriter writer;
  private final Map<Integer, Ask> asked = new HashMap<>();
  private final Map<Integer, ZeroMqConsumer> consumers = new HashMap<>();
  private final List<ZeroMqConsumer> reached = new ArrayList<>();

  /** Sends that are neither confirmed nor refused, in the order of their numbers. */
  private final Deque<OutboundMessage> unconfirmed = new ArrayDeque<>();

  private long nextSend = 1;
  private int nextRequest = 1;

  LinkProtocol(Consumer<ByteBuffer> frames) {
    this.writer = new LinkWriter(frames);
  }

  LinkWriter writer() {
    return writer;
  }

  void send(Destination destination, String name, byte[] encoded, OutboundMessage message) {
    writer.send(nextSend, destination, name, encoded);
    nextSend++;
    unconfirmed.addLast(message);
  }

  /** Begins a request; the caller adds its body. */
  WireWriter ask(int opcode, Ask ask) {
    int request = nextRequest++;
    asked.put(request, ask);
    return writer.begin(opcode).i32(request);
  }

  void add(ZeroMqConsumer consumer) {
    consumers.put(consumer.id(), consumer);
  }

  /** A consumer closes: what it handed out is told, and what still comes for it is dropped. */
  void remove(ZeroMqConsumer consumer) {
    if (consumers.remove(consumer.id()) != null) {
      consumer.tellHandOuts(writer);
    }
  }

  /** The session is to end in order. */
  void removeAll() {
    List.copyOf(consumers.values()).forEach(this::remove);
  }

  /** Nobody will answer any more. */
  void abandon(MessagingException cause) {
    List<Ask> open = List.copyOf(asked.values());
    asked.clear();
    open.forEach(ask -> ask.abandon(cause));
  }

  /**
   * Takes a frame of the hub.
   *
   * @throws MalformedFrameException when it is none that a hub may send
   * @throws MessagingException when the hub ends the session
   */
  void receive(byte[] frame) throws MalformedFrameException {
    WireReader in = new WireReader(frame);
    while (in.remaining() > 0) {
      int opcode = in.u8();
      in.u8();
      obey(opcode, in.slice(in.length()));
    }
    reached.forEach(ZeroMqConsumer::passOn);
    reached.clear();
  }

  private void obey(int opcode, WireReader in) throws MalformedFrameException {
    switch (opcode) {
      case Wire.HEARTBEAT -> in.requireEnd();
      case Wire.CONFIRM -> confirm(in);
      case Wire.REFUSED -> refused(in);
      case Wire.DELIVER -> deliver(in);
      case Wire.OK -> answered(in.i32()).answer().complete(in);
      case Wire.ERROR -> {
        Ask ask = answered(in.i32());
        ask.abandon(ZeroMqErrors.of(WireError.of(in.u16()), in.text()));
      }
      case Wire.CONSUMER_ENDED -> consumerEnded(in);
      case Wire.GOODBYE -> throw ZeroMqErrors.goodbye(WireError.of(in.u16()), in.text());
      default -> throw new MalformedFrameException("opcode 0x" + Integer.toHexString(opcode));
    }
  }

  private void confirm(WireReader in) throws MalformedFrameException {
    for (int left = outcomes(in); left > 0; left--) {
      report(unconfirmed.removeFirst(), OutboundMessage::confirmed);
    }
  }

  private void refused(WireReader in) throws MalformedFrameException {
    int count = outcomes(in);
    WireError error = WireError.of(in.u16());
    String sentence = in.text();
    for (int left = count; left > 0; left--) {
      report(
          unconfirmed.removeFirst(), message -> message.failed(ZeroMqErrors.of(error, sentence)));
    }
  }

  /** What one sender makes of an outcome must not keep the others from theirs. */
  private static void report(OutboundMessage message, Consumer<OutboundMessage> outcome) {
    try {
      outcome.accept(message);
    } catch (RuntimeException e) {
      LOG.error("The outcome of a send was not taken", e);
    }
  }

  /** Outcomes come in the order of the sends, so the first number tells nothing new. */
  private int outcomes(WireReader in) throws MalformedFrameException {
    long first = in.i64();
    int count = in.i32();
    if (first != nextSend - unconfirmed.size() || count < 1 || count > unconfirmed.size()) {
      throw new MalformedFrameException(
          "outcomes of %d sends from %d, where %d to %d are open"
              .formatted(count, first, nextSend - unconfirmed.size(), nextSend - 1));
    }
    return count;
  }

  private Ask answered(int request) throws MalformedFrameException {
    Ask ask = asked.remove(request);
    if (ask == null) {
      throw new MalformedFrameException("an answer to request " + request + ", which is not open");
    }
    return ask;
  }

  private void deliver(WireReader in) throws MalformedFrameException {
    ZeroMqConsumer consumer = consumers.get(in.i32());
    if (consumer == null) {
      // It has been closed meanwhile, and the hub has taken back what it held.
      return;
    }
    long tag = in.i64();
    for (int left = in.count(1 + Integer.BYTES + Integer.BYTES); left > 0; left--) {
      int flags = in.u8();
      int deliveries = in.i32();
      Destination from =
          (flags & Wire.TOPIC_NAMED) != 0 ? consumer.topic(in.text()) : consumer.destination();
      long position = (flags & Wire.POSITION_TOLD) != 0 ? in.i64() : 0;
      int inDoubt = (flags & Wire.COUNT_IN_DOUBT) != 0 ? in.i32() : 0;
      WireReader message = in.slice(in.length());
      ZeroMqDelivery delivery =
          new ZeroMqDelivery(
              consumer,
              from,
              tag++,
              new ZeroMqDelivery.Counts(deliveries, inDoubt, (flags & Wire.REDELIVERED) != 0),
              position,
              message);
      if (consumer.arrived(delivery)) {
        reached.add(consumer);
      }
    }
  }

  private void consumerEnded(WireReader in) throws MalformedFrameException {
    ZeroMqConsumer consumer = consumers.remove(in.i32());
    WireError error = WireError.of(in.u16());
    String sentence = in.text();
    if (consumer != null) {
      consumer.broken(ZeroMqErrors.of(error, sentence));
    }
  }
}
