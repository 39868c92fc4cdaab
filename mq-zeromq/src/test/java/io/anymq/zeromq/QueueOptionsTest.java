package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueFullException;
import io.anymq.QueueOptions;
import io.anymq.spi.AtomicCommit.Send;
import io.anymq.spi.LinkConsumer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues that are bounded, and queues that obey priorities. */
@Timeout(30)
class QueueOptionsTest {

  private static final Queue QUEUE = Queue.of("q");
  private static final QueueOptions TWO = QueueOptions.builder().maxLength(2).build();
  private static final QueueOptions PRIORITIZED = QueueOptions.builder().prioritized(true).build();

  private ZeroMqHub hub;
  private ZeroMqLink link;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
    link = Links.connect(hub.url());
  }

  @AfterEach
  void close() {
    link.close(Links.LIMIT);
    hub.close();
  }

  private static Send send(String text, int priority) {
    return new Send(QUEUE, Message.builder().text(text).priority(priority).build());
  }

  @Test
  void aQueueThatExistsKeepsItsOptions() {
    link.declare(QUEUE, TWO);
    link.declare(QUEUE, TWO);
    link.declare(QUEUE, QueueOptions.DEFAULT);
    assertThatThrownBy(() -> link.declare(QUEUE, PRIORITIZED))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "queue '%s' exists with a maximum of 2 messages; asked for priorities"
                .formatted(QUEUE.name()));
    Queue plain = Queue.of("plain");
    link.declare(plain, QueueOptions.DEFAULT);
    assertThatThrownBy(() -> link.declare(plain, TWO))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("queue 'plain' exists with no options; asked for a maximum of 2 messages");
    Links.send(link, plain, "1", "2", "3"); // it is as it was
  }

  @Test
  void whatIsInFlightCountsTowardsTheLimit() throws Exception {
    link.declare(QUEUE, TWO);
    Inbox inbox = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 5), inbox);
    Links.send(link, QUEUE, "1", "2");
    var held = inbox.next(2);
    assertThatThrownBy(() -> Links.send(link, QUEUE, "3")).isInstanceOf(QueueFullException.class);
    consumer.settle(io.anymq.spi.Outcome.ACCEPT, held.subList(0, 1));
    Links.send(link, QUEUE, "3");
    assertThat(inbox.texts(1)).containsExactly("3");
  }

  @Test
  void aCommitThatDoesNotFitIsRefusedAsAWhole() {
    link.declare(QUEUE, TWO);
    List<Send> three = List.of(send("1", 4), send("2", 4), send("3", 4));
    assertThatThrownBy(() -> link.commit(three, List.of())).isInstanceOf(QueueFullException.class);
    assertThat(link.depth(QUEUE).atRest()).isZero();
    link.commit(three.subList(0, 2), List.of());
    assertThat(link.depth(QUEUE).atRest()).isEqualTo(2);
  }

  @Test
  void aLookGoesOverManyPagesInOrderAndEndsAtWhatWasThere() {
    link.declare(QUEUE, PRIORITIZED);
    String filler = "x".repeat(40_000);
    link.commit(
        List.of(send("c" + filler, 0), send("b" + filler, 4), send("a" + filler, 9)), List.of());
    StringBuilder seen = new StringBuilder();
    try (var browser = link.browse(QUEUE)) {
      Links.send(link, QUEUE, "late");
      browser.forEachRemaining(message -> seen.append(message.text().charAt(0)));
    }
    assertThat(seen).hasToString("abc");
    assertThat(link.depth(QUEUE).atRest()).isEqualTo(4);
  }

  @Test
  void higherPrioritiesGoFirstAndReleasedOnesKeepTheirPlace() throws Exception {
    link.declare(QUEUE, PRIORITIZED);
    link.commit(List.of(send("c", 0), send("b1", 4), send("a", 9), send("b2", 4)), List.of());
    Inbox first = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 2), first);
    assertThat(first.texts(2)).containsExactly("a", "b1");
    consumer.close();
    Inbox inbox = new Inbox();
    link.openConsumer(Links.from(QUEUE, 9), inbox);
    assertThat(inbox.texts(4)).containsExactly("a", "b1", "b2", "c");
  }
}
