package io.anymq.tck.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A network that swallows what goes one way, behind the API. */
class MemoryNetworkTest {

  private static final Queue QUEUE = Queue.of("work");
  private static final Duration LONG = Duration.ofSeconds(10);

  private final MemoryBrokerHandle broker = new MemoryBrokerHandle(UUID.randomUUID().toString());
  private final Connection direct = ConnectionFactory.of(broker.url()).connect();
  private final Connection proxied =
      ConnectionFactory.builder()
          .url(broker.proxiedUrl())
          .option("operation-timeout", "1s")
          .build()
          .connect();

  @AfterEach
  void close() {
    broker.restoreNetwork();
    proxied.close();
    direct.close();
    broker.close();
  }

  private static Delivery take(Consumer consumer) {
    return consumer.receive(LONG).orElseThrow();
  }

  @Test
  void aSwallowedRequestReachesNobody() {
    Consumer consumer = proxied.createConsumer(QUEUE);
    direct.send(QUEUE, Message.text("1"));
    Delivery first = take(consumer);
    proxied.send(Queue.of("other"), Message.text("before"));
    broker.swallowRequests();
    first.accept();
    CompletableFuture<Message> send = proxied.sendAsync(Queue.of("other"), Message.text("2"));
    assertThatThrownBy(() -> proxied.exists(QUEUE)).isInstanceOf(MessagingTimeoutException.class);
    direct.send(QUEUE, Message.text("3"));
    assertThat(take(consumer).message().text()).as("what the broker sends").isEqualTo("3");
    assertThat(direct.depth(Queue.of("other")).atRest()).isEqualTo(1);
    assertThat(direct.depth(QUEUE).inFlight()).hasValue(2);
    assertThat(send).isNotDone();
    broker.restoreNetwork();
    Delivery again = take(consumer);
    assertThat(again.message().text()).isEqualTo("1");
    assertThat(again.redelivered()).isTrue();
    assertThat(send).succeedsWithin(LONG);
  }

  @Test
  void aSwallowedAnswerComesToNobody() {
    Consumer consumer = proxied.createConsumer(QUEUE);
    proxied.send(Queue.of("other"), Message.text("before"));
    broker.swallowAnswers();
    CompletableFuture<Message> send = proxied.sendAsync(Queue.of("other"), Message.text("1"));
    direct.send(QUEUE, Message.text("2"));
    assertThatThrownBy(() -> proxied.exists(QUEUE)).isInstanceOf(MessagingTimeoutException.class);
    assertThat(direct.depth(QUEUE).inFlight()).as("the broker has sent it").hasValue(1);
    assertThat(consumer.receiveNoWait()).isEmpty();
    assertThat(send).isNotDone();
    broker.cutNetwork();
    broker.restoreNetwork();
    assertThat(take(consumer).message().text()).isEqualTo("2");
    assertThat(send).succeedsWithin(LONG);
  }

  @Test
  void aGoodbyeIsSwallowedToo() {
    Consumer consumer = proxied.createConsumer(QUEUE);
    direct.send(QUEUE, Message.text("1"));
    assertThat(take(consumer).settled()).isFalse();
    broker.swallowRequests();
    proxied.close();
    assertThat(direct.depth(QUEUE).inFlight()).hasValue(1);
    broker.restoreNetwork();
    assertThat(take(direct.createConsumer(QUEUE)).redelivered()).isTrue();
  }

  @Test
  void whatLostNothingGoesOn() {
    proxied.send(QUEUE, Message.text("1"));
    broker.swallowAnswers();
    broker.restoreNetwork();
    proxied.send(QUEUE, Message.text("2"));
    assertThat(direct.depth(QUEUE).atRest()).isEqualTo(2);
  }
}
