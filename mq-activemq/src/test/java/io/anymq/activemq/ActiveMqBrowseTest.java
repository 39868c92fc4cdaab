package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Browsing a real broker's queues. */
@Timeout(60)
final class ActiveMqBrowseTest {

  /** Several of the broker's pages of 200. */
  private static final int MANY = 1500;

  private static BrokerHandle broker;
  private ActiveMqLink link;

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.shared("activemq");
  }

  @BeforeEach
  void connect() {
    link = Links.open(broker);
  }

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
  }

  @Test
  void seesAllInOrderAndChangesNothing() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, MANY);
    assertThat(texts(link.browse(queue))).isEqualTo(numbers(0, MANY));
    assertThat(texts(link.browse(queue))).isEqualTo(numbers(0, MANY));
    assertThat(link.depth(queue).atRest()).isEqualTo(MANY);
    Links.Received received = Links.consume(link, Links.queue(queue), 100);
    List<InboundDelivery> first = received.next(100);
    assertThat(first).extracting(InboundDelivery::deliveryCount).containsOnly(1);
    assertThat(first).extracting(d -> d.message().text()).isEqualTo(numbers(0, 100));
  }

  @Test
  void seesWhatIsBehindTheHeldOnes() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, MANY);
    Links.Received holder = Links.consume(link, Links.queue(queue), 300);
    List<InboundDelivery> held = holder.next(300);
    assertThat(texts(link.browse(queue))).containsSubsequence(numbers(300, MANY));
    holder.consumer().settle(Outcome.ACCEPT, held);
    holder.consumer().close();
    assertThat(texts(link.browse(queue))).isEqualTo(numbers(300, MANY));
    assertThat(link.depth(queue).inFlight()).hasValue(0);
  }

  @Test
  void anEmptyQueueHasNothingToSee() {
    Queue queue = Links.newQueue(link);
    QueueBrowser browser = link.browse(queue);
    assertThat(browser.hasNext()).isFalse();
    assertThatThrownBy(browser::next).isInstanceOf(NoSuchElementException.class);
    browser.close();
    browser.close();
    assertThat(browser.hasNext()).isFalse();
  }

  @Test
  void aMissingQueueIsNotMade() {
    Queue queue = Queue.of("never.made.to.browse");
    assertThatThrownBy(() -> link.browse(queue)).isInstanceOf(DestinationNotFoundException.class);
    assertThat(link.exists(queue)).isFalse();
  }

  @Test
  void endsAtWhatWasThereWhenItBegan() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 3);
    QueueBrowser browser = link.browse(queue);
    Links.send(link, queue, 300);
    assertThat(texts(browser)).hasSize(3);
  }

  private static List<String> texts(QueueBrowser browser) {
    List<String> texts = new ArrayList<>();
    try (browser) {
      browser.forEachRemaining((Message message) -> texts.add(message.text()));
    }
    return texts;
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }
}
