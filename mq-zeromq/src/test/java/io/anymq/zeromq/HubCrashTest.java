package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub's process is killed in the middle of its work, and started again on its data. */
@Timeout(120)
class HubCrashTest {

  private static final Queue FROM = Queue.of("from");
  private static final Queue TO = Queue.of("to");
  private static final int MOST = 100_000;
  private static final String KILOBYTE = "x".repeat(1_000);

  @TempDir private Path data;

  @ParameterizedTest
  @ValueSource(ints = {1, 3_000, 20_000})
  void whatWasConfirmedIsThereInOrder(int killedAfter) throws Exception {
    List<CompletableFuture<Message>> sent;
    try (HubProcess hub = new HubProcess(data)) {
      sent = sendUntilKilled(hub, killedAfter);
    }
    int confirmed = (int) sent.stream().filter(HubCrashTest::isConfirmed).count();
    assertThat(confirmed).isBetween(killedAfter, MOST - 1);
    try (HubProcess hub = new HubProcess(data);
        Connection connection = hub.connect()) {
      assertThat(connection.capabilities().supports(Capability.PERSISTENCE)).isTrue();
      long depth = connection.depth(FROM).atRest();
      assertThat(depth).isBetween((long) confirmed, (long) sent.size());
      List<Integer> numbers = drain(connection, FROM, depth);
      // In order and without a gap, so that all that was confirmed is among them.
      for (int i = 0; i < numbers.size(); i++) {
        assertThat(numbers.get(i)).isEqualTo(i);
      }
    }
  }

  private static List<CompletableFuture<Message>> sendUntilKilled(HubProcess hub, int killedAfter)
      throws InterruptedException {
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    AtomicInteger confirmations = new AtomicInteger();
    Connection connection = hub.connect();
    try (Producer producer = connection.createProducer(FROM)) {
      while (sent.size() < MOST && confirmations.get() < killedAfter) {
        sent.add(send(producer, sent.size(), confirmations));
      }
      // The window is full of sends that nobody waits for when the process goes.
      hub.kill();
    } catch (MessagingException e) {
      assertThat(e.code().isTransient()).isTrue();
    } finally {
      connection.close();
    }
    return sent;
  }

  private static CompletableFuture<Message> send(
      Producer producer, int number, AtomicInteger confirmations) {
    return producer
        .sendAsync(Message.text(number + " " + KILOBYTE))
        .whenComplete(
            (message, failure) -> {
              if (failure == null) {
                confirmations.incrementAndGet();
              }
            });
  }

  private static boolean isConfirmed(CompletableFuture<Message> sending) {
    return sending.isDone() && !sending.isCompletedExceptionally();
  }

  private static List<Integer> drain(Connection connection, Queue queue, long count) {
    List<Integer> numbers = new ArrayList<>();
    try (Consumer consumer = connection.createConsumer(queue)) {
      while (numbers.size() < count) {
        Optional<Delivery> delivery = consumer.receive(Duration.ofSeconds(10));
        assertThat(delivery).as("message %d of %d", numbers.size(), count).isPresent();
        String text = delivery.orElseThrow().message().text();
        numbers.add(Integer.parseInt(text.substring(0, text.indexOf(' '))));
        delivery.orElseThrow().accept();
      }
    }
    return numbers;
  }

  @Test
  void aUnitOfWorkIsDoneOrNot() throws Exception {
    int messages = 10_000;
    AtomicInteger committed = new AtomicInteger();
    try (HubProcess hub = new HubProcess(data)) {
      Connection connection = hub.connect();
      fill(connection, messages);
      CompletableFuture<Void> moving =
          CompletableFuture.runAsync(() -> moveUntilItFails(connection, committed));
      while (committed.get() < 20) {
        Thread.onSpinWait();
      }
      hub.kill();
      moving.get(60, TimeUnit.SECONDS);
      connection.close();
    }
    try (HubProcess hub = new HubProcess(data);
        Connection connection = hub.connect()) {
      List<Integer> left = drain(connection, FROM, connection.depth(FROM).atRest());
      List<Integer> moved = drain(connection, TO, connection.depth(TO).atRest());
      assertThat(moved.size()).isGreaterThanOrEqualTo(committed.get() * 10);
      assertThat(moved.size() % 10).as("messages of units done in part").isZero();
      List<Integer> all = new ArrayList<>(moved);
      all.addAll(left);
      assertThat(all).hasSize(messages).doesNotHaveDuplicates();
    }
  }

  private static void fill(Connection connection, int messages) {
    connection.declare(TO);
    List<CompletableFuture<Message>> sent = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      sent.add(connection.sendAsync(FROM, Message.text(i + " ")));
    }
    sent.forEach(CompletableFuture::join);
  }

  /** Ten messages in each unit of work. */
  private static void moveUntilItFails(Connection connection, AtomicInteger committed) {
    try (Session session = connection.createSession()) {
      Producer to = session.createProducer(TO);
      Consumer from = session.createConsumer(FROM);
      while (true) {
        for (int i = 0; i < 10; i++) {
          to.send(from.receive(Duration.ofSeconds(10)).orElseThrow().message());
        }
        session.commit();
        committed.incrementAndGet();
      }
    } catch (MessagingException e) {
      assertThat(e.code().isTransient()).as(e.toString()).isTrue();
    }
  }
}
