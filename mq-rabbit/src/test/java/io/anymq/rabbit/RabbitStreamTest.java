package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Options;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics that keep what is sent, on a real broker: what the kit's rules do not look at. */
@Timeout(60)
final class RabbitStreamTest {

  private static final Options KEPT =
      Options.none().with(RabbitOptions.REPLAY_RETENTION, Duration.ofHours(1));

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link = Links.open(broker.url(), KEPT);
  private final RabbitLink other = Links.open(broker.url());
  private final Topic topic = Links.newTopic(link);

  @AfterEach
  void disconnect() {
    link.delete(topic);
    for (RabbitLink each : List.of(link, other)) {
      each.close(Duration.ofSeconds(5));
    }
  }

  /** The sender goes on, as another may have made it; whoever replays lacks what it sends. */
  @Test
  void aStreamThatIsNotUpIsNamedThoughAnotherWasRefusedBefore() {
    Topic refused = Topic.of("t.refused." + UUID.randomUUID());
    Topic down = Topic.of("t.down." + UUID.randomUUID());
    AtomicReference<Method> close = new AtomicReference<>();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (method.equals("queueDeclare")) {
                throw new IOException(new ShutdownSignalException(false, false, close.get(), null));
              }
              return call.make();
            });
    RabbitStreams streams = RabbitStreams.of(altered, RabbitNames.none(), KEPT).orElseThrow();
    try (LogLines log = new LogLines(refused.name(), down.name())) {
      close.set(close(AMQP.ACCESS_REFUSED, "ACCESS_REFUSED - access to queue"));
      streams.keepWherePermitted(refused);
      close.set(
          close(
              AMQP.NOT_FOUND,
              "NOT_FOUND - home node of durable queue 'q' is down or inaccessible"));
      streams.keepWherePermitted(down);
      assertThat(log.lines())
          .satisfiesExactly(
              first -> assertThat(first).contains("may not make", refused.name()),
              second -> assertThat(second).contains("has not started", down.name()));
    } finally {
      altered.close(Links.PATIENCE);
    }
  }

  private static Method close(int code, String text) {
    return new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build();
  }

  private Links.Received replay(Instant from) {
    return subscribe(Optional.of(from), Optional.empty());
  }

  private Links.Received subscribe(Optional<Instant> from, Optional<String> after) {
    Source.Terms terms = new Source.Terms(Optional.empty(), false, false, from, after);
    return Links.consume(link, new Source.OfTopic(topic, terms), 100);
  }

  private static List<String> texts(Links.Received received, int count) throws Exception {
    return received.next(count).stream().map(each -> each.message().text()).toList();
  }

  private static Message at(String text, Instant moment) {
    return Links.text(text).toBuilder().timestamp(moment).build();
  }

  private void publishForeign(String text) throws Exception {
    Connection connection = other.unwrap(Connection.class).orElseThrow();
    try (Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish(
          "topic/" + topic.name(),
          "any.key",
          new BasicProperties(),
          text.getBytes(StandardCharsets.UTF_8));
      channel.waitForConfirmsOrDie(10_000);
    }
  }

  @Test
  void whatOthersSendIsKeptToo() throws Exception {
    Instant before = Instant.now().minusSeconds(5);
    Links.send(other, topic, 2);
    publishForeign("foreign");
    assertThat(texts(replay(Instant.EPOCH), 3)).containsExactly("0", "1", "foreign");
    assertThat(texts(replay(before), 3)).endsWith("foreign");
  }

  @Test
  void aMomentIsFoundThoughTheSendersClockIsAhead() throws Exception {
    Instant ahead = Instant.now().plusSeconds(30);
    Links.send(other, topic, List.of(at("before", ahead.minusSeconds(1)), at("after", ahead)));
    while (Instant.now().isBefore(ahead.minusSeconds(29))) {
      Thread.onSpinWait();
    }
    Links.send(other, topic, List.of(at("in the past", Instant.EPOCH.plusSeconds(1))));
    StreamStart start = StreamStart.from(Instant.now().minusSeconds(20));
    assertThat(start.admits(at("a", Instant.now().minusSeconds(21)))).isFalse();
    assertThat(start.admits(at("a", Instant.now()))).isTrue();
    assertThat(start.admits(at("a", Instant.EPOCH))).isTrue();
    assertThat(texts(replay(Instant.now().minusSeconds(1)), 3))
        .containsExactly("before", "after", "in the past");
  }

  @Test
  void whatTheBrokerKeepsInTablesElsewhereIsReplayedExactly() throws Exception {
    Message message =
        Links.text("a").toBuilder()
            .property("CC", "reserved")
            .property("x-delivery-count", 5L)
            .property("n".repeat(255), Double.NaN)
            .property("infinite", Float.NEGATIVE_INFINITY)
            .priority(9)
            .build();
    Links.send(other, topic, List.of(message));
    Message replayed = replay(Instant.EPOCH).next().message();
    assertThat(replayed.properties()).isEqualTo(message.properties());
    assertThat(replayed.priority()).isEqualTo(9);
  }

  @Test
  void aDelayedMessageIsKeptWhenItIsDue() throws Exception {
    Message later = Links.text("a").toBuilder().deliveryDelay(Duration.ofMillis(300)).build();
    Links.Received live = subscribe(Optional.empty(), Optional.empty());
    Links.send(other, topic, List.of(later));
    InboundDelivery due = live.next();
    String before = String.valueOf(Long.parseLong(due.position().orElseThrow()) - 1);
    if (!before.startsWith("-")) {
      assertThat(texts(subscribe(Optional.empty(), Optional.of(before)), 1)).containsExactly("a");
    }
    assertThat(texts(replay(Instant.EPOCH), 1)).containsExactly("a");
  }

  @Test
  void whatIsNoPositionIsRefused() {
    for (String wrong : List.of("", "-1", "1.0", "x", "9".repeat(30))) {
      assertThatThrownBy(() -> subscribe(Optional.empty(), Optional.of(wrong)))
          .isInstanceOf(InvalidOptionException.class);
    }
  }

  @Test
  void aTopicThatIsMadeAgainHasNoPast() throws Exception {
    Links.send(other, topic, 3);
    link.delete(topic);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.Received received = replay(Instant.EPOCH);
    Links.send(other, topic, List.of(Links.text("new")));
    assertThat(texts(received, 1)).containsExactly("new");
  }

  /** By a connection that has nothing kept. */
  @Test
  void aTopicThatOthersDeleteHasNoPastEither() throws Exception {
    Links.send(other, topic, 3);
    other.delete(topic);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(other, topic, List.of(Links.text("new")));
    assertThat(texts(replay(Instant.EPOCH), 1)).containsExactly("new");
  }

  /** The stream that this link has seen went with the former topic. */
  @Test
  void whatIsSentWhileSomebodyElseMakesTheTopicAgainIsKept() throws Exception {
    link.declare(topic, QueueOptions.DEFAULT);
    other.delete(topic);
    other.declare(topic, QueueOptions.DEFAULT);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, List.of(Links.text("first")));
    assertThat(texts(replay(Instant.EPOCH), 1)).containsExactly("first");
  }

  @Test
  void aProducerThatMayNotMakeTheTopicHasItKeepWhatItSends() throws Exception {
    Topic made = Links.newTopic(other);
    Links.send(link, made, List.of(Links.text("first")));
    Source.Terms all =
        new Source.Terms(
            Optional.empty(), false, false, Optional.of(Instant.EPOCH), Optional.empty());
    Links.Received received = Links.consume(link, new Source.OfTopic(made, all), 100);
    assertThat(texts(received, 1)).containsExactly("first");
    link.delete(made);
  }

  @Test
  void aStreamThatExistsStaysAsItWasMade() throws Exception {
    Links.send(other, topic, 1);
    Options less = KEPT.with(RabbitOptions.REPLAY_BYTES, 1_000_000L);
    RabbitLink third = Links.open(broker.url(), less);
    third.declare(topic, QueueOptions.DEFAULT);
    Source.Terms terms =
        new Source.Terms(
            Optional.empty(), false, false, Optional.of(Instant.EPOCH), Optional.empty());
    Links.Received received = Links.consume(third, new Source.OfTopic(topic, terms), 1);
    assertThat(texts(received, 1)).containsExactly("0");
    third.close(Duration.ofSeconds(5));
  }

  /** A slow one takes more than the prefetch, settled in any order. */
  @Test
  void moreThanThePrefetchComesInOrder() throws Exception {
    Links.send(other, topic, 1_000);
    Links.Received received = replay(Instant.EPOCH);
    List<String> texts = new ArrayList<>();
    while (texts.size() < 1_000) {
      InboundDelivery next = received.next();
      texts.add(next.message().text());
      received.accept(next);
    }
    assertThat(texts)
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 1_000).mapToObj(String::valueOf).toList());
  }
}
