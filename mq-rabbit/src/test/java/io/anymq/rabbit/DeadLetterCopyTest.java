package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.DeadLetter;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Dead letters of foreign messages keep what no portable message carries. */
final class DeadLetterCopyTest extends OneLink {

  /** The core tries again each second. */
  private static final Duration LATER_ATTEMPTS = Duration.ofSeconds(4);

  private static final int ROUND = 40;

  @Test
  void everyNativeHeaderAndFieldIsKept() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue dead = Links.newQueue(link);
    Map<String, Object> headers = new HashMap<>();
    headers.put("list", List.of(1, "two", Map.of("three", 3L)));
    headers.put("table", Map.of("a", List.of(true)));
    headers.put("bytes", new byte[] {0, -1});
    headers.put("x-death", List.of(Map.of("queue", "theirs", "reason", "rejected", "count", 3L)));
    headers.put("x-first-death-queue", "theirs");
    headers.put("", 1); // no property, and no fault
    headers.put("x-anymq-key", 17); // malformed: it cannot be decoded
    BasicProperties sent =
        new BasicProperties.Builder()
            .headers(headers)
            .contentType("application/x-theirs")
            .contentEncoding("gzip")
            .expiration("60000")
            .userId("guest")
            .type("theirs")
            .build();
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      foreign.publish(queue, sent, new byte[] {1, 2, 3});
      InboundDelivery delivery = Links.consume(link, Links.queue(queue), 1).next();
      assertThat(delivery.undecodable()).isPresent();
      bury(dead, delivery, "malformed");
      com.rabbitmq.client.Delivery letter =
          foreign.readDelivery(dead, Links.PATIENCE).orElseThrow(AssertionError::new);
      assertThat(letter.getBody()).containsExactly(1, 2, 3);
      BasicProperties kept = letter.getProperties();
      assertThat(kept.getContentEncoding()).isEqualTo("gzip");
      assertThat(kept.getContentType()).isEqualTo("application/x-theirs");
      assertThat(kept.getType()).isEqualTo("theirs");
      assertThat(kept.getExpiration()).isNull();
      Map<String, Object> came = ((RabbitDelivery) delivery).properties().getHeaders();
      came.forEach(
          (name, value) ->
              assertThat(text(kept.getHeaders().get(nameInLetter(name))))
                  .as(name)
                  .isEqualTo(text(value)));
      assertThat(text(kept.getHeaders().get(DeadLetter.REASON_PROPERTY))).isEqualTo("UNDECODABLE");
    }
  }

  /** What made the message undecodable would make its letter so under its own name. */
  private static String nameInLetter(String name) {
    return name.startsWith(RabbitHeaders.PREFIX) ? NativeCopy.KEPT + name : name;
  }

  @Test
  void tablesAndArraysAreJsonTexts() throws Exception {
    Queue queue = Links.newQueue(link);
    BasicProperties sent =
        new BasicProperties.Builder()
            .headers(Map.of("list", List.of(1, "a\"b", List.of(), Map.of("k", true))))
            .build();
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      foreign.publish(queue, sent, new byte[0]);
    }
    InboundDelivery delivery = Links.consume(link, Links.queue(queue), 1).next();
    assertThat(delivery.undecodable()).isEmpty();
    assertThat(delivery.message().property("list", String.class))
        .contains("[1,\"a\\\"b\",[],{\"k\":true}]");
  }

  /** All that a message has beside its body goes into one frame, and the marks too. */
  @Test
  void whatIsAdmittedCanBeDeadLettered() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue dead = Links.newQueue(link);
    for (int chars : List.of(122_800, 123_500, 130_900)) {
      LinkProducer producer = link.openProducer(queue, cause -> {});
      assertThat(Links.send(producer, withProperty(chars)).failure())
          .as("%d characters", chars)
          .isInstanceOf(MessageTooLargeException.class);
      Links.send(producer, withProperty(10)).await();
      producer.close();
    }
    Links.send(link, queue, List.of(withProperty(122_000)));
    List<InboundDelivery> all = Links.consume(link, Links.queue(queue), 10).next(4);
    bury(dead, all.get(3), "\u00e9".repeat(1000));
    Links.awaitDepth(link, dead, 1);
  }

  /** A native client may fill a frame, and its letter has marks as well: nothing else fails. */
  @Test
  void aLetterThatDoesNotFitFailsAlone() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue dead = Links.newQueue(link);
    Links.send(link, queue, 20);
    publishFillingAFrame(queue);
    List<InboundDelivery> all = Links.consume(link, Links.queue(queue), 30).next(21);
    CompletableFuture<MessagingException> broken = new CompletableFuture<>();
    LinkProducer producer = link.openProducer(dead, broken::complete);
    List<Links.Letter> letters = new ArrayList<>();
    for (InboundDelivery each : List.of(all.get(20), all.get(0))) {
      letters.add(letter(each, "a fault"));
    }
    all.subList(1, 20).forEach(each -> letters.add(letter(each, null)));
    letters.forEach(producer::send);
    assertThat(letters.get(0).sent().failure()).isInstanceOf(MessageTooLargeException.class);
    for (Links.Letter other : letters.subList(1, 21)) {
      other.sent().await();
    }
    assertThat(broken).as("the producer").isNotDone();
    Links.awaitDepth(link, dead, 20);
  }

  /** A name that is kept under a longer one may become too long. */
  @Test
  void aLetterWhoseHeadersHaveTooLongNamesFailsAlone() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue dead = Links.newQueue(link);
    Map<String, Object> headers = Map.of("x-anymq-key", 17, "x-anymq-" + "n".repeat(245), "v");
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      BasicProperties sent = new BasicProperties.Builder().headers(headers).build();
      foreign.publish(queue, sent, new byte[0]);
    }
    Links.send(link, queue, 1);
    List<InboundDelivery> all = Links.consume(link, Links.queue(queue), 2).next(2);
    CompletableFuture<MessagingException> broken = new CompletableFuture<>();
    LinkProducer producer = link.openProducer(dead, broken::complete);
    Links.Letter first = letter(all.get(0), "malformed");
    producer.send(first);
    assertThat(first.sent().failure())
        .isInstanceOf(MessageTooLargeException.class)
        .hasMessageContaining("its header 'x-anymq-native-x-anymq-nnn")
        .hasMessageContaining("shorten that header's name by 13 bytes");
    Links.Letter second = letter(all.get(1), null);
    producer.send(second);
    second.sent().await();
    assertThat(broken).as("the producer").isNotDone();
  }

  /** Through the whole library, whose attempts to send the one letter go on meanwhile. */
  @Test
  void othersAreDeadLetteredOnceBesideOneThatDoesNotFit() throws Exception {
    Queue queue = Links.newQueue(link);
    int rejected = 0;
    try (Connection connection = ConnectionFactory.of(broker.url()).connect()) {
      Consumer consumer = connection.createConsumer(queue);
      Producer producer = connection.createProducer(queue);
      long end = System.nanoTime() + LATER_ATTEMPTS.toNanos();
      while (System.nanoTime() < end) {
        CompletableFuture.allOf(
                IntStream.range(0, ROUND)
                    .mapToObj(i -> producer.sendAsync(Message.text("small")))
                    .toArray(CompletableFuture[]::new))
            .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (rejected == 0) {
          publishFillingAFrame(queue);
        }
        rejected += reject(consumer, rejected == 0);
      }
    }
    Links.awaitDepth(link, queue, 1);
    assertThat(link.depth(queue.deadLetterQueue()).atRest())
        .as("dead letters of %d rejected messages", rejected)
        .isEqualTo(rejected);
  }

  /** The one that does not fit comes again, and its letter is tried again then. */
  private static int reject(Consumer consumer, boolean last) {
    int small = 0;
    boolean large = false;
    while (small < ROUND || (last && !large)) {
      Delivery delivery = consumer.receive(Links.PATIENCE).orElseThrow();
      boolean fits = delivery.message().text().equals("small");
      small += fits ? 1 : 0;
      large |= !fits;
      delivery.reject("a fault");
    }
    return small;
  }

  private void publishFillingAFrame(Queue queue) throws Exception {
    Map<String, Object> headers = Map.of("h", "h".repeat(130_900));
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      foreign.publish(
          queue, new BasicProperties.Builder().headers(headers).build(), new byte[] {1});
    }
  }

  /** The native id is not the one that the letter has, or it has none. */
  @Test
  void aLetterThatComesBackIsFound() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue missing = Queue.of("q.missing." + System.nanoTime());
    Map<String, Object> headers = Map.of("x-anymq-key", 17, "x-anymq-id", "portable");
    try (RabbitNativeClient foreign = RabbitNativeClient.connect(broker.url())) {
      for (String id : Arrays.asList(null, "theirs")) {
        BasicProperties sent = new BasicProperties.Builder().headers(headers).messageId(id).build();
        foreign.publish(queue, sent, new byte[0]);
      }
    }
    for (InboundDelivery delivery : Links.consume(link, Links.queue(queue), 2).next(2)) {
      assertThat(delivery.undecodable()).isPresent();
      assertThatThrownBy(() -> bury(missing, delivery, "malformed"))
          .hasCauseInstanceOf(DestinationNotFoundException.class);
    }
  }

  private static Message withProperty(int chars) {
    return Links.text("big").toBuilder().property("p", "p".repeat(chars)).build();
  }

  @Test
  void oneThatIsBuriedAgainHasTheLastMarksAlone() throws Exception {
    Queue queue = Links.newQueue(link);
    Queue dead = Links.newQueue(link);
    Queue last = Links.newQueue(link);
    Links.send(link, queue, 1);
    bury(dead, Links.consume(link, Links.queue(queue), 1).next(), "the first time");
    bury(last, Links.consume(link, Links.queue(dead), 1).next(), null);
    Message letter = Links.consume(link, Links.queue(last), 1).next().message();
    assertThat(DeadLetter.of(letter).orElseThrow().error()).isNull();
  }

  private void bury(Queue dead, InboundDelivery delivery, @Nullable String error) throws Exception {
    Links.Letter letter = letter(delivery, error);
    LinkProducer producer = link.openProducer(dead, cause -> {});
    producer.send(letter);
    letter.sent().await();
    producer.close();
  }

  private static Links.Letter letter(InboundDelivery delivery, @Nullable String error) {
    DeadLetter why =
        new DeadLetter(DeadLetter.Reason.UNDECODABLE, 1, "queue:" + "q".repeat(200), null, error);
    return new Links.Letter(new Links.Sent(why.mark(delivery.message())), delivery);
  }

  /** Comparable: the client's own types for texts, and arrays. */
  private static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    }
    if (value instanceof LongString || value == null) {
      return String.valueOf(value);
    }
    return value.getClass() + " " + value;
  }
}
