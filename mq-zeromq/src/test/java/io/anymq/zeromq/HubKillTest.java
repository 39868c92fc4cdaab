package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.AcknowledgementMode;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.RedeliveryDelay;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hub's process is killed when it has answered: what it has said holds for the next one. */
@Timeout(120)
class HubKillTest {

  private static final Queue QUEUE = Queue.of("orders");
  private static final Topic CREATED = Topic.of("orders.created");
  private static final Topic PAID = Topic.of("orders.paid");
  private static final TopicPattern ORDERS = TopicPattern.of("orders.#");
  private static final SubscriptionOptions KEEPER = SubscriptionOptions.durable("keeper");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path data;

  private interface Work {
    void with(Connection connection);
  }

  /** Each on a hub of its own, which is killed before anybody says goodbye. */
  private void eachBeforeAKill(Work... all) throws Exception {
    for (Work work : all) {
      try (HubProcess hub = new HubProcess(data)) {
        Connection connection = hub.connect();
        try {
          work.with(connection);
          hub.kill();
        } finally {
          connection.close();
        }
      }
    }
  }

  private static void send(Connection to, String... texts) {
    for (String text : texts) {
      to.send(QUEUE, Message.text(text));
    }
  }

  private static void publish(Connection to, Topic topic, String... texts) {
    for (String text : texts) {
      to.send(topic, Message.text(text));
    }
  }

  private static List<String> take(Consumer consumer, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(next(consumer).message().text());
    }
    return texts;
  }

  private static Delivery next(Consumer consumer) {
    return consumer
        .receive(LIMIT)
        .orElseThrow(() -> new AssertionError("Nothing more came within " + LIMIT));
  }

  @Test
  void aDurableSubscriptionToAPatternGoesOn() throws Exception {
    eachBeforeAKill(
        connection -> {
          connection.declare(CREATED);
          connection.subscribe(ORDERS, KEEPER).close();
          publish(connection, CREATED, "a", "b");
        },
        connection -> {
          // To a topic that was made after the subscription, by the next hub.
          connection.declare(PAID);
          publish(connection, PAID, "c");
        },
        connection -> {
          try (Subscription keeper = connection.subscribe(ORDERS, KEEPER)) {
            assertThat(next(keeper).destination()).isEqualTo(CREATED);
            assertThat(take(keeper, 1)).containsExactly("b");
            Delivery last = next(keeper);
            assertThat(last.destination()).isEqualTo(PAID);
            assertThat(last.message().text()).isEqualTo("c");
          }
        });
  }

  @Test
  void aPatternThatNobodySubscribesToAnyMoreKeepsNothing() throws Exception {
    eachBeforeAKill(
        connection -> {
          connection.declare(CREATED);
          connection.subscribe(ORDERS, KEEPER).close();
          publish(connection, CREATED, "a");
          connection.unsubscribe(ORDERS, "keeper");
        },
        connection -> publish(connection, CREATED, "b"),
        connection -> {
          try (Subscription keeper = connection.subscribe(ORDERS, KEEPER)) {
            publish(connection, CREATED, "c");
            assertThat(take(keeper, 1)).containsExactly("c");
          }
        });
  }

  @Test
  void whatWasPurgedNeverComesAgain() throws Exception {
    eachBeforeAKill(
        connection -> {
          connection.declare(QUEUE);
          send(connection, "a", "b", "c");
          connection.purge(QUEUE);
        },
        connection -> {
          assertThat(connection.depth(QUEUE).atRest()).isZero();
          send(connection, "d");
        },
        connection -> {
          assertThat(connection.depth(QUEUE).atRest()).isEqualTo(1);
          try (Consumer consumer = connection.createConsumer(QUEUE)) {
            assertThat(take(consumer, 1)).containsExactly("d");
          }
        });
  }

  @Test
  void whatWasDeletedNeverComesAgainUnderItsName() throws Exception {
    eachBeforeAKill(
        connection -> {
          connection.declare(QUEUE);
          connection.declare(CREATED);
          connection.subscribe(CREATED, KEEPER).close();
          send(connection, "a", "b");
          publish(connection, CREATED, "a");
          connection.delete(QUEUE);
          connection.delete(CREATED);
        },
        connection -> {
          assertThatThrownBy(() -> connection.depth(QUEUE))
              .isInstanceOf(DestinationNotFoundException.class);
          assertThat(connection.exists(CREATED)).isFalse();
          connection.declare(QUEUE);
          connection.declare(CREATED);
          send(connection, "new");
        },
        connection -> {
          assertThat(connection.depth(QUEUE).atRest()).isEqualTo(1);
          try (Consumer consumer = connection.createConsumer(QUEUE);
              Subscription keeper = connection.subscribe(CREATED, KEEPER)) {
            assertThat(take(consumer, 1)).containsExactly("new");
            publish(connection, CREATED, "new");
            assertThat(take(keeper, 1)).containsExactly("new");
          }
        });
  }

  @Test
  void deliveriesGoOnBeingCounted() throws Exception {
    ConsumerOptions byHand =
        ConsumerOptions.builder()
            .acknowledgement(AcknowledgementMode.MANUAL)
            .redeliveryDelay(RedeliveryDelay.NONE)
            .prefetch(1)
            .build();
    eachBeforeAKill(
        connection -> {
          connection.declare(QUEUE);
          send(connection, "a", "b");
          Consumer consumer = connection.createConsumer(QUEUE, byHand);
          next(consumer).release();
          assertThat(next(consumer).deliveryCount()).isEqualTo(2);
        },
        connection -> {
          Consumer consumer = connection.createConsumer(QUEUE, byHand);
          assertThat(next(consumer).deliveryCount()).isEqualTo(3);
        },
        connection -> {
          assertThat(connection.depth(QUEUE).atRest()).isEqualTo(2);
          Consumer consumer = connection.createConsumer(QUEUE, byHand);
          Delivery first = next(consumer);
          assertThat(first.message().text()).isEqualTo("a");
          assertThat(first.deliveryCount()).isEqualTo(4);
          assertThat(first.redelivered()).isTrue();
          first.accept();
          assertThat(next(consumer).deliveryCount()).as("of the one behind it").isEqualTo(1);
        });
  }
}
