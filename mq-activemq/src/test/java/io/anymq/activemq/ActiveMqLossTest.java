package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.RolledBackException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit.Accept;
import io.anymq.spi.AtomicCommit.Send;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.RemoveInfo;
import org.apache.activemq.transport.tcp.TcpTransport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the adapter does when its broker goes, goes silent, or is none. */
final class ActiveMqLossTest {

  private static final Options QUICK =
      Options.none().with(ActiveMqOptions.HEARTBEAT, Duration.ofSeconds(1));

  private static BrokerHandle broker;
  private final BlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
  private final List<ActiveMqLink> links = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.system().start("activemq");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeLinks() {
    links.forEach(link -> link.close(Duration.ofSeconds(1)));
  }

  private ActiveMqLink open() {
    return open(Options.none());
  }

  private ActiveMqLink open(Options options) {
    ActiveMqLink link = ActiveMqLink.open(Links.request(broker.url(), options, lost));
    links.add(link);
    return link;
  }

  private void assertLostOnce(Duration within) throws InterruptedException {
    assertThat(lost.poll(within.toMillis(), TimeUnit.MILLISECONDS))
        .as("the loss that the listener is told within %s", within)
        .isInstanceOf(ConnectionLostException.class);
    assertThat(lost.poll(200, TimeUnit.MILLISECONDS)).as("a second loss").isNull();
  }

