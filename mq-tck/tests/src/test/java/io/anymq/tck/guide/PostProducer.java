package io.anymq.tck.guide;

import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends to one box or list. */
final class PostProducer implements LinkProducer {

  private final Destination to;
  private final Function<Letter, CompletableFuture<Void>> way;

  PostProducer(Destination to, Function<Letter, CompletableFuture<Void>> way) {
    this.to = to;
    this.way = way;
  }

  @Override
  public void send(OutboundMessage message) {
    Letter letter = PostMapper.toLetter(message.message());
    var unused = way.apply(letter).whenComplete((receipt, fault) -> tell(message, fault));
  }

  private void tell(OutboundMessage message, @Nullable Throwable fault) {
    if (fault == null) {
      message.confirmed();
      return;
    }
    MessagingException failure = PostErrors.translate(fault, to);
    if (!(failure instanceof ConnectionLostException)) {
      message.failed(failure);
    }
  }

  @Override
  public void close() {}
}
