package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hub counts what applications get, and not what was only sent ahead. */
class HandOutsTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final Topic TOPIC = Topic.of("prices");

  @TempDir Path directory;
  private ZeroMqHub hub;
  private ZeroMqLink link;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").data(directory.resolve("data")).start();
    link = Links.connect(hub.url());
    link.declare(QUEUE, QueueOptions.DEFAULT);
    link.declare(TOPIC, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    link.close(Links.LIMIT);
    hub.close();
  }

  private void restart() {
    close();
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").data(directory.resolve("data")).start();
    link = Links.connect(hub.url());
  }

  private static ZeroMqDelivery next(Inbox inbox) throws InterruptedException {
    return (ZeroMqDelivery) inbox.next();
  }

  /** Gets the one message of a source, in a link of its own. */
  private record Holder(ZeroMqLink link, LinkConsumer consumer, ZeroMqDelivery delivery) {

    static Holder of(String url, ConsumerRequest from) throws InterruptedException {
      ZeroMqLink link = Links.connect(url);
      Inbox inbox = new Inbox();
      return new Holder(link, openWhenFree(link, from, inbox), next(inbox));
    }

    /**
     * The hub hears a moment later that a connection broke; a durable subscription has one user.
     */
    private static LinkConsumer openWhenFree(ZeroMqLink link, ConsumerRequest from, Inbox inbox) {
      long deadline = System.nanoTime() + Links.LIMIT.toNanos();
      while (true) {
        try {
          return link.openConsumer(from, inbox);
        } catch (MessagingException e) {
          if (e.code() != ErrorCode.SUBSCRIPTION_IN_USE || System.nanoTime() - deadline > 0) {
            throw e;
          }
        }
      }
    }

    /** The connection goes without a word, as when the process is killed. */
    void breaks() {
      link.loop()
          .submit(
              protocol -> {
                throw new io.anymq.ConnectionLostException("cut by the test");
              });
      link.close(Links.LIMIT);
    }
  }

  private Holder hold(ConsumerRequest from) throws InterruptedException {
    return Holder.of(hub.url(), from);
  }

  private void expect(ConsumerRequest from, int count, int earlier) throws InterruptedException {
    Holder holder = hold(from);
    assertThat(holder.delivery().deliveryCount()).as("count").isEqualTo(count);
    assertThat(holder.delivery().earlierHandOuts()).as("hand-outs before").isEqualTo(earlier);
    assertThat(holder.delivery().redelivered()).isEqualTo(count > 1);
    holder.link().close(Links.LIMIT);
  }

  private ConsumerRequest source(String kind) {
    return switch (kind) {
      case "queue" -> Links.from(QUEUE, 10);
      default -> {
        link.openConsumer(Links.durable(TOPIC, "s", 10), new Inbox()).close();
        yield Links.durable(TOPIC, "s", 10);
      }
    };
  }

  private void send(String kind) {
    Links.send(link, kind.equals("queue") ? QUEUE : TOPIC, "m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable"})
  void whatNobodyGotIsNotCountedAtAClose(String kind) throws Exception {
    ConsumerRequest from = source(kind);
    send(kind);
    for (int i = 0; i < 12; i++) {
      Holder holder = hold(from);
      if (i % 2 == 0) {
        holder.consumer().close();
      }
      holder.link().close(Links.LIMIT);
    }
    expect(from, 1, 0);
    restart();
    expect(from, 1, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue", "durable"})
  void whatNobodyGotIsCountedOnceAtMostWhenConnectionsBreak(String kind) throws Exception {
    ConsumerRequest from = source(kind);
    send(kind);
    for (int i = 0; i < 12; i++) {
      hold(from).breaks();
    }
    expect(from, 2, 0);
    restart();
    expect(from, 2, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAnApplicationGotIsCountedWhenItCloses(boolean consumerFirst) throws Exception {
    send("queue");
    for (int i = 1; i <= 3; i++) {
      Holder holder = hold(Links.from(QUEUE, 10));
      assertThat(holder.delivery().deliveryCount()).isEqualTo(i);
      assertThat(holder.delivery().earlierHandOuts()).isEqualTo(i - 1);
      holder.delivery().handedOut();
      if (consumerFirst) {
        holder.consumer().close();
      }
      holder.link().close(Links.LIMIT);
    }
    restart();
    expect(Links.from(QUEUE, 10), 4, 3);
  }

  @Test
  void whatAnApplicationGotAgainIsCountedWhenItIsKilled() throws Exception {
    send("queue");
    for (int i = 0; i < 4; i++) {
      Holder holder = hold(Links.from(QUEUE, 10));
      holder.delivery().handedOut();
      holder.breaks(); // what was only handed to the I/O thread is lost
    }
    // Of the first one nobody knows.
    expect(Links.from(QUEUE, 10), 5, 3);
    restart();
    expect(Links.from(QUEUE, 10), 5, 3);
  }

  @Test
  void whatComesAgainAndKillsAtOnceIsForgottenOnceAtMost() throws Exception {
    send("queue");
    Holder releases = hold(Links.from(QUEUE, 10));
    releases.delivery().handedOut();
    releases.consumer().settle(Outcome.RELEASE, List.of(releases.delivery()));
    releases.link().close(Links.LIMIT);
    for (int i = 0; i < 4; i++) {
      Holder holder = hold(Links.from(QUEUE, 10));
      holder.delivery().handedOut();
      holder.breaks();
    }
    // The one that is forgotten may have left this process after all.
    Holder next = hold(Links.from(QUEUE, 10));
    assertThat(next.delivery().deliveryCount()).as("count").isEqualTo(6);
    assertThat(next.delivery().earlierHandOuts()).as("hand-outs before").isBetween(4, 5);
    int known = next.delivery().earlierHandOuts();
    next.link().close(Links.LIMIT);
    restart();
    expect(Links.from(QUEUE, 10), 6, known);
  }

  @Test
  void aHandOutIsToldAlsoByAnInterruptedThread() throws Exception {
    send("queue");
    for (int i = 0; i < 3; i++) {
      Holder holder = hold(Links.from(QUEUE, 10));
      Thread.currentThread().interrupt();
      holder.delivery().handedOut();
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
      holder.breaks();
    }
    expect(Links.from(QUEUE, 10), 4, 2);
  }

  @Test
  void aHandOutOnALostLinkWaitsForNobody() throws Exception {
    send("queue");
    hold(Links.from(QUEUE, 10)).breaks();
    Holder holder = hold(Links.from(QUEUE, 10));
    holder.breaks();
    holder.delivery().handedOut();
    expect(Links.from(QUEUE, 10), 2, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReleaseIsCounted(boolean later) throws Exception {
    send("queue");
    Inbox inbox = new Inbox();
    ZeroMqConsumer consumer = (ZeroMqConsumer) link.openConsumer(Links.from(QUEUE, 10), inbox);
    for (int i = 1; i <= 3; i++) {
      ZeroMqDelivery delivery = next(inbox);
      assertThat(delivery.deliveryCount()).isEqualTo(i);
      delivery.handedOut();
      if (later) {
        consumer.release(delivery, Duration.ofMillis(1));
      } else {
        consumer.settle(Outcome.RELEASE, List.of(delivery));
      }
    }
    assertThat(next(inbox).earlierHandOuts()).isEqualTo(3);
  }

  @Test
  void onlyWhatWasHandedOutOfManyIsCounted() throws Exception {
    Links.send(link, QUEUE, "a", "b", "c", "d", "e");
    Inbox inbox = new Inbox();
    LinkConsumer consumer = link.openConsumer(Links.from(QUEUE, 10), inbox);
    List<ZeroMqDelivery> all =
        inbox.next(5).stream().map(delivery -> (ZeroMqDelivery) delivery).toList();
    all.get(3).handedOut();
    all.get(0).handedOut();
    all.get(1).handedOut();
    consumer.settle(Outcome.ACCEPT, List.of(all.get(0)));
    consumer.close();
    Inbox again = new Inbox();
    link.openConsumer(Links.from(QUEUE, 10), again);
    assertThat(again.next(4))
        .extracting(delivery -> delivery.message().text() + delivery.deliveryCount())
        .containsExactly("b2", "c1", "d2", "e1");
  }
}
