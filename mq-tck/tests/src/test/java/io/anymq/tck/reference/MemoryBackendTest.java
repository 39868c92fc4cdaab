package io.anymq.tck.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference adapter through its SPI, without the core. */
class MemoryBackendTest {

  private static final Queue QUEUE = Queue.of("work");

  private final String name = UUID.randomUUID().toString();
  private final MemoryBroker broker = MemoryBroker.named(name);
  private final BlockingQueue<MessagingException> losses = new LinkedBlockingQueue<>();
  private final Sink sink = new Sink();
  private Link link = connect(Link.Dispatch.INLINE);

  /** Collects deliveries. */
  private static final class Sink implements DeliverySink {

    final BlockingQueue<InboundDelivery> deliveries = new LinkedBlockingQueue<>();
    final BlockingQueue<MessagingException> faults = new LinkedBlockingQueue<>();

    @Override
    public void deliver(List<? extends InboundDelivery> batch) {
      deliveries.addAll(batch);
    }

    @Override
    public void broken(MessagingException cause) {
      faults.add(cause);
    }

    InboundDelivery next() throws InterruptedException {
      InboundDelivery delivery = deliveries.poll(5, TimeUnit.SECONDS);
      assertThat(delivery).as("a delivery within 5 s").isNotNull();
      return delivery;
    }
  }

  @BeforeEach
  void declare() {
    link.declare(QUEUE, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    link.close(Duration.ofSeconds(1));
    broker.remove();
  }

  @ParameterizedTest
  @EnumSource(Link.Dispatch.class)
  void sendsDeliversAndSettles(Link.Dispatch dispatch) throws Exception {
    link.close(Duration.ofSeconds(1));
    link = connect(dispatch);
    send("a").get(5, TimeUnit.SECONDS);
    send("b").get(5, TimeUnit.SECONDS);
    LinkConsumer consumer = consume(1);
    InboundDelivery first = sink.next();
    assertThat(first.message().text()).isEqualTo("a");
    assertThat(first.redelivered()).isFalse();
    first.handedOut();
    consumer.settle(Outcome.RELEASE, List.of(first));
    InboundDelivery again = sink.next();
    assertThat(again.message().text()).isEqualTo("a");
    assertThat(again.redelivered()).isTrue();
    assertThat(again.deliveryCount()).isEqualTo(2);
    consumer.settle(Outcome.ACCEPT, List.of(again));
    assertThat(sink.next().message().text()).isEqualTo("b");
    consumer.close();
    assertThat(((MemoryLink) link).depth(QUEUE).atRest()).isEqualTo(1);
  }

  @Test
  void sendToNowhereFails() {
    CompletableFuture<Boolean> sent = send(Queue.of("nowhere"), "a");
    assertThatThrownBy(() -> sent.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(DestinationNotFoundException.class);
  }

  @Test
  void keepsPersistentMessagesOverARestart() throws Exception {
    send("kept").get(5, TimeUnit.SECONDS);
    broker.stop();
    assertThat(losses.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThatThrownBy(() -> connect(Link.Dispatch.INLINE))
        .isInstanceOf(ConnectFailedException.class);
    broker.start();
    link = connect(Link.Dispatch.INLINE);
    assertThat(((MemoryLink) link).depth(QUEUE).atRest()).isEqualTo(1);
  }

  @Test
  void tellsAConsumerOfTheDeletionOfItsQueue() throws Exception {
    consume(1);
    link.delete(QUEUE);
    assertThat(sink.faults.poll(5, TimeUnit.SECONDS))
        .isInstanceOf(DestinationNotFoundException.class);
  }

  private Link connect(Link.Dispatch dispatch) {
    BrokerUrl url = new BrokerUrl("memory", name, Optional.empty(), Optional.empty());
    Options options = Options.none().with(MemoryBackend.DISPATCH, dispatch);
    return new MemoryBackend()
        .connect(new LinkRequest(url, options, NativeNames.none(), losses::add));
  }

  private LinkConsumer consume(int prefetch) {
    ConsumerRequest request =
        new ConsumerRequest(new Source.OfQueue(QUEUE), prefetch, Optional.empty(), false);
    return link.openConsumer(request, sink);
  }

  private CompletableFuture<Boolean> send(String text) {
    return send(QUEUE, text);
  }

  private CompletableFuture<Boolean> send(Queue to, String text) {
    CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    Message message = Message.text(text);
    link.openProducer(to, outcome::completeExceptionally)
        .send(
            new OutboundMessage() {
              @Override
              public Message message() {
                return message;
              }

              @Override
              public void confirmed() {
                outcome.complete(true);
              }

              @Override
              public void failed(MessagingException cause) {
                outcome.completeExceptionally(cause);
              }
            });
    return outcome;
  }
}
