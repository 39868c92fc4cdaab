package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Parking on a connection whose broker answers no more: each change of the limit of a channel is a
 * request, and nobody waits for the answer to the one before.
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
}
