package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a link does, over each transport. */
@ParameterizedClass
@ValueSource(strings = {"tcp", "ipc", "inproc"})
class LinkTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final Topic TOPIC = Topic.of("prices");

  @Parameter String transport = "";
  @TempDir Path directory;

  private ZeroMqHub hub;
  private ZeroMqLink link;
  private ZeroMqLink other;

  /**
   * A path whose port is free: JeroMQ's ipc is TCP on 10000 + |hash of the path| % 55536, and from
   * 32768 on another program's outgoing connection may have it.
   */
  private String freeIpc() throws IOException {
    for (int i = 0; ; i++) {
      String path = directory.resolve("hub" + i).toString();
      int port = 10_000 + Math.abs(path.hashCode() % 55_536);
      if (port < 32_768 && isFree(port)) {
        return "ipc://" + path;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @BeforeEach
  void open() throws IOException {
    String address =
        switch (transport) {
          case "tcp" -> "tcp://127.0.0.1:0";
          case "ipc" -> freeIpc();
          default -> "inproc://link-test";
        };
    hub = ZeroMqHub.builder().bind(address).start();
    link = Links.connect(hub.url());
    other = Links.connect(hub.url());
    link.declare(QUEUE, QueueOptions.DEFAULT);
    link.declare(TOPIC, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    link.close(Links.LIMIT);
    other.close(Links.LIMIT);
    hub.close();
  }

  private static void settle(LinkConsumer consumer, Outcome outcome, InboundDelivery... which) {
    consumer.settle(outcome, List.of(which));
  }

  private static String[] numbered(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
  }

  @Test
  void whatIsSentArrivesInOrderAndIsGoneWhenAccepted() throws Exception {
    Links.send(link, QUEUE, numbered(1000));
    assertThat(other.depth(QUEUE).atRest()).isEqualTo(1000);
    Inbox inbox = new Inbox();
    LinkConsumer consumer = other.openConsumer(Links.from(QUEUE, 2000), inbox);
    List<InboundDelivery> all = inbox.next(1000);
    assertThat(all).extracting(d -> d.message().text()).containsExactly(numbered(1000));
    assertThat(all).noneMatch(InboundDelivery::redelivered);
    assertThat(all).extracting(InboundDelivery::deliveryCount).containsOnly(1);
    consumer.settle(Outcome.ACCEPT, all);
    consumer.close();
    assertThat(link.depth(QUEUE).atRest()).isZero();
  }

  @Test
  void depthTellsWhatIsReadyAndWhatIsInFlight() throws Exception {
    Links.send(link, QUEUE, numbered(10));
    Inbox inbox = new Inbox();
    LinkConsumer consumer = other.openConsumer(Links.from(QUEUE, 4), inbox);
    InboundDelivery first = inbox.next(4).get(0);
    QueueDepth held = link.depth(QUEUE);
    assertThat(held.atRest()).isEqualTo(10);
    assertThat(held.total()).hasValue(held.ready().orElseThrow() + held.inFlight().orElseThrow());
    assertThat(held.inFlight()).isEqualTo(OptionalLong.of(4));
    settle(consumer, Outcome.ACCEPT, first);
    inbox.next();
    assertThat(link.depth(QUEUE).atRest()).isEqualTo(9);
    consumer.close();
    assertThat(link.depth(QUEUE).inFlight()).isEqualTo(OptionalLong.of(0));
  }

  @Test
  void prefetchBoundsWhatAConsumerHolds() throws Exception {
    Inbox inbox = new Inbox();
    link.openConsumer(Links.from(QUEUE, 3), inbox);
    Links.send(other, QUEUE, numbered(10));
    inbox.next(3);
    assertThat(other.depth(QUEUE).inFlight()).isEqualTo(OptionalLong.of(3));
    assertThat(inbox.waiting()).isZero();
  }

  @Test
  void releasedMessagesComeBackInTheirOldOrderAndCounted() throws Exception {
    Links.send(link, QUEUE, numbered(6));
    Inbox inbox = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 4), inbox);
    List<InboundDelivery> held = inbox.next(4);
    settle(consumer, Outcome.RELEASE, held.get(2), held.get(0));
    settle(consumer, Outcome.ACCEPT, held.get(1), held.get(3));
    List<InboundDelivery> again = inbox.next(4);
    assertThat(again).extracting(d -> d.message().text()).containsExactly("0", "2", "4", "5");
    assertThat(again).extracting(InboundDelivery::deliveryCount).containsExactly(2, 2, 1, 1);
    assertThat(again)
        .extracting(InboundDelivery::redelivered)
        .containsExactly(true, true, false, false);
  }

  @Test
  void competingConsumersShareEvenly() throws Exception {
    Inbox one = new Inbox();
    Inbox two = new Inbox();
    link.openConsumer(Links.from(QUEUE, 100), one);
    other.openConsumer(Links.from(QUEUE, 100), two);
    Links.send(link, QUEUE, numbered(100));
    assertThat(one.next(50)).hasSize(50);
    assertThat(two.next(50)).hasSize(50);
  }

  @Test
  void closingAConsumerGivesBackWhatItHeld() throws Exception {
    Links.send(link, QUEUE, "a", "b");
    Inbox first = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 2), first);
    List<InboundDelivery> both = first.next(2);
    both.forEach(delivery -> ((ZeroMqDelivery) delivery).handedOut());
    settle(consumer, Outcome.ACCEPT, both.get(0));
    consumer.close();
    Inbox second = new Inbox();
    other.openConsumer(Links.from(QUEUE, 2), second);
    InboundDelivery again = second.next();
    assertThat(again.message().text()).isEqualTo("b");
    assertThat(again.redelivered()).isTrue();
    assertThat(again.deliveryCount()).isEqualTo(2);
    assertThat(second.waiting()).isZero();
  }

  @Test
  void closingALinkGivesBackWhatItsConsumersHeld() throws Exception {
    Links.send(link, QUEUE, "a");
    Inbox first = new Inbox();
    other.openConsumer(Links.from(QUEUE, 2), first);
    ((ZeroMqDelivery) first.next()).handedOut();
    other.close(Links.LIMIT);
    Inbox second = new Inbox();
    link.openConsumer(Links.from(QUEUE, 2), second);
    assertThat(second.next().redelivered()).isTrue();
  }

  @Test
  void settlingAfterCloseDoesNothing() throws Exception {
    Links.send(link, QUEUE, "a");
    Inbox inbox = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 2), inbox);
    InboundDelivery held = inbox.next();
    consumer.close();
    settle(consumer, Outcome.ACCEPT, held);
    assertThat(link.depth(QUEUE).atRest()).isEqualTo(1);
  }

  @Test
  void aSubscriptionGetsWhatIsSentAfterItWasMade() throws Exception {
    Links.send(link, TOPIC, "early");
    Inbox one = new Inbox();
    Inbox two = new Inbox();
    link.openConsumer(Links.from(TOPIC, 10), one);
    other.openConsumer(Links.from(TOPIC, 10), two);
    Links.send(link, TOPIC, "late");
    assertThat(one.texts(1)).containsExactly("late");
    assertThat(two.texts(1)).containsExactly("late");
  }

  @Test
  void aDurableSubscriptionKeepsWhatIsSentWhileNobodyIsThere() throws Exception {
    link.openConsumer(Links.durable(TOPIC, "audit", 10), new Inbox()).close();
    Links.send(link, TOPIC, "kept");
    Inbox inbox = new Inbox();
    LinkConsumer held = other.openConsumer(Links.durable(TOPIC, "audit", 10), inbox);
    assertThat(inbox.texts(1)).containsExactly("kept");
    assertInUse(() -> link.openConsumer(Links.durable(TOPIC, "audit", 10), new Inbox()));
    assertInUse(() -> link.unsubscribe(TOPIC, "audit"));
    held.close();
    link.unsubscribe(TOPIC, "audit");
    Inbox fresh = new Inbox();
    link.openConsumer(Links.durable(TOPIC, "audit", 10), fresh);
    Links.send(link, TOPIC, "new");
    assertThat(fresh.texts(1)).containsExactly("new");
  }

  private static void assertInUse(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  @Test
  void destinationsAreMadeFoundPurgedAndDeleted() throws Exception {
    Queue queue = Queue.of("fleeting");
    assertThat(link.exists(queue)).isFalse();
    assertThat(link.exists(TOPIC)).isTrue();
    assertThat(link.exists(Queue.of(TOPIC.name()))).isFalse();
    assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(DestinationNotFoundException.class);
    assertThatThrownBy(() -> Links.send(link, queue, "x"))
        .isInstanceOf(DestinationNotFoundException.class);
    link.declare(queue, QueueOptions.DEFAULT);
    Links.send(link, queue, "x", "y");
    Inbox inbox = new Inbox();
    link.openConsumer(Links.from(queue, 1), inbox);
    inbox.next();
    other.purge(queue);
    assertThat(other.depth(queue).atRest()).isEqualTo(1);
    other.delete(queue);
    assertThat(Links.result(inbox.broken)).isInstanceOf(DestinationNotFoundException.class);
    assertThat(link.exists(queue)).isFalse();
    other.delete(queue);
  }

  @Test
  void aCommitDoesAllOrNothing() throws Exception {
    Links.send(link, QUEUE, "in1", "in2");
    Inbox inbox = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 2), inbox);
    List<InboundDelivery> held = inbox.next(2);
    Queue out = Queue.of("out");
    link.declare(out, QueueOptions.DEFAULT);
    AtomicCommit.Send send = new AtomicCommit.Send(out, Message.text("result"));
    AtomicCommit.Send astray = new AtomicCommit.Send(Queue.of("nowhere"), Message.text("x"));
    AtomicCommit.Accept accept = new AtomicCommit.Accept(consumer, held.subList(0, 1));
    assertThatThrownBy(() -> link.commit(List.of(send, astray), List.of(accept)))
        .isInstanceOf(DestinationNotFoundException.class);
    assertThat(other.depth(out).atRest()).isZero();
    assertThat(other.depth(QUEUE).atRest()).isEqualTo(2);
    link.commit(List.of(send, send), List.of(accept));
    assertThat(other.depth(out).atRest()).isEqualTo(2);
    assertThat(other.depth(QUEUE).atRest()).isEqualTo(1);
    assertThatThrownBy(() -> link.commit(List.of(send), List.of(accept)))
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ROLLED_BACK));
    assertThat(other.depth(out).atRest()).isEqualTo(2);
  }

  @Test
  void aCommitMayBeLargerThanAFrame() throws Exception {
    Message large = Message.bytes(new byte[100_000]);
    List<AtomicCommit.Send> sends =
        Stream.generate(() -> new AtomicCommit.Send(QUEUE, large)).limit(500).toList();
    link.commit(sends, List.of());
    assertThat(other.depth(QUEUE).atRest()).isEqualTo(500);
  }

  @Test
  void infoTellsTheVersions() {
    assertThat(link.info().name()).isEqualTo("zeromq");
    assertThat(link.info().brokerVersion()).isEqualTo(Version.product()).contains(".");
    assertThat(link.info().clientVersion()).isEqualTo("0.6.0");
  }

  @Test
  void closingTheHubLosesTheLinkOnceAndAtOnce() {
    var lost = new java.util.concurrent.CompletableFuture<MessagingException>();
    ZeroMqLink third = Links.connect(hub.url(), io.anymq.Options.none(), lost);
    hub.close();
    assertThat(Links.result(lost).code()).isEqualTo(ErrorCode.CONNECTION_LOST);
    assertThatThrownBy(() -> third.exists(QUEUE))
        .isInstanceOf(io.anymq.ConnectionLostException.class);
    third.close(Duration.ofSeconds(1));
  }
}
