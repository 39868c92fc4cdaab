package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.BackendInfo;
import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ConnectionState;
import io.anymq.ConsumerOptions;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoreConnectionTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeBackend backend = new FakeBackend();

  private final List<String> events = new CopyOnWriteArrayList<>();

  private final CoreConnection connection =
      backend.connect(
          FakeBackend.quick(),
          (about, state, cause) -> events.add(state + (cause == null ? "" : " " + cause.code())));

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close();
  }

  private static void cut(FakeLink link) {
    link.lose(new ConnectionLostException("cut"));
  }

  private void without(Capability capability, Runnable call) {
    backend.capabilities.remove(capability);
    try (CoreConnection poor = backend.connect()) {
      poorConnection = poor;
      assertThatThrownBy(call::run)
          .as("without %s", capability)
          .isInstanceOf(UnsupportedCapabilityException.class);
    }
    backend.capabilities.put(capability, io.anymq.Support.NATIVE);
  }

  private CoreConnection poorConnection = connection;

  @Test
  void itTellsWhatItIs() {
    assertThat(connection.state()).isEqualTo(ConnectionState.OPEN);
    assertThat(connection.backend().name()).isEqualTo("fake");
    assertThat(connection.capabilities().supports(Capability.REQUEST_REPLY)).isTrue();
    assertThat(connection).hasToString("Connection[fake://host, OPEN]");
    assertThat(connection.unwrap(FakeLink.class)).isSameAs(link);
    assertThatThrownBy(() -> connection.unwrap(String.class))
        .hasMessageContaining("no native java.lang.String");
    connection.close();
    assertThat(connection.state()).isEqualTo(ConnectionState.CLOSED);
    Eventually.until("the events", () -> events.size() == 4);
    assertThat(events).containsExactly("OPENING", "OPEN", "CLOSING", "CLOSED");
  }

  @Test
  void whatItAsksTheBrokerReachesTheLink() {
    link.depths.put(QUEUE, QueueDepth.ofReady(3, true));
    connection.declare(QUEUE);
    connection.declare(Topic.of("t"));
    connection.declare(Queue.of("b"), QueueOptions.builder().maxLength(3).build());
    assertThat(connection.exists(QUEUE)).isTrue();
    assertThat(connection.exists(Queue.of("x"))).isFalse();
    assertThat(connection.depth(QUEUE).atRest()).isEqualTo(3);
    connection.purge(QUEUE);
    assertThat(connection.createBrowser(QUEUE).next().text()).isEqualTo("q");
    connection.unsubscribe(Topic.of("t"), "s");
    connection.unsubscribe(TopicPattern.of("t.*"), "s");
    connection.delete(QUEUE);
    assertThat(link.calls)
        .containsExactly(
            "declare queue:q",
            "declare topic:t",
            "declare queue:b",
            "exists queue:q",
            "exists queue:x",
            "depth queue:q",
            "purge queue:q",
            "browse queue:q",
            "unsubscribe topic:t s",
            "unsubscribe topics:t.* s",
            "delete queue:q");
  }

  @Test
  void whatTheBackendCannotDoIsRefusedBeforeItIsAsked() {
    Topic topic = Topic.of("t");
    TopicPattern pattern = TopicPattern.of("t.*");
    without(Capability.QUEUE_DEPTH, () -> poorConnection.depth(QUEUE));
    without(Capability.BROWSE, () -> poorConnection.createBrowser(QUEUE));
    without(Capability.PURGE, () -> poorConnection.purge(QUEUE));
    without(Capability.TEMPORARY_QUEUES, () -> poorConnection.createTemporaryQueue());
    without(
        Capability.BOUNDED_QUEUES,
        () -> poorConnection.declare(QUEUE, QueueOptions.builder().maxLength(1).build()));
    without(
        Capability.PRIORITY,
        () -> poorConnection.declare(QUEUE, QueueOptions.builder().prioritized(true).build()));
    without(Capability.DURABLE_SUBSCRIPTIONS, () -> poorConnection.unsubscribe(topic, "s"));
    without(Capability.DURABLE_SUBSCRIPTIONS, () -> poorConnection.unsubscribe(pattern, "s"));
    without(Capability.TOPIC_PATTERNS, () -> poorConnection.unsubscribe(pattern, "s"));
    without(
        Capability.TOPIC_PATTERNS,
        () -> poorConnection.subscribe(pattern, SubscriptionOptions.DEFAULT));
    backend.capabilities.remove(Capability.REQUEST_REPLY);
    without(
        Capability.TEMPORARY_QUEUES, () -> poorConnection.request(QUEUE, Message.text("x"), LONG));
    without(
        Capability.TEMPORARY_QUEUES,
        () -> {
          var unused = poorConnection.requestAsync(QUEUE, Message.text("x"), LONG);
        });
    assertThat(backend.links)
        .allMatch(each -> each.calls.stream().allMatch(call -> call.equals("close link")));
  }

  @Test
  void aRequiredCapabilityThatIsMissingEndsTheConnectionAgain() {
    backend.capabilities.remove(Capability.REPLAY);
    DefaultConnectionFactory plain = backend.factory(FakeBackend.quick());
    var demanding =
        new DefaultConnectionFactory(
            backend,
            plain.brokerUrl(),
            plain.options(),
            plain.names(),
            java.util.Set.of(Capability.REPLAY));
    assertThatThrownBy(demanding::connect)
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("set the option of the fake");
    assertThat(backend.link().calls).containsExactly("close link");
    assertThat(plain).hasToString("ConnectionFactory[fake://host]");
  }

  @Test
  void aFirstAttemptThatFailsIsTheOnlyOne() {
    backend.refusals.add(new ConnectFailedException("nobody there"));
    assertThatThrownBy(backend::connect)
        .isInstanceOf(ConnectFailedException.class)
        .hasMessage("nobody there");
    backend.refusals.add(new IllegalStateException("a defect"));
    assertThatThrownBy(backend::connect)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
        .hasMessageContaining("a defect");
    assertThat(backend.links).hasSize(1);
  }

  @Test
  void aMissingNativeClientIsSaidInASentence() {
    backend.maker =
        request -> {
          throw new NoClassDefFoundError("org/example/NativeClient");
        };
    assertThatThrownBy(backend::connect)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("cannot load its native client")
        .hasMessageContaining("org/example/NativeClient")
        .hasMessageContaining("Is its jar missing");
  }

  @Test
  void closingClosesAllAndOnlyOnce() {
    var producer = connection.createProducer(QUEUE, io.anymq.ProducerOptions.DEFAULT);
    var consumer = connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    connection.close();
    connection.close();
    assertThat(producer.isClosed()).isTrue();
    assertThat(consumer.isClosing()).isTrue();
    assertThat(link.consumer().closed).isTrue();
    assertThat(link.producer(QUEUE).closed).isTrue();
    assertThat(link.calls.stream().filter("close link"::equals)).hasSize(1);
    assertThatThrownBy(() -> connection.createProducer(QUEUE, io.anymq.ProducerOptions.DEFAULT))
        .isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null))
        .isInstanceOf(ClosedException.class);
    cut(link);
    assertThat(backend.links).hasSize(1);
  }

  /** Each waits for all others: one after the other, none of them would ever close. */
  @Test
  void consumersCloseSideBySide() {
    CyclicBarrier all = new CyclicBarrier(3);
    for (int i = 0; i < 3; i++) {
      connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    }
    link.consumers.forEach(each -> each.closing = () -> await(all));
    connection.close();
    assertThat(link.consumers).allMatch(each -> each.closed);
  }

  private static void await(CyclicBarrier all) {
    try {
      all.await(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What an adapter does not close in time ends with its link. */
  @Test
  void aCloseKeepsItsTimeWhateverAdaptersDo() throws Exception {
    Semaphore never = new Semaphore(0);
    for (int i = 0; i < 20; i++) {
      connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    }
    link.consumers.forEach(each -> each.closing = never::acquireUninterruptibly);
    Thread closer = new Thread(() -> connection.close(Duration.ofSeconds(2)));
    closer.start();
    closer.join(12_000);
    assertThat(closer.isAlive()).as("the close goes on for more than 12 s").isFalse();
    assertThat(link.calls).contains("close link");
    never.release(20);
  }

  @Test
  void anInterruptedCloseClosesAll() {
    Thread.currentThread().interrupt();
    connection.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(link.calls).contains("close link");
    assertThat(connection.state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void subscriptionsAskForWhatTheyAre() {
    connection.subscribe(TopicPattern.of("t.*"), SubscriptionOptions.durable("s")).unsubscribe();
    assertThat(link.calls).contains("unsubscribe topics:t.* s").doesNotContain("declare topic:t.*");
    List<String> seen = new CopyOnWriteArrayList<>();
    connection.subscribe(
        Topic.of("t"), SubscriptionOptions.DEFAULT, each -> seen.add(each.message().text()));
    link.consumer().deliver("1");
    connection.subscribe(
        TopicPattern.of("t.*"),
        SubscriptionOptions.DEFAULT,
        each -> seen.add(each.message().text()));
    link.consumer().deliver("2");
    Eventually.until("both listeners", () -> seen.size() == 2);
  }

  @Test
  void anInterruptWhileItClosesDoesNotShortenAClose() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    List<String> seen = new CopyOnWriteArrayList<>();
    link.before(
        "close",
        () -> {
          entered.countDown();
          seen.add("closed: " + held.await(20, TimeUnit.SECONDS));
        });
    Thread closer =
        Eventually.waiting(
            () -> {
              connection.close();
              seen.add("interrupted: " + Thread.currentThread().isInterrupted());
            });
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    closer.interrupt();
    closer.join(100); // a close that is cut short ends
    held.countDown();
    closer.join(10_000);
    assertThat(seen).containsExactly("closed: true", "interrupted: true");
    assertThat(connection.state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void anErrorInAnAdaptersCloseDoesNotHoldUpTheOthers() throws Exception {
    CoreConnection patient =
        backend.connect(
            FakeBackend.quick().with(ConnectionOptions.CLOSE_TIMEOUT, Duration.ofMinutes(5)));
    patient.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    backend.link().consumer().closing =
        () -> {
          throw new StackOverflowError();
        };
    backend
        .link()
        .before(
            "close",
            () -> {
              throw new StackOverflowError();
            });
    List<Throwable> seen = new CopyOnWriteArrayList<>();
    Thread closer =
        Eventually.waiting(
            () -> {
              try {
                patient.close();
              } catch (StackOverflowError e) {
                seen.add(e);
              }
            });
    closer.join(10_000);
    assertThat(closer.isAlive()).as("the close waits for what nobody does").isFalse();
    assertThat(seen).as("the link's failure").hasSize(1);
    assertThat(patient.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(backend.link().calls).contains("close link");
  }

  /** A link that nobody closes keeps its threads and sockets. */
  @Test
  void aConnectionThatCannotBeOpenedForALackOfThreadsIsClosed() {
    backend.maker =
        request ->
            new FakeLink(backend, request) {
              private int asked;

              @Override
              public BackendInfo info() {
                if (++asked > 1) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                return super.info();
              }
            };
    assertThatThrownBy(backend::connect).isInstanceOf(OutOfMemoryError.class);
    assertThat(backend.link().calls).contains("close link");
  }

  private static Queue numbered(int number) {
    return Queue.of("q" + number);
  }

  /** With as many destinations as are kept, and one more that is still being made. */
  @Test
  void aKeptProducerThatIsBeingMadeOrUsedIsNotRetired() throws Exception {
    Threads inline =
        new Threads("inline") {
          @Override
          void chore(Runnable task) {
            task.run();
          }
        };
    try (CoreConnection other =
        CoreConnection.open(
            backend.factory(FakeBackend.quick()), (about, state, cause) -> {}, inline)) {
      FakeLink itsLink = backend.link();
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch held = new CountDownLatch(1);
      itsLink.before(
          "produce",
          () -> {
            entered.countDown();
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
          });
      CompletableFuture<Message> first =
          CompletableFuture.supplyAsync(
              () -> other.send(numbered(0), Message.text("0")), task -> new Thread(task).start());
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= KeptProducers.MOST; i++) {
        other.send(numbered(i), Message.text("x"));
      }
      held.countDown();
      assertThat(first).succeedsWithin(LONG);
      Eventually.until(
          "one is retired",
          () -> itsLink.producers.stream().filter(each -> each.closed).count() == 1);
      assertThat(itsLink.producer(numbered(0)).closed).as("the one that is new").isFalse();
      assertThat(itsLink.producer(numbered(1)).closed).as("the oldest").isTrue();
    }
  }
}
