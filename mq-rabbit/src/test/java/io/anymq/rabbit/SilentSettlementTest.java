package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.SendInDoubtException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Settlements that block because the broker reads nothing and the socket is full, through the whole
 * library. Some acknowledgements alone fit into the socket's buffer, and would block nobody.
 */
@Timeout(120)
final class SilentSettlementTest {

  private static final int HELD = 20;

  /** Within which a write that has not returned is taken to be blocked. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private static final Duration SEND_TIMEOUT = Duration.ofMillis(500);
  private static final Duration LATE = Duration.ofSeconds(5);
  private static final byte[] LARGE = new byte[256 * 1024];

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final Connection connection =
      ConnectionFactory.of(broker.url() + "?heartbeat=10m&operation-timeout=5s").connect();

  @AfterEach
  void disconnect() {
    broker.resume();
    connection.close();
  }

  @Test
  void aSendEndsInTimeWhileSettlementsAreBlocked() throws Exception {
    Queue queue = Queue.of("q.full." + UUID.randomUUID());
    List<Delivery> held = held(queue);
    Producer producer =
        connection.createProducer(
            Queue.of("q.other." + UUID.randomUUID()),
            ProducerOptions.builder().sendTimeout(SEND_TIMEOUT).build());
    producer.send("the channel is open");
    Channel channel = connection.unwrap(com.rabbitmq.client.Connection.class).createChannel();
    broker.pause();
    fillTheSocketOf(channel);
    held.forEach(Delivery::accept); // a moment later they go to the broker
    awaitBlockedSettlement();
    CompletableFuture<Message> sent = producer.sendAsync(Message.text("x"));
    assertThat(sent)
        .as("a send with a time limit of %s", SEND_TIMEOUT)
        .failsWithin(LATE)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOf(SendInDoubtException.class);
    assertThat(settlementIsBlocked()).as("the settlement is blocked to the end").isTrue();
  }

  private List<Delivery> held(Queue queue) {
    Producer producer = connection.createProducer(queue);
    for (int i = 0; i < HELD; i++) {
      producer.send(String.valueOf(i));
    }
    Consumer consumer =
        connection.createConsumer(
            queue,
            ConsumerOptions.builder()
                .acknowledgement(AcknowledgementMode.MANUAL)
                .prefetch(10 * HELD)
                .build());
    List<Delivery> held = new ArrayList<>();
    while (held.size() < HELD) {
      held.add(consumer.receive(Links.PATIENCE).orElseThrow());
    }
    return held;
  }

  /** The connection that consumes carries whatever a native channel of it writes. */
  private void fillTheSocketOf(Channel channel) throws Exception {
    AtomicLong lastWrite = new AtomicLong(System.nanoTime());
    Thread writer =
        new Thread(
            () -> {
              try {
                while (true) {
                  channel.basicPublish("", "nobody", null, LARGE);
                  lastWrite.set(System.nanoTime());
                }
              } catch (IOException | ShutdownSignalException e) {
                NativeConnection.LOG.debug("The connection has ended, and the test with it", e);
              }
            },
            "test-filling");
    writer.setDaemon(true);
    writer.start();
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (System.nanoTime() - lastWrite.get() < QUIET.toNanos()) {
      assertThat(System.nanoTime() - deadline).as("the socket is full in time").isNegative();
      Thread.sleep(10);
    }
  }

  private static void awaitBlockedSettlement() throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!settlementIsBlocked()) {
      assertThat(System.nanoTime() - deadline).as("a settlement blocks in time").isNegative();
      Thread.sleep(10);
    }
  }

  /** Whether some thread is in the midst of telling the broker of a settlement. */
  private static boolean settlementIsBlocked() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith("anymq-"))
        .map(Map.Entry::getValue)
        .anyMatch(
            stack ->
                Stream.of(stack)
                    .anyMatch(
                        frame ->
                            frame.getClassName().equals(RabbitConsumer.class.getName())
                                && frame.getMethodName().equals("tell")));
  }
}
