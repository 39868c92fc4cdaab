package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Parking on a connection whose broker answers no more. Each change of a channel's limit is a
 * request, and each change of a native consumer: nobody waits for the answer to the one before.
 */
@Timeout(120)
final class SilentParkingTest {

  /** So long that the connection is not lost while the test looks. */
  private static final Duration HEARTBEAT = Duration.ofMinutes(10);

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link =
      Links.open(broker.proxiedUrl(), Options.none().with(RabbitOptions.HEARTBEAT, HEARTBEAT));
  private final RabbitLink other = Links.open(broker.url());

  @AfterEach
  void disconnect() {
    broker.restoreNetwork();
    link.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  /** The second parking is the one that could wait for the answer to the first. */
  @Test
  void nobodyWaitsForAnAnswerAndWhatWasSettledIsSettled() throws Exception {
    Queue queue = Queue.of("q.silent." + UUID.randomUUID());
    link.declare(queue, QueueOptions.builder().maxLength(100).build());
    Links.send(link, queue, 6);
    Links.Received received = Links.consume(link, Links.queue(queue), 6);
    List<InboundDelivery> all = received.next(6);
    Parking lot = (Parking) received.consumer();
    broker.swallowAnswers();
    CompletableFuture<Void> done = new CompletableFuture<>();
    CountDownLatch settled = new CountDownLatch(3);
    Thread settling =
        new Thread(
            () -> {
              lot.park(all.get(0));
              lot.park(all.get(1));
              received.accept(all.get(2));
              settled.countDown();
              lot.park(all.get(3));
              lot.unpark(all.get(0));
              received.accept(all.get(0));
              settled.countDown();
              lot.unpark(all.get(1));
              received.accept(all.get(1));
              settled.countDown();
              done.complete(null);
            },
            "test-settling");
    settling.start();
    boolean inTime = settled.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(inTime).as("%d settlements of 3 are blocked", settled.getCount()).isTrue();
    done.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // No answer to the close comes, so the broker has had what was settled for as long as it waits;
    // and what it answered was swallowed, so that the network resets the connection.
    link.close(Duration.ofSeconds(1));
    broker.restoreNetwork();
    Links.Received next = Links.consume(other, Links.queue(queue), 10);
    assertThat(next.next(3))
        .as("what was accepted comes to nobody, and what was parked comes again")
        .extracting(each -> each.message().text())
        .containsExactly("3", "4", "5");
  }

  /** What is settled while another native consumer is asked for is told afterwards, or is lost. */
  @Test
  void nobodyWaitsForTheNextConsumerOfAKeyOrderedOne() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 6);
    Links.Received received = Links.consume(link, keyOrdered(queue, 3));
    List<InboundDelivery> all = received.next(3);
    Parking lot = (Parking) received.consumer();
    broker.swallowAnswers();
    inTime(
        () -> {
          lot.park(all.get(0));
          lot.park(all.get(1));
          received.accept(all.get(2));
          lot.unpark(all.get(1));
          received.accept(all.get(1));
        });
    broker.cutNetwork(); // which ends the connection
    assertComeAgain(keyOrdered(queue, 10), "0", "3", "4", "5");
  }

  private static ConsumerRequest keyOrdered(Queue queue, int prefetch) {
    return new ConsumerRequest(Links.queue(queue), prefetch, Optional.empty(), true);
  }

  private static void inTime(Runnable settlements) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          try {
            settlements.run();
            done.complete(null);
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        };
    new Thread(work, "test-settling").start();
    try {
      done.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("A settlement waits for an answer of a silent broker", e);
    }
  }

  /** What was accepted may come, too, as the broker may not have heard of it. */
  private void assertComeAgain(ConsumerRequest request, String... texts) throws Exception {
    Links.Received next = Links.consumeWhenFree(other, request);
    List<String> expected = List.of(texts);
    List<String> came = new ArrayList<>();
    while (came.size() < expected.size()) {
      String text = next.next().message().text();
      if (expected.contains(text)) {
        came.add(text);
      }
    }
    assertThat(came).isEqualTo(expected);
  }
}
