package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.ConnectionLostException;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.SendInDoubtException;
import io.anymq.Session;
import io.anymq.Support;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A prioritized queue on a link that knows no priorities, through a connection. */
class BandedLinkTest {

  private static final Queue QUEUE = Queue.of("q");
  private static final QueueOptions PRIORITIZED = QueueOptions.builder().prioritized(true).build();

  private final FakeBackend backend = new FakeBackend();
  private CoreConnection connection;
  private FakeLink link;

  BandedLinkTest() {
    backend.capabilities.put(Capability.PRIORITY, Support.EMULATED);
    backend.capabilities.put(Capability.KEY_ORDERING, Support.NATIVE);
    connection = backend.connect();
    link = backend.link();
  }

  @BeforeEach
  void declare() {
    connection.declare(QUEUE, PRIORITIZED);
  }

  @AfterEach
  void close() {
    connection.close();
  }

  private static Message urgent(String text, int priority) {
    return Message.text(text).toBuilder().priority(priority).build();
  }

  private FakeConsumer band(Queue queue) {
    return link.consumers.stream()
        .filter(each -> each.request.source().describe().equals(queue.describe()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void declaringMakesAllTheQueuesTheNamedOneLast() {
    assertThat(link.calls.stream().filter(each -> each.startsWith("declare")))
        .hasSize(10)
        .startsWith("declare queue:q.priority-0")
        .endsWith("declare queue:q.priority-9", "declare queue:q");
    connection.declare(QUEUE, PRIORITIZED);
    assertThat(link.calls.stream().filter(each -> each.startsWith("declare")))
        .as("made once")
        .hasSize(10);
  }

  /** Or it would read one of ten queues for as long as it lives. */
  @Test
  void whoUsesAQueueThatSomebodyIsMakingMakesWhatIsMissing() {
    link.existing.removeAll(Bands.behind(QUEUE));
    link.existing.add(Bands.mark(QUEUE));
    connection.createConsumer(QUEUE);
    assertThat(link.existing).containsAll(Bands.all(QUEUE));
    assertThat(link.consumers).hasSize(10);
  }

  @Test
  void aQueueThatSomebodyMakesWithoutPrioritiesMeanwhileIsRefused() {
    Queue other = Queue.of("other");
    link.before("declare", () -> link.existing.add(other));
    assertThatThrownBy(() -> connection.declare(other, PRIORITIZED))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("queue 'other' exists and is not prioritized");
    assertThat(link.existing).doesNotContainAnyElementsOf(Bands.behind(other));
  }

  @Test
  void aQueueThatSomebodyElseCompletesMeanwhileIsPrioritized() {
    Queue other = Queue.of("other");
    link.before("declare", () -> link.existing.addAll(Bands.all(other)));
    connection.declare(other, PRIORITIZED);
    assertThat(link.existing).containsAll(Bands.all(other));
  }

  /** Its mark is another's, who may have made the queue: only that one takes it back. */
  @Test
  void theMarkOfSomebodyElseIsLeft() {
    Queue other = Queue.of("other");
    link.existing.add(Bands.mark(other));
    link.before("declare", () -> link.existing.add(other));
    connection.declare(other, PRIORITIZED);
    assertThat(link.existing).containsAll(Bands.all(other));
  }

  @Test
  void aMarkThatIsTakenBackMeanwhileMakesTheQueueAPlainOne() {
    Queue other = Queue.of("other");
    link.existing.add(Bands.mark(other));
    link.existing.add(other);
    link.before(
        "declare", () -> link.before("declare", () -> link.existing.remove(Bands.mark(other))));
    connection.createConsumer(other);
    assertThat(link.consumers).hasSize(1);
  }

  @Test
  void aDeletionThatWasCutShortIsFinishedByTheNext() {
    link.existing.remove(Bands.mark(QUEUE));
    link.existing.remove(Bands.of(QUEUE, 1));
    connection.delete(QUEUE);
    assertThat(link.existing).isEmpty();
  }

  /** What is left of it is not waited for. */
  @Test
  void aQueueThatSomebodyIsDeletingIsAPlainOne() {
    link.existing.remove(Bands.mark(QUEUE));
    connection.createConsumer(QUEUE);
    assertThat(link.consumers).hasSize(1);
  }

  @Test
  void aQueueThatExistsWithoutPrioritiesIsRefused() {
    connection.declare(Queue.of("plain"));
    assertThatThrownBy(() -> connection.declare(Queue.of("plain"), PRIORITIZED))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("queue 'plain' exists and is not prioritized");
    connection.declare(Queue.of("bounded"), QueueOptions.builder().maxLength(3).build());
    assertThat(link.existing).contains(Queue.of("bounded"));
  }

  @Test
  void deletingTakesAllTheQueuesAndPurgingEmptiesThem() {
    connection.purge(QUEUE);
    assertThat(link.calls).contains("purge queue:q", "purge queue:q.priority-9");
    connection.delete(QUEUE);
    assertThat(link.existing).isEmpty();
    assertThat(connection.exists(QUEUE)).isFalse();
    connection.declare(Queue.of("plain"));
    link.calls.clear();
    connection.purge(Queue.of("plain"));
    connection.delete(Queue.of("plain"));
    assertThat(link.calls)
        .contains("purge queue:plain")
        .doesNotContain("purge queue:plain.priority-9");
  }

  @Test
  void theDepthIsTheSumOfAllAsFarAsEachIsKnown() {
    Bands.all(QUEUE).forEach(each -> link.depths.put(each, QueueDepth.of(1, 2, true)));
    QueueDepth depth = connection.depth(QUEUE);
    assertThat(depth.ready()).isEqualTo(OptionalLong.of(10));
    assertThat(depth.inFlight()).isEqualTo(OptionalLong.of(20));
    assertThat(depth.total()).isEqualTo(OptionalLong.of(30));
    assertThat(depth.exact()).isTrue();
    link.depths.put(Bands.last(QUEUE), QueueDepth.ofReady(1, false));
    depth = connection.depth(QUEUE);
    assertThat(depth.ready()).isEqualTo(OptionalLong.of(10));
    assertThat(depth.total()).isEmpty();
    assertThat(depth.exact()).isFalse();
    link.depths.put(Queue.of("plain"), QueueDepth.ofReady(4, true));
    assertThat(connection.depth(Queue.of("plain")).atRest()).isEqualTo(4);
  }

  @Test
  void aBrowserLooksAtTheMostUrgentFirst() {
    try (QueueBrowser browser = connection.createBrowser(QUEUE)) {
      assertThat(browser.queue()).isEqualTo(QUEUE);
      assertThat(browser.next().text()).isEqualTo("q.priority-9");
      for (int left = 9; left > 0; left--) {
        assertThat(browser.hasNext()).isTrue();
        assertThat(browser.next().text()).startsWith("q");
      }
      assertThat(browser.hasNext()).isFalse();
      assertThatThrownBy(browser::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(link.calls).contains("end browse queue:q", "end browse queue:q.priority-0");
    try (QueueBrowser browser = connection.createBrowser(Queue.of("plain"))) {
      assertThat(browser.next().text()).isEqualTo("plain");
      assertThat(browser.hasNext()).isFalse();
    }
  }

  @Test
  void aLookThatCannotBeginAtOneQueueEndsAtTheOthers() {
    link.calls.clear();
    link.failNext("browse", new DestinationNotFoundException("gone"));
    assertThatThrownBy(() -> connection.createBrowser(QUEUE))
        .isInstanceOf(DestinationNotFoundException.class);
    QueueBrowser browser = connection.createBrowser(QUEUE);
    assertThat(browser.next().text()).isEqualTo("q.priority-9");
    browser.close();
    assertThat(browser.hasNext()).isFalse();
    assertThat(link.calls).contains("end browse queue:q.priority-9");
  }

  @Test
  void aMessageGoesToTheQueueOfItsPriority() {
    connection.send(QUEUE, urgent("nine", 9));
    connection.send(QUEUE, Message.text("plain"));
    assertThat(link.producer(Bands.of(QUEUE, 9)).texts()).containsExactly("nine");
    assertThat(link.producer(QUEUE).texts()).containsExactly("plain");
    connection.send(Queue.of("other"), urgent("x", 9));
    assertThat(link.producer(Queue.of("other")).texts()).containsExactly("x");
  }

  @Test
  void aQueueThatWasMadeAgainWithoutPrioritiesGetsAllOfThem() {
    connection.send(QUEUE, urgent("1", 9));
    link.existing.removeAll(Bands.behind(QUEUE));
    link.confirms = false;
    var sent = connection.sendAsync(QUEUE, urgent("2", 9));
    link.confirms = true;
    link.producer(Bands.of(QUEUE, 9)).last().failed(new DestinationNotFoundException("gone"));
    assertThat(sent).succeedsWithin(Duration.ofSeconds(10));
    assertThat(link.producer(QUEUE).texts()).containsExactly("2");
  }

  @Test
  void aQueueThatWasMadeAgainWithPrioritiesHasThemAtOnce() {
    Queue orders = Queue.of("orders");
    connection.send(orders, urgent("1", 9));
    connection.delete(orders);
    connection.declare(orders, PRIORITIZED);
    connection.send(orders, Message.text("2"));
    connection.send(orders, urgent("3", 9));
    assertThat(link.producer(orders).texts()).containsExactly("1", "2");
    assertThat(link.producer(Bands.of(orders, 9)).texts()).containsExactly("3");
    connection.delete(orders);
    connection.declare(orders);
    connection.send(orders, urgent("4", 9));
    assertThat(link.producer(orders).texts()).containsExactly("1", "2", "4");
  }

  /** The next link's broker would mark it as one that may have come before. */
  @Test
  void aLinkThatIsLostBeforeTheSendHasNotSent() {
    Queue orders = Queue.of("orders");
    connection.send(orders, Message.text("1"));
    connection.delete(Queue.of("any")); // so that it asks again
    link.failNext("exists", new ConnectionLostException("cut"));
    var sent = connection.sendAsync(orders, urgent("2", 9));
    link.lose(new ConnectionLostException("cut"));
    assertThat(sent).succeedsWithin(Duration.ofSeconds(10));
    assertThat(link.producer(orders).texts()).containsExactly("1");
    assertThat(backend.link(1).producer(orders).last().repeated()).isFalse();
  }

  @Test
  void aProducerThatCannotOpenAtOneQueueClosesTheOthers() {
    link.failNext("produce", new UnsupportedCapabilityException("no"));
    assertThatThrownBy(() -> connection.send(QUEUE, Message.text("x")))
        .isInstanceOf(UnsupportedCapabilityException.class);
    connection.send(QUEUE, Message.text("x"));
    connection.close();
    assertThat(link.producers).allMatch(each -> each.closed);
  }

  @Test
  void aConsumerGetsTheMostUrgentAndSettlesWhereItCameFrom() {
    ConsumerOptions options = ConsumerOptions.builder().prefetch(8).build();
    try (var consumer = connection.createConsumer(QUEUE, options)) {
      assertThat(link.consumers).hasSize(10).allMatch(each -> each.request.prefetch() == 16);
      band(Bands.of(QUEUE, 9)).deliver("m");
      Delivery delivery = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
      assertThat(delivery.destination()).isEqualTo(QUEUE);
      assertThat(delivery.redelivered()).isFalse();
      assertThat(delivery.deliveryCount()).isEqualTo(1);
      delivery.accept();
      Eventually.until(
          "settled where it came from",
          () -> band(Bands.of(QUEUE, 9)).settled.contains("ACCEPT m"));
      band(QUEUE).deliver(FakeDelivery.of("n").count(2));
      Delivery second = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
      assertThat(second.redelivered()).isTrue();
      assertThat(second.deliveryCount()).isEqualTo(2);
      second.release(Duration.ZERO);
      Eventually.until("released", () -> band(QUEUE).settled.contains("RELEASE n"));
    }
    assertThat(link.consumers).allMatch(each -> each.closed);
  }

  @Test
  void aDelayedReleaseParksTheDelivery() {
    link.consumerMaker = FakeConsumer.Lot::new;
    ConsumerOptions options = ConsumerOptions.builder().prefetch(1).build();
    try (var consumer = connection.createConsumer(QUEUE, options)) {
      band(QUEUE).deliver("m");
      band(QUEUE).deliver("n");
      consumer.receive(Duration.ofSeconds(10)).orElseThrow().release(Duration.ofMillis(300));
      assertThat(consumer.receive(Duration.ofSeconds(10)).orElseThrow().message().text())
          .as("another one takes its place")
          .isEqualTo("n");
      Eventually.until("released", () -> band(QUEUE).settled.contains("RELEASE m"));
      assertThat(band(QUEUE).settled).startsWith("PARK m", "UNPARK m");
    }
  }

  @Test
  void orderByKeyIsRefused() {
    assertThatThrownBy(
            () ->
                connection.createConsumer(
                    QUEUE, ConsumerOptions.builder().keyOrdered(true).build()))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("queue 'q' is prioritized");
  }

  @Test
  void oneQueueWhoseConsumerCannotOpenIsTheFailureAndClosesTheOthers() {
    link.failNext("consume", new UnsupportedCapabilityException("no"));
    assertThatThrownBy(() -> connection.createConsumer(QUEUE, ConsumerOptions.DEFAULT))
        .isInstanceOf(UnsupportedCapabilityException.class);
    assertThat(link.consumers).hasSize(9).allMatch(each -> each.closed);
    link.failNext("consume", new IllegalStateException("a defect"));
    assertThatThrownBy(() -> connection.createConsumer(QUEUE, ConsumerOptions.DEFAULT))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("a defect");
  }

  @Test
  void anAcceptanceThatDoesNotReachOneQueueMakesTheCommitInDoubt() {
    link.consumerMaker = FakeConsumer.Cut::new;
    try (Session session = connection.createSession()) {
      Consumer consumer = session.createConsumer(QUEUE, ConsumerOptions.DEFAULT);
      band(QUEUE).deliver("m");
      consumer.receive(Duration.ofSeconds(10)).orElseThrow().accept();
      assertThatThrownBy(session::commit).isInstanceOf(SendInDoubtException.class);
    }
  }

  @Test
  void aQueueWhoseConsumerBreaksReopensAll() {
    var consumer = connection.createConsumer(QUEUE, ConsumerOptions.DEFAULT);
    band(Bands.of(QUEUE, 3)).sink.broken(new ConnectionLostException("cancelled"));
    Eventually.until("another ten", () -> link.consumers.size() == 20);
    Eventually.until(
        "the first ten are closed",
        () -> link.consumers.stream().limit(10).allMatch(each -> each.closed));
    consumer.close();
  }

  @Test
  void whatIsThereWhenAConsumerOpensIsWaitedForInOrder() throws Exception {
    link.depths.put(Bands.last(QUEUE), QueueDepth.ofReady(1, true));
    try (var consumer = connection.createConsumer(QUEUE, ConsumerOptions.DEFAULT)) {
      band(QUEUE).deliver("late");
      band(Bands.last(QUEUE)).deliver("urgent");
      assertThat(consumer.receive(Duration.ofSeconds(10)).orElseThrow().message().text())
          .isEqualTo("urgent");
    }
  }

  @Test
  void theRestIsPassedOn() {
    connection.unsubscribe(Topic.of("t"), "s");
    connection.unsubscribe(TopicPattern.of("t.*"), "s");
    Queue temporary = connection.createTemporaryQueue();
    assertThat(link.calls)
        .contains(
            "unsubscribe topic:t s",
            "unsubscribe topics:t.* s",
            "temporary queue:" + temporary.name());
    assertThat(connection.unwrap(FakeLink.class)).isSameAs(link);
    assertThat(connection.backend().name()).isEqualTo("fake");
    Destination longest = Queue.of("q".repeat(Destination.MAX_NAME_LENGTH));
    assertThat(connection.exists(longest)).isFalse();
    connection.send(longest, Message.text("x"));
    assertThatThrownBy(() -> connection.declare((Queue) longest, PRIORITIZED))
        .isInstanceOf(MessagingException.class);
    assertThat(connection.capabilities().support())
        .containsEntry(Capability.PRIORITY, Support.EMULATED);
  }

  @Test
  void closingTheConnectionClosesTheLink() {
    connection.close();
    assertThat(link.calls).endsWith("close link");
  }

  private static ConsumerRequest request() {
    return new ConsumerRequest(new Source.OfQueue(QUEUE), 4, Optional.empty(), false);
  }

  /** The core opens another, when it is told. */
  @Test
  void aConsumerWhoseThreadFailsIsBroken() {
    List<String> told = new CopyOnWriteArrayList<>();
    DeliverySink defective =
        new DeliverySink() {
          @Override
          public void deliver(List<? extends InboundDelivery> deliveries) {
            throw new StackOverflowError();
          }

          @Override
          public void broken(MessagingException cause) {
            told.add(cause.code().name());
          }
        };
    BandedConsumer consumer =
        BandedConsumer.open(
            connection.threads(),
            link,
            request(),
            defective,
            Duration.ofSeconds(10),
            new LinkedHashSet<>());
    band(QUEUE).deliver("m");
    Eventually.until("it is told", () -> told.size() == 1);
    Eventually.until(
        "all ten are closed", () -> link.consumers.stream().allMatch(each -> each.closed));
    consumer.close();
    assertThat(told).containsExactly("BACKEND_FAILURE");
  }

  @Test
  void aLackOfThreadsWhileItOpensPasses() {
    link.before(
        "consume",
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    assertThatThrownBy(() -> connection.createConsumer(QUEUE)).isInstanceOf(OutOfMemoryError.class);
    assertThat(link.consumers).hasSize(9).allMatch(each -> each.closed);
    link.consumers.clear();
    try (Consumer consumer = connection.createConsumer(QUEUE)) {
      band(QUEUE).deliver("m");
      assertThat(consumer.receive(Duration.ofSeconds(10))).isPresent();
    }
  }

  @Test
  void aLinkWhoseCloseFailsEndsItsThreads() {
    List<Thread> bands = new CopyOnWriteArrayList<>();
    Threads noted =
        new Threads("noted") {
          @Override
          Thread bandThread(Runnable task) {
            Thread thread = super.bandThread(task);
            bands.add(thread);
            return thread;
          }
        };
    try (CoreConnection other =
        CoreConnection.open(
            backend.factory(FakeBackend.quick()), (about, state, cause) -> {}, noted)) {
      FakeLink itsLink = backend.link();
      itsLink.existing.addAll(Bands.all(QUEUE));
      itsLink.existing.add(Bands.mark(QUEUE));
      Consumer unused = other.createConsumer(QUEUE);
      itsLink.before(
          "close",
          () -> {
            throw new IllegalStateException("a defect");
          });
      itsLink.lose(new ConnectionLostException("cut"));
      Eventually.until("its thread has ended", () -> !bands.get(0).isAlive());
    }
  }
}
