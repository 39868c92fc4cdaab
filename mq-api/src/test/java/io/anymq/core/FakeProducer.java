package io.anymq.core;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what was sent; confirms it at once, or leaves that to the test. */
final class FakeProducer implements LinkProducer {

  final Destination destination;
  final ProducerListener listener;
  final List<OutboundMessage> sent = new CopyOnWriteArrayList<>();
  volatile boolean closed;
  private final FakeLink link;

  FakeProducer(FakeLink link, Destination destination, ProducerListener listener) {
    this.link = link;
    this.destination = destination;
    this.listener = listener;
  }

  List<String> texts() {
    return sent.stream().map(OutboundMessage::message).map(Message::text).toList();
  }

  OutboundMessage last() {
    return sent.get(sent.size() - 1);
  }

  @Override
  public void send(OutboundMessage message) {
    boolean confirms = link.confirms; // a test that sees it sent may set that for the next
    sent.add(message);
    link.asked("send", message.message().text());
    @Nullable MessagingException refusal = link.refusal.get();
    if (refusal != null) {
      message.failed(refusal);
    } else if (confirms) {
      message.confirmed();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
