package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.MessageTooLargeException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;

/** Sends to one destination. The caller's thread encodes, the I/O thread collects and sends. */
final class ZeroMqProducer implements LinkProducer {

  private final LinkLoop loop;
  private final Destination destination;
  private final String name;
  private final int maxMessageBytes;

  /** For the thread that sends: there is one at a time. */
  private final WireWriter scratch = new WireWriter();

  ZeroMqProducer(LinkLoop loop, Destination destination, String name, int maxMessageBytes) {
    this.loop = loop;
    this.destination = destination;
    this.name = name;
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public void send(OutboundMessage message) {
    try {
      scratch.clear();
      MessageCodec.encode(message.message(), scratch);
    } catch (InvalidMessageException e) {
      message.failed(e);
      return;
    }
    int most = maxMessageBytes + (message.origin().isPresent() ? Wire.DEAD_LETTER_BYTES : 0);
    if (scratch.size() > most) {
      message.failed(tooLarge(scratch.size(), maxMessageBytes));
      return;
    }
    byte[] encoded = scratch.copyAndClear();
    if (message.repeated()) {
      MessageCodec.markRepeated(encoded);
    }
    loop.submit(protocol -> protocol.send(destination, name, encoded, message));
  }

  static MessageTooLargeException tooLarge(int bytes, int max) {
    return new MessageTooLargeException(
        "The message has %d bytes when it is encoded, and the hub takes %d".formatted(bytes, max));
  }

  @Override
  public void close() {}
}
