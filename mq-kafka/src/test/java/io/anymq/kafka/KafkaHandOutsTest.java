package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a share group counts, and what applications have had; and what does not take a place. */
final class KafkaHandOutsTest extends LinkTest {

  @AfterEach
  void deleteQueue() {
    link.delete(queue);
  }

  @Test
  void whatNobodySawDoesNotCount() throws Exception {
    Links.send(link, queue, 1);
    for (int opened = 1; opened <= 14; opened++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.deliveryCount()).isEqualTo(opened);
        assertThat(delivery.earlierHandOuts()).as("opened %s times", opened).isZero();
      }
    }
    assertThat(((DepthQuery) link).depth(queue).atRest()).isEqualTo(1);
  }

  /** Those that are released count, and those that a close gives back, the first one included. */
  @Test
  void whatTheApplicationHadCounts() throws Exception {
    Links.send(link, queue, 1);
    int had = 0;
    for (int opened = 1; opened <= 12; opened++) {
      try (Taking consumer = new Taking(link, queue, 1)) {
        InboundDelivery delivery = consumer.take();
        assertThat(delivery.earlierHandOuts()).as("opened %s times", opened).isEqualTo(had);
        if (opened % 3 == 1) {
          delivery.handedOut();
          had++;
        } else if (opened % 3 == 2) {
          delivery.handedOut();
          had++;
          consumer.release(delivery);
          assertThat(consumer.take().earlierHandOuts()).isEqualTo(had);
        }
      }
    }
    Link other = Links.open(broker);
    try (Taking consumer = new Taking(other, queue, 1)) {
      assertThat(consumer.take().earlierHandOuts()).as("of another link").isEqualTo(had);
    } finally {
      other.close(Links.PATIENCE);
    }
  }

  @Test
  void whatIsParkedTakesNoPlaceOfThePrefetch() throws Exception {
    Links.send(link, queue, 6);
    try (Taking consumer = new Taking(link, queue, 1)) {
      List<InboundDelivery> parked = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        InboundDelivery next = consumer.take();
        consumer.park(next);
        consumer.park(next); // does nothing
        parked.add(next);
      }
      consumer.accept(consumer.take());
      for (InboundDelivery each : parked) {
        consumer.unpark(each);
        consumer.release(each);
        InboundDelivery again = consumer.take();
        assertThat(again.message().text()).isEqualTo(each.message().text());
        consumer.accept(again);
      }
    }
    assertThat(((DepthQuery) link).depth(queue).atRest()).isZero();
  }

  @Test
  void aPlainSubscriptionParksToo() throws Exception {
    Topic topic = Topic.of("t." + UUID.randomUUID());
    link.declare(topic, QueueOptions.DEFAULT);
    Source plain = new Source.OfTopic(topic, new Source.Terms(Optional.empty(), false, false));
    try (Taking consumer = new Taking(link, plain, 1)) {
      Links.send(link, topic, 3);
      InboundDelivery first = consumer.take();
      consumer.park(first);
      InboundDelivery second = consumer.take();
      assertThat(second.message().text()).isEqualTo("1");
      consumer.unpark(first);
      consumer.accept(second);
      consumer.accept(first);
      consumer.accept(consumer.take());
    }
    link.delete(topic);
  }
}
