package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.RolledBackException;
import io.anymq.SendInDoubtException;
import io.anymq.Session;
import io.anymq.SubscriptionOptions;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session on a link that commits in one step. */
class AtomicSessionTest {

  private static final Queue IN = Queue.of("q");
  private static final Queue OUT = Queue.of("out");
  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection connection;
  private final FakeLink link;
  private final Session session;
  private final Producer producer;

  AtomicSessionTest() {
    backend.capabilities.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
    backend.capabilities.put(Capability.PRIORITY, Support.EMULATED);
    backend.maker = request -> new AtomicLink(backend, request);
    connection = backend.connect();
    link = backend.link();
    connection.declare(Queue.of("banded"), QueueOptions.builder().prioritized(true).build());
    session = connection.createSession();
    producer = session.createProducer(OUT);
  }

  /** Writes down what was committed. */
  private static final class AtomicLink extends FakeLink implements AtomicCommit {

    AtomicLink(FakeBackend backend, LinkRequest request) {
      super(backend, request);
    }

    @Override
    public boolean takesDelayedSends() {
      return false;
    }

    @Override
    public void commit(List<Send> sends, List<Accept> accepts) {
      Stream<String> sent =
          sends.stream().map(each -> each.destination().name() + "<" + each.message().text());
      Stream<String> accepted =
          accepts.stream()
              .flatMap(each -> each.deliveries().stream())
              .map(each -> each.message().text());
      asked("commit", Stream.concat(sent, accepted).collect(Collectors.joining(" ")));
    }
  }

  @AfterEach
  void close() {
    connection.close();
  }

  /** A unit of work that failed comes again after its consumer's delay. */
  private static void released(FakeConsumer consumer) {
    Eventually.until("released", () -> !consumer.settled.isEmpty());
    assertThat(consumer.settled).containsExactly("RELEASE 1");
  }

  private String commits() {
    return link.calls.stream()
        .filter(each -> each.startsWith("commit"))
        .collect(Collectors.joining("; "));
  }

  @Test
  void allOfItIsOneStep() {
    Consumer consumer = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    List.of("1", "2", "3").forEach(link.consumer()::deliver);
    List<Delivery> batch = consumer.receiveBatch(3, LONG);
    batch.get(1).release(Duration.ZERO);
    batch.get(2).reject("x");
    var sent = producer.sendAsync(Message.text("a"));
    session.commit();
    assertThat(commits()).isEqualTo("commit out<a q.dlq<3 1 3");
    assertThat(link.consumer().settled).containsExactly("RELEASE 2");
    assertThat(sent).isCompleted();
    assertThatThrownBy(() -> ((SessionDelivery) batch.get(0)).core().release())
        .as("the commit has accepted it")
        .hasMessageContaining("was accepted already");
  }

  @Test
  void priorityQueuesTakePart() {
    Queue banded = Queue.of("banded");
    Consumer consumer = session.createConsumer(banded, ConsumerOptions.DEFAULT);
    link.consumers.stream()
        .filter(each -> each.request.source().describe().contains("priority-9"))
        .findFirst()
        .orElseThrow()
        .deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
    Producer toBanded = session.createProducer(banded);
    toBanded.send(Message.text("a").toBuilder().priority(9).build());
    producer.send(Message.text("b").toBuilder().priority(9).build());
    session.commit();
    assertThat(commits()).isEqualTo("commit banded.priority-9<a out<b 1");
  }

  @Test
  void aRefusedCommitIsRolledBack() {
    Consumer consumer = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    link.consumer().deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
    link.failNext("commit", new QueueFullException("full"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("refused the unit of work: full");
    released(link.consumer());
  }

  @Test
  void aCommitInDoubtLetsGoOfItsDeliveries() {
    Consumer consumer = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    FakeConsumer first = link.consumer();
    first.deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
    link.failNext("commit", new SendInDoubtException("who knows"));
    assertThatThrownBy(session::commit)
        .isInstanceOf(SendInDoubtException.class)
        .hasMessageContaining("who knows");
    Eventually.until("the consumer opens again", () -> link.consumers.size() == 2);
    assertThat(first.closed).isTrue();
    assertThat(first.settled).isEmpty();
  }

  /** The backend would never hear of its acceptance, and the commit be reported done. */
  @Test
  void aCommitWhileAConsumerIsStillBeingOpenedIsRolledBack() {
    Consumer consumer = session.createConsumer(IN, ConsumerOptions.DEFAULT);
    CountDownLatch committed = new CountDownLatch(1);
    link.consumerMaker =
        (request, sink) -> {
          FakeConsumer opening = new FakeConsumer(request, sink);
          opening.deliver("1");
          Eventually.until("the commit ended", () -> committed.getCount() == 0);
          return opening;
        };
    link.consumer().sink.broken(new MessagingException(ErrorCode.BACKEND_FAILURE, "broke"));
    assertThat(consumer.receive(LONG)).isPresent();
    assertThatThrownBy(session::commit)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("still being opened");
    assertThat(commits()).as("what the backend committed").isEmpty();
    committed.countDown();
    Eventually.until("the consumer opens again", () -> link.consumers.size() == 2);
    released(link.consumers.get(1));
  }

  @Test
  void aPlainSubscriptionKeepsItsDeliveriesInDoubt() {
    Consumer consumer = session.subscribe(Topic.of("t"), SubscriptionOptions.DEFAULT);
    link.consumer().deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
    link.failNext("commit", new ConnectionLostException("cut"));
    assertThatThrownBy(session::commit).isInstanceOf(SendInDoubtException.class);
    released(link.consumer());
    assertThat(link.consumers).hasSize(1);
  }

  @Test
  void aDelayIsRefusedWhereTheCommitCannotIncludeIt() {
    Message delayed = Message.text("a").toBuilder().deliveryDelay(Duration.ofSeconds(1)).build();
    assertThatThrownBy(() -> producer.send(delayed))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("cannot include a delivery delay");
    connection.send(OUT, delayed);
    assertThat(link.producer(OUT).texts()).containsExactly("a");
  }

  @Test
  void transactionsAreNativeThen() {
    assertThat(connection.capabilities().support())
        .containsEntry(Capability.TRANSACTIONS, Support.NATIVE)
        .containsEntry(Capability.DEAD_LETTER, Support.NATIVE);
  }
}