  @Test
  void aKilledBrokerIsNoticedAndWhatItConfirmedIsThereAgain() throws Exception {
    ActiveMqLink link = open();
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 20);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    List<InboundDelivery> held = received.next(10);
    received.consumer().settle(Outcome.ACCEPT, held.subList(0, 5));
    assertThat(link.depth(queue).atRest()).isEqualTo(15);
    LinkProducer producer = link.openProducer(queue, cause -> {});
    broker.kill();
    try {
      assertLostOnce(Duration.ofSeconds(5));
      Links.Sent late = new Links.Sent(Links.text("late"));
      producer.send(late);
      assertThat(late.outcome).as("a send on a lost link").isNotDone();
      received.consumer().settle(Outcome.ACCEPT, held.subList(5, 10));
      assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(ConnectionLostException.class);
      long begun = System.nanoTime();
      link.close(Duration.ofSeconds(5));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    } finally {
      broker.restart();
    }
    ActiveMqLink next = open();
    assertThat(next.depth(queue).atRest()).isEqualTo(15);
    assertThat(Links.consume(next, Links.queue(queue), 20).next(15))
        .extracting(d -> d.message().text())
        .startsWith("5", "6")
        .endsWith("19");
    assertThat(lost).isEmpty();
  }

  @Test
  void aBrokerThatGoesSilentIsNoticed() throws Exception {
    ActiveMqLink link = open(QUICK);
    broker.pause();
    try {
      assertLostOnce(Duration.ofSeconds(5));
      long begun = System.nanoTime();
      link.close(Duration.ofSeconds(1));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    } finally {
      broker.resume();
    }
  }

  @Test
  void connectingToASilentBrokerEndsInTime() {
    broker.pause();
    try {
      assertRefusedInTime(broker.url());
    } finally {
      broker.resume();
    }
  }

  @Test
  void connectingToAPortOfNobodyEndsInTime() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertRefusedInTime("activemq:tcp://127.0.0.1:" + port);
  }

  @Test
  void connectingToSomethingElseEndsInTime() throws Exception {
    for (String greeting : List.of("", "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\5hello")) {
      Thread server;
      try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        server = new Thread(() -> greet(other, greeting), "anymq-test-something-else");
        server.start();
        assertRefusedInTime("activemq:tcp://127.0.0.1:" + other.getLocalPort());
      }
      server.join(Links.PATIENCE.toMillis());
      assertThat(server.isAlive()).as("the other server's thread").isFalse();
    }
  }

  private static void greet(ServerSocket server, String greeting) {
    try (Socket client = server.accept();
        OutputStream out = client.getOutputStream()) {
      out.write(greeting.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      while (client.getInputStream().read() >= 0) {
        // Until the client gives up.
      }
    } catch (IOException e) {
      // The client gave up.
    }
  }

  private void assertRefusedInTime(String url) {
    Options options = QUICK.with(ConnectionOptions.CONNECT_TIMEOUT, Duration.ofSeconds(2));
    long begun = System.nanoTime();
    assertThatThrownBy(() -> ActiveMqLink.open(Links.request(url, options, lost)))
        .isInstanceOf(ConnectFailedException.class);
    // The operation time-out, which it must not wait for, is 10 s.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    assertThat(lost).isEmpty();
  }

  @Test
  void aCommitOnALostLinkDoesNothing() throws Exception {
    ActiveMqLink link = open();
    Queue from = Links.newQueue(link);
    Queue to = Links.newQueue(link);
    Links.send(link, from, 2);
    Links.Received received = Links.consume(link, Links.queue(from), 10);
    List<InboundDelivery> held = received.next(2);
    broker.kill();
    try {
      assertThatThrownBy(
              () ->
                  link.commit(
                      List.of(new Send(to, Links.text("a"))),
                      List.of(new Accept(received.consumer(), held))))
          .isInstanceOf(RolledBackException.class);
    } finally {
      broker.restart();
    }
    ActiveMqLink next = open();
    next.declare(to, QueueOptions.DEFAULT);
    assertThat(next.depth(from).atRest()).isEqualTo(2);
    assertThat(next.depth(to).atRest()).isZero();
  }

  @Test
  void whatADeadClientHeldComesBackCounted() throws Exception {
    ActiveMqLink link = open();
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 2);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    List<InboundDelivery> held = received.next(2);
    link.commit(List.of(), List.of(new Accept(received.consumer(), held.subList(0, 1))));
    ActiveMqLink observer = open();
    link.unwrap(ActiveMQConnection.class)
        .orElseThrow()
        .getTransport()
        .narrow(TcpTransport.class)
        .stop();
    InboundDelivery again = Links.consume(observer, Links.queue(queue), 10).next();
    assertThat(again.message().text()).isEqualTo("1");
    assertThat(again.redelivered()).isTrue();
    assertThat(again.deliveryCount()).isEqualTo(2);
  }

  /** Until somebody consumes it, the broker has the subscription from its store alone. */
  @Test
  void aPatternsSubscriptionIsCountedAfterTheBrokersRestartToo() throws Exception {
    String base = "p" + UUID.randomUUID();
    TopicPattern pattern = TopicPattern.of(base + ".*");
    Topic topic = Topic.of(base + ".a");
    ActiveMqLink link = open();
    Source source = new Source.OfPattern(pattern, new Source.Terms(Optional.of("s"), true, false));
    Links.consume(link, source, 1).consumer().close();
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 1); // the subscription, which has no consumer, keeps it
    link.close(Duration.ofSeconds(5));
    broker.kill();
    broker.restart();
    ActiveMqLink next = open();
    mark(next, ActiveMqShare.of(pattern, "s"));
    assertThatThrownBy(() -> next.delete(topic))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("'s' to '" + base + ".*'");
    next.unsubscribe(pattern, "s");
    next.delete(topic);
  }

  /** As whoever opens the subscription does: with the broker went the mark, which is empty. */
  private static void mark(ActiveMqLink link, ActiveMqShare share) throws Exception {
    ActiveMQConnection connection = link.unwrap(ActiveMQConnection.class).orElseThrow();
    connection.syncSendPacket(
        new DestinationInfo(
            connection.getConnectionInfo().getConnectionId(),
            DestinationInfo.ADD_OPERATION_TYPE,
            share.mark()));
  }

  /** Whatever ends the opening, nobody else could close it. */
  @Test
  void whoCannotOpenALinkLeavesNoConnection() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    try (FakeOpenWire fake =
        FakeOpenWire.start(
            command -> {
              if (command instanceof RemoveInfo removal && removal.isConnectionRemove()) {
                closed.complete(true);
              }
              return FakeOpenWire.isTo(command, "ActiveMQ.Statistics.")
                  ? FakeOpenWire.Fate.REFUSED
                  : FakeOpenWire.Fate.TAKEN;
            })) {
      assertThatThrownBy(
              () ->
                  ActiveMqLink.open(
                      fake.request(Links.PATIENCE),
                      warning -> {
                        throw new OutOfMemoryError("for this test");
                      }))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(closed).as("the end of the connection").succeedsWithin(Links.PATIENCE);
    }
  }

  /** The link stays, and would keep the consumer, its connection and that one's thread. */
  @Test
  void aDurableConsumerThatLosesItsOwnConnectionLeavesNothing() throws Exception {
    ActiveMqLink link = open();
    Links.Received received = Links.consume(link, Links.durable(Links.newTopic(link), "s"), 10);
    OpenWire own = ((ActiveMqConsumer) received.consumer()).wire();
    own.connection().getTransport().narrow(Socket.class).close();
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!own.hasEnded() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(own.hasEnded()).as("the end of the thread of the lost connection").isTrue();
    assertThat(lost).as("losses of the link").isEmpty();
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    ActiveMqLink link = open();
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 10);
    Links.consume(link, Links.queue(queue), 10).next(10);
    Links.consume(link, Links.durable(Links.newTopic(link), "s"), 10);
    link.close(Duration.ofSeconds(5));
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    List<String> left = clientThreads();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      left = clientThreads();
    }
    assertThat(left).as("threads of the native client after close").isEmpty();
  }

  private static List<String> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("ActiveMQ"))
        .toList();
  }
}
