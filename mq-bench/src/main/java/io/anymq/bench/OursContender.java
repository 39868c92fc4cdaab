package io.anymq.bench;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** AnyMQ through its public API, alike on every backend. */
final class OursContender implements Contender {

  private final Connection connection;
  private @Nullable Queue queue;
  private @Nullable Producer producer;

  OursContender(String url) {
    connection = ConnectionFactory.of(url).connect();
  }

  @Override
  public void prepare(String name) {
    Queue made = Queue.of(name);
    connection.declare(made);
    producer = connection.createProducer(made, ProducerOptions.builder().window(WINDOW).build());
    queue = made;
  }

  @Override
  public void sendConfirmed(int messages) throws InterruptedException {
    Producer to = Objects.requireNonNull(producer, "prepare comes first");
    Confirmations confirmations = new Confirmations(messages, messages);
    BiConsumer<@Nullable Message, @Nullable Throwable> outcome =
        (sent, failure) -> {
          if (failure == null) {
            confirmations.confirm(1);
          } else {
            confirmations.fail(failure);
          }
        };
    for (int number = 0; number < messages; number++) {
      var unused = to.sendAsync(Message.bytes(Payload.of(number))).whenComplete(outcome);
    }
    confirmations.awaitAll();
  }

  @Override
  public void receiveAccepted(Tally tally) throws InterruptedException {
    ConsumerOptions options = ConsumerOptions.builder().prefetch(PREFETCH).build();
    MessageListener listener = delivery -> count(delivery.message(), tally);
    Consumer consumer = connection.createConsumer(queue(), options, listener);
    try {
      tally.await(LIMIT);
    } finally {
      consumer.close();
    }
  }

  private static void count(Message message, Tally tally) {
    try {
      if (tally.add(Payload.number(message.bodyBuffer()))) {
        tally.done();
      }
    } catch (BenchException e) {
      tally.fail(e);
    }
  }

  @Override
  public long left() {
    return connection.depth(queue()).atRest();
  }

  @Override
  public void clear() {
    Producer to = producer;
    if (to != null) {
      to.close();
      producer = null;
    }
    connection.delete(queue());
  }

  @Override
  public void close() {
    connection.close();
  }

  private Queue queue() {
    return Objects.requireNonNull(queue, "prepare comes first");
  }
}
