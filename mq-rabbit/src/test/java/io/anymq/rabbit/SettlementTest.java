package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.DestinationNotFoundException;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deliveries that are accepted, released and left unsettled, on a real broker. */
final class SettlementTest extends OneLink {

  @Test
  void whatIsHeldComesBackMarkedAndCounted() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 3);
    for (int delivery = 1; delivery <= 25; delivery++) {
      Links.Received received = Links.consume(link, Links.queue(queue), 10);
      List<InboundDelivery> held = received.next(3);
      for (InboundDelivery each : held) {
        assertThat(each.deliveryCount()).isEqualTo(delivery);
        assertThat(each.redelivered()).isEqualTo(delivery > 1);
      }
      received.consumer().close();
    }
    Links.awaitDepth(link, queue, 3);
  }

  @Test
  void aReleasedDeliveryComesAgainBeforeTheOthers() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 10);
    Links.Received received = Links.consume(link, Links.queue(queue), 2);
    assertThat(received.consumer().releasesNatively()).isTrue();
    List<InboundDelivery> first = received.next(2);
    received.consumer().settle(Outcome.RELEASE, List.of(first.get(0)));
    InboundDelivery again = received.next();
    assertThat(again.message().text()).isEqualTo("0");
    assertThat(again.deliveryCount()).isEqualTo(2);
    received.consumer().settle(Outcome.RELEASE, List.of(first.get(0)));
    received.accept(first.get(1), again);
    assertThat(received.next(2))
        .extracting(each -> each.message().text())
        .containsExactly("2", "3");
  }

  @Test
  void settlementsOutOfOrderReachJustTheirMessages() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 20);
    Links.Received received = Links.consume(link, Links.queue(queue), 100);
    List<InboundDelivery> all = received.next(20);
    received.accept(all.get(19), all.get(5), all.get(0), all.get(1), all.get(3));
    received.accept(all.get(0), all.get(2));
    received.consumer().close();
    received.accept(all.get(4));
    Links.Received rest = Links.consume(link, Links.queue(queue), 100);
    List<String> texts = new ArrayList<>();
    rest.next(14).forEach(each -> texts.add(each.message().text()));
    assertThat(texts)
        .containsExactly(
            "4", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18");
  }

  @Test
  void acceptedMessagesStayAcceptedWhenTheConsumerClosesAtOnce() throws Exception {
    Queue queue = Links.newQueue(link);
    for (int round = 0; round < 5; round++) {
      Links.send(link, queue, 5000);
      Links.Received received = Links.consume(link, Links.queue(queue), 1000);
      int left = 5000;
      while (left > 0) {
        List<InboundDelivery> some = received.next(1);
        received.deliveries.drainTo(some);
        received.consumer().settle(Outcome.ACCEPT, some);
        left -= some.size();
      }
      received.consumer().close();
      assertThat(link.depth(queue).atRest()).as("round %d", round).isZero();
    }
  }

  @Test
  void closingTheLinkGivesBackWhatIsHeldAndKeepsWhatIsSettled() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1000);
    RabbitLink other = Links.open(broker.url());
    Links.Received received = Links.consume(other, Links.queue(queue), 1000);
    List<InboundDelivery> all = received.next(1000);
    received.consumer().settle(Outcome.ACCEPT, all.subList(0, 900));
    other.close(Duration.ofSeconds(5));
    Links.Received rest = Links.consume(link, Links.queue(queue), 1000);
    assertThat(rest.next(100))
        .allMatch(InboundDelivery::redelivered)
        .extracting(each -> each.message().text())
        .startsWith("900")
        .endsWith("999");
    assertThat(link.depth(queue).atRest()).isZero();
  }

  @Test
  void aQueueThatIsDeletedBreaksItsConsumer() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    link.delete(queue);
    assertThat(received.awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
    received.consumer().close();
  }
}
