package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.DestinationNotFoundException;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong between the adapter and a broker of its own, which is killed and stopped. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class RabbitFaultTest {

  /** Small, so that a message beyond it is easily made. */
  private static final int BROKERS_MAX_BYTES = 300_000;

  private static final Duration BROKERS_SAVE_INTERVAL = Duration.ofSeconds(4);

  private static final Options QUICK =
      Options.none().with(RabbitOptions.HEARTBEAT, Duration.ofSeconds(1));

  private static @Nullable BrokerHandle started;

  private final BlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();
  private final List<RabbitLink> links = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    started =
        BrokerProvisioner.system()
            .start(
                "rabbitmq",
                BrokerOptions.none()
                    .withSetting("max_message_size", String.valueOf(BROKERS_MAX_BYTES)));
  }

  @AfterAll
  static void closeBroker() {
    broker().close();
  }

  @AfterEach
  void closeLinks() {
    links.forEach(link -> link.close(Duration.ofSeconds(5)));
    assertThat(ourThreads()).as("threads left behind").isEmpty();
  }

  private static BrokerHandle broker() {
    if (started == null) {
      throw new AssertionError("The broker did not start");
    }
    return started;
  }

  private RabbitLink open(Options options) {
    RabbitLink link = Links.open(Links.request(broker().url(), options, lost));
    links.add(link);
    return link;
  }

  @Test
  void aPortWhereNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertFails("amqp://guest:guest@127.0.0.1:" + port, ConnectFailedException.class);
  }

  @Test
  void aPortWhereSomebodySaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          "amqp://guest:guest@127.0.0.1:" + silent.getLocalPort(),
          ConnectFailedException.class,
          Duration.ofSeconds(2));
    }
  }

  @Test
  void wrongCredentials() {
    assertFails(
        broker().url().replace("guest:guest", "guest:wrong"), AuthenticationException.class);
  }

  @Test
  void aVirtualHostThatIsNotThere() {
    URI uri = URI.create(broker().url());
    String base = "amqp://" + uri.getRawUserInfo() + "@" + uri.getHost() + ":" + uri.getPort();
    assertFails(base + "/nowhere", ConnectFailedException.class);
  }

  private void assertFails(String url, Class<? extends MessagingException> expected) {
    assertFails(url, expected, Links.PATIENCE);
  }

  private void assertFails(
      String url, Class<? extends MessagingException> expected, Duration connectTimeout) {
    LinkRequest request = Links.request(url, Options.none(), lost);
    LinkRequest bounded =
        new LinkRequest(
            request.url(),
            request.options().with(ConnectionOptions.CONNECT_TIMEOUT, connectTimeout),
            request.names(),
            request.listener());
    long begin = System.nanoTime();
    assertThatThrownBy(() -> Links.open(bounded)).isInstanceOf(expected);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isLessThan(connectTimeout.plusSeconds(6));
  }

  @Test
  void aMessageThatTheBrokerFindsTooLargeIsTheOneThatFails() throws Exception {
    RabbitLink link = open(Options.none());
    Queue queue = Links.newQueue(link);
    BlockingQueue<MessagingException> broken = new LinkedBlockingQueue<>();
    LinkProducer producer = link.openProducer(queue, broken::add);
    Links.Sent before = Links.send(producer, Links.text("before"));
    before.await();
    Links.Sent large = Links.send(producer, Links.text("x".repeat(BROKERS_MAX_BYTES + 1)));
    assertThat(large.failure()).isInstanceOf(MessageTooLargeException.class);
    assertThat(broken.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    assertThat(link.depth(queue).atRest()).isEqualTo(1);
    Links.send(link, queue, 1);
  }

  @Test
  void aKilledBrokerLosesNothingThatWasConfirmed() throws Exception {
    RabbitLink link = open(Options.none());
    Queue queue = Links.newQueue(link);
    int confirmed = sendUntilTheBrokerKeepsTheQueue(link, queue);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    List<InboundDelivery> held = received.next(10);
    LinkProducer producer = link.openProducer(queue, cause -> {});
    broker().kill();
    assertThat(lost.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ConnectionLostException.class);
    received.consumer().settle(Outcome.ACCEPT, held);
    Links.send(producer, Links.text("to nobody"));
    assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(ConnectionLostException.class);
    broker().restart();
    RabbitLink next = open(Options.none());
    assertThat(next.depth(queue).atRest()).isEqualTo(confirmed);
    Links.Received again = Links.consume(next, Links.queue(queue), 2 * confirmed);
    again.next(confirmed);
    received.accept(held.get(0));
    assertThat(lost).as("told once").isEmpty();
  }

  /** A broker that is killed forgets queues that were made just before: see the package. */
  private static int sendUntilTheBrokerKeepsTheQueue(RabbitLink link, Queue queue)
      throws Exception {
    long begin = System.nanoTime();
    int confirmed = 0;
    while (System.nanoTime() - begin < BROKERS_SAVE_INTERVAL.toNanos()) {
      Links.send(link, queue, 10);
      confirmed += 10;
    }
    return confirmed;
  }

  @Test
  void aSilentBrokerIsNoticedAlsoWhileASenderIsBlockedInItsWrite() throws Exception {
    RabbitLink link = open(QUICK);
    Queue queue = Links.newQueue(link);
    LinkProducer producer = link.openProducer(queue, cause -> {});
    AtomicBoolean sending = new AtomicBoolean(true);
    Thread sender =
        new Thread(
            () -> {
              while (sending.get()) {
                Links.send(producer, Links.text("y".repeat(200_000)));
              }
            },
            "test-sender");
    broker().pause();
    try {
      sender.start();
      assertThat(lost.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(ConnectionLostException.class);
    } finally {
      sending.set(false);
      broker().resume();
    }
    link.close(Duration.ofSeconds(5));
    sender.join(Links.PATIENCE.toMillis());
    assertThat(sender.isAlive()).as("the sender is still blocked").isFalse();
  }

  @Test
  void closeIsBoundedWhileTheBrokerIsSilent() {
    RabbitLink link = open(Options.none());
    Queue queue = Links.newQueue(link);
    Links.consume(link, Links.queue(queue), 10);
    link.openProducer(queue, cause -> {});
    broker().pause();
    long begin = System.nanoTime();
    try {
      link.close(Duration.ofSeconds(1));
    } finally {
      broker().resume();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    assertThat(lost).as("a close is no loss").isEmpty();
  }

  @Test
  void closeIsBoundedWhileAListenerIsStuckAndOthersGetItsMessages() throws Exception {
    RabbitLink link = open(Options.none());
    RabbitLink other = open(Options.none());
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 2);
    Stuck stuck = new Stuck();
    stuck.begin(link, queue);
    Links.Received received = Links.consume(other, Links.queue(queue), 10);
    link.close(Duration.ofSeconds(1));
    assertThat(received.next(2)).allMatch(InboundDelivery::redelivered);
    stuck.release();
  }

  @Test
  void aConsumerAndItsLinkCanBeClosedFromInsideADelivery() throws Exception {
    RabbitLink link = open(Options.none());
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 5);
    Stuck closing = new Stuck();
    closing.onDelivery(link, queue, () -> closing.consumer().close());
    Links.Received rest = Links.consume(link, Links.queue(queue), 1);
    rest.accept(rest.next());
    Stuck closingAll = new Stuck();
    rest.consumer().close();
    closingAll.onDelivery(link, queue, () -> link.close(Duration.ofSeconds(5)));
    assertThatThrownBy(() -> link.depth(queue)).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void aDeletedQueueWhileItsListenerIsStuckIsToldAfterwards() throws Exception {
    RabbitLink link = open(Options.none());
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1);
    Stuck stuck = new Stuck();
    stuck.begin(link, queue);
    link.delete(queue);
    stuck.release();
    assertThat(stuck.awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
  }

  private static Set<String> ourThreads() {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    Set<String> left = names();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      left = names();
    }
    return left;
  }

  private static Set<String> names() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("anymq-rabbitmq"))
        .collect(Collectors.toSet());
  }
}
