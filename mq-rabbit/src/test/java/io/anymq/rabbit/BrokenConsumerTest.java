package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a consumer leaves behind that the broker has ended, on a real broker. */
final class BrokenConsumerTest extends OneLink {

  private final RabbitNames names = new RabbitNames(NativeNames.none());

  @Test
  void aDurableSubscriptionIsFreeForTheNextOfTheSameLink() throws Exception {
    Topic topic = Links.newTopic(link);
    Source source = Links.durable(topic, "s");
    Links.Received first = Links.consume(link, source, 10);
    deleteNative(names.subscription(topic, "s"));
    first.awaitBroken();
    Links.Received second = Links.consume(link, source, 10);
    Links.send(link, topic, 1);
    assertThat(second.next().message().text()).isEqualTo("0");
  }

  @Test
  void theTurnIsFreeForTheNextOfTheSameLink() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.Received first = ordered(queue);
    deleteNative(names.queue(queue));
    first.awaitBroken();
    link.declare(queue, QueueOptions.DEFAULT);
    Links.Received second = ordered(queue);
    Links.send(link, queue, 1);
    assertThat(second.next().message().text()).isEqualTo("0");
  }

  /** Nobody would open another one, or give back what it holds. */
  @Test
  void oneThatFailsToHandOverIsTold() throws Exception {
    Queue queue = Links.newQueue(link);
    CompletableFuture<MessagingException> told = new CompletableFuture<>();
    LinkConsumer failing =
        link.openConsumer(
            new ConsumerRequest(Links.queue(queue), 1, Optional.empty(), false),
            new DeliverySink() {
              @Override
              public void deliver(List<? extends InboundDelivery> deliveries) {
                throw new StackOverflowError("for this test");
              }

              @Override
              public void broken(MessagingException cause) {
                told.complete(cause);
              }
            });
    Links.send(link, queue, 1);
    assertThat(told.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("for this test");
    assertThat(Links.consume(link, Links.queue(queue), 1).next().message().text()).isEqualTo("0");
    failing.close();
  }

  @Test
  void itsThreadsEndBeforeTheLink() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 2);
    Links.Received received = Links.consume(link, Links.queue(queue), 1);
    ((DelayedRelease) received.consumer()).release(received.next(), Duration.ofMinutes(1));
    received.next(); // so the copy is confirmed, and the thread there
    deleteNative(names.queue(queue));
    received.awaitBroken();
    awaitEndOfReleases();
  }

  /** The copy of a released message is never confirmed, as by a connection that has gone silent. */
  @Test
  void whatIsNotConfirmedKeepsNobodyFromTakingItsPlace() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    NativeConnection main = AlteredConnection.open(broker.url(), (method, call) -> call.make());
    CountDownLatch published = new CountDownLatch(1);
    NativeConnection silent =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (method.equals("basicPublish")) {
                published.countDown();
                return null;
              }
              return call.make();
            });
    Links.Received received = new Links.Received();
    RabbitConsumer consumer = delaying(main, silent).open(source(queue), 1, received, each -> {});
    ((DelayedRelease) consumer).release(received.next(), Duration.ofMinutes(1));
    assertThat(published.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    deleteNative(names.queue(queue));
    assertThat(received.awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
    main.close(Links.PATIENCE);
    silent.close(Links.PATIENCE);
  }

  private RabbitConsumers delaying(NativeConnection main, NativeConnection silent) {
    return new RabbitConsumers(
        main,
        () -> silent,
        names,
        new RabbitMapper(names),
        new RabbitDelays(main, names),
        Links.PATIENCE.multipliedBy(3));
  }

  private RabbitSource source(Queue queue) {
    return new RabbitSource(
        names.queue(queue),
        queue.describe(),
        key -> queue,
        true,
        false,
        RabbitSource.Upkeep.HAND_OUTS_AND_DELAYS,
        () -> {});
  }

  private static void awaitEndOfReleases() throws InterruptedException {
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().endsWith("-release")) {
        each.join(Links.PATIENCE.toMillis());
        assertThat(each.isAlive()).as("%s, within %s", each, Links.PATIENCE).isFalse();
      }
    }
  }

  private Links.Received ordered(Queue queue) {
    Links.Received received = new Links.Received();
    link.openConsumer(
        new ConsumerRequest(Links.queue(queue), 10, Optional.empty(), true), received);
    return received;
  }

  private void deleteNative(String queue) throws Exception {
    try (Channel channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.queueDelete(queue);
    }
  }
}
