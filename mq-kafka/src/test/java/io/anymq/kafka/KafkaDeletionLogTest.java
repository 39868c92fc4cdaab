package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is logged when a topic is deleted that is in use: the native clients, left to themselves,
 * ask for it again and again, and warn each time.
 */
final class KafkaDeletionLogTest extends LinkTest {

  /**
   * Left to itself a client logs 1,400 lines a second, for minutes; on a busy machine it is longer
   * before the deletion is noticed, so that there are more of them.
   */
  private static final int A_SECOND = 500;

  /** The clients would go on for minutes. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(3);

  private final String client = "log-" + UUID.randomUUID();
  private final Link user =
      Links.open(
          broker.url(),
          Options.none().with(ConnectionOptions.CLIENT_NAME, client),
          new LinkedBlockingQueue<>());

  @AfterEach
  void closeUser() {
    user.close(Links.PATIENCE);
  }

  private static Sent send(LinkProducer producer, String id) {
    Sent sent = new Sent(Message.text(id).toBuilder().id(id).build());
    producer.send(sent);
    return sent;
  }

  /** Sends until it is told that the topic is gone. */
  private static MessagingException firstFailure(LinkProducer producer) throws Exception {
    for (int i = 0; ; i++) {
      try {
        send(producer, "id-" + i).outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        return (MessagingException) Objects.requireNonNull(e.getCause());
      }
    }
  }

  private static void assertNoStorm(LogLines log, long deletedAt) {
    long seconds = Duration.ofNanos(System.nanoTime() - deletedAt).toSeconds();
    assertThat(log.lines())
        .as("lines in the %d s since a topic was deleted; see LinkWatch, KafkaLink.gone", seconds)
        .hasSizeLessThan(Math.toIntExact(seconds * A_SECOND));
  }

  @Test
  void aQueueThatIsDeletedIsNoStorm() throws Exception {
    String topic = KafkaHarness.NAMES.topic(queue);
    try (LogLines log = new LogLines(client, topic);
        Taking consumer = new Taking(user, queue, 10)) {
      LinkProducer producer = user.openProducer(queue, cause -> {});
      send(producer, "first").outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      consumer.accept(consumer.take());
      long deletedAt = System.nanoTime();
      link.delete(queue); // Another connection; this one is not told.
      assertThat(firstFailure(producer)).isInstanceOf(DestinationNotFoundException.class);
      assertThat(consumer.failure()).isInstanceOf(DestinationNotFoundException.class);
      Thread.sleep(AFTERWARDS.toMillis());
      producer.close();
      assertNoStorm(log, deletedAt);
    }
  }

  @Test
  void aTopicThatIsDeletedIsNoStorm() throws Exception {
    Topic topic = Topic.of("t-" + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source plain = new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false));
    try (LogLines log = new LogLines(client, topic.name());
        Taking consumer = new Taking(user, plain, 10)) {
      LinkProducer producer = user.openProducer(topic, cause -> {});
      send(producer, "first").outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      consumer.accept(consumer.take());
      long deletedAt = System.nanoTime();
      link.delete(topic);
      assertThat(firstFailure(producer)).isInstanceOf(DestinationNotFoundException.class);
      assertThat(consumer.failure()).isInstanceOf(DestinationNotFoundException.class);
      Thread.sleep(AFTERWARDS.toMillis());
      producer.close();
      assertNoStorm(log, deletedAt);
    }
  }
}
