package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Browsing;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt ends the call that it is for, stays set, and touches nobody else. */
final class KafkaInterruptTest extends LinkTest {

  @AfterEach
  void deleteQueue() {
    boolean unused = Thread.interrupted();
    link.delete(queue);
  }

  /** What asks the cluster, and waits. */
  enum Call {
    DECLARE,
    EXISTS,
    DEPTH,
    BROWSE,
    CONSUME,
    PRODUCE
  }

  private ThrowingCallable of(Call call) {
    return switch (call) {
      case DECLARE -> () -> link.declare(Queue.of("q." + UUID.randomUUID()), QueueOptions.DEFAULT);
      case EXISTS -> () -> link.exists(queue);
      case DEPTH -> () -> ((DepthQuery) link).depth(queue);
      case BROWSE -> () -> ((Browsing) link).browse(queue).close();
      case CONSUME -> () -> new Taking(link, queue, 1).close();
      case PRODUCE -> () -> link.openProducer(queue, cause -> {}).close();
    };
  }

  @ParameterizedTest
  @EnumSource
  void endsTheInterruptedCallAlone(Call call) throws Exception {
    try (Taking consumer = new Taking(link, queue, 1)) {
      Thread.currentThread().interrupt();
      Throwable ended = catchThrowable(of(call));
      if (ended != null) { // an answer that has come by then is given
        assertThat(ended)
            .isInstanceOfSatisfying(
                MessagingException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERRUPTED));
      }
      assertThat(Thread.interrupted()).as("the thread's flag").isTrue();
      Links.send(link, queue, 1);
      consumer.accept(consumer.take());
    }
  }

  @Test
  void anInterruptedThreadSends() throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Thread.currentThread().interrupt();
    Sent sent = new Sent(Message.text("x"));
    producer.send(sent);
    assertThat(Thread.interrupted()).isTrue();
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void anInterruptedThreadClosesAConsumerInOrder() throws Exception {
    Links.send(link, queue, 1);
    Taking holder = new Taking(link, queue, 1);
    holder.take();
    Thread.currentThread().interrupt();
    holder.close();
    assertThat(Thread.interrupted()).isTrue();
    try (Taking next = new Taking(link, queue, 1)) {
      next.accept(next.take());
    }
  }

  /** The native producer gives up what it has not sent, when an interrupted thread closes it. */
  @Test
  void anInterruptedThreadClosesALinkInOrder() throws Exception {
    Link other = Links.open(broker);
    LinkProducer producer = other.openProducer(queue, cause -> {});
    List<Sent> all =
        Stream.generate(() -> new Sent(Message.bytes(new byte[10_000]))).limit(2_000).toList();
    all.forEach(producer::send);
    Thread.currentThread().interrupt();
    other.close(Links.PATIENCE);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(all).as("confirmed").allMatch(each -> each.outcome().isDone());
    assertThat(((DepthQuery) link).depth(queue).atRest()).isEqualTo(2_000);
  }
}
