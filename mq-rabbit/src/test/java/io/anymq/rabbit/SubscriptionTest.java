package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Plain and durable subscriptions on a real broker. */
final class SubscriptionTest extends OneLink {

  @Test
  void aPlainSubscriptionIsLiveAtOnceAndEndsWithItsConsumer() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received one = Links.consume(link, Links.plain(topic), 10);
    Links.Received two = Links.consume(link, Links.plain(topic), 10);
    Links.send(link, topic, 3);
    assertThat(one.next(3)).extracting(InboundDelivery::destination).containsOnly(topic);
    assertThat(two.next(3)).extracting(InboundDelivery::deliveryCount).containsOnly(1);
    assertThat(one.consumer().releasesNatively()).isFalse();
    one.consumer().close();
    Links.send(link, topic, 1);
    two.next();
    assertThat(one.deliveries).isEmpty();
  }

  @Test
  void aDurableSubscriptionKeepsWhatIsSentMeanwhile() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.consume(link, Links.durable(topic, "s"), 10).consumer().close();
    Links.send(link, topic, 3);
    Links.Received received = Links.consume(link, Links.durable(topic, "s"), 10);
    List<InboundDelivery> held = received.next(3);
    assertThat(held).extracting(each -> each.message().text()).containsExactly("0", "1", "2");
    received.accept(held.get(0));
    received.consumer().close();
    Links.Received again = Links.consume(link, Links.durable(topic, "s"), 10);
    assertThat(again.next(2)).extracting(InboundDelivery::deliveryCount).containsOnly(2);
    again.consumer().close();
    link.unsubscribe(topic, "s");
    link.unsubscribe(topic, "s");
    Links.Received anew = Links.consume(link, Links.durable(topic, "s"), 10);
    Links.send(link, topic, List.of(Links.text("new")));
    assertThat(anew.next().message().text()).isEqualTo("new");
  }

  @Test
  void aDurableSubscriptionHasOneConsumer() {
    Topic topic = Links.newTopic(link);
    RabbitLink other = Links.open(broker.url());
    Links.Received holder = Links.consume(link, Links.durable(topic, "s"), 10);
    for (RabbitLink each : List.of(link, other)) {
      assertInUse(() -> Links.consume(each, Links.durable(topic, "s"), 10));
      assertInUse(() -> each.unsubscribe(topic, "s"));
    }
    holder.consumer().close();
    Links.consume(other, Links.durable(topic, "s"), 10);
    assertInUse(() -> link.unsubscribe(topic, "s"));
    other.close(Duration.ofSeconds(5));
    link.unsubscribe(topic, "s");
  }

  private static void assertInUse(Runnable use) {
    assertThatThrownBy(use::run)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  /** The last of those who shared it closes in the moment in which it is joined. */
  @Test
  void aSharedQueueThatGoesBeforeItIsBoundIsMadeAgain() throws Exception {
    Topic topic = Links.newTopic(link);
    RabbitNames names = new RabbitNames(NativeNames.none());
    String queue = names.sharedSubscription(topic, "s");
    AtomicInteger binds = new AtomicInteger();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (method.equals("queueBind") && binds.incrementAndGet() == 1) {
                try (Channel channel =
                    link.unwrap(Connection.class).orElseThrow().createChannel()) {
                  channel.queueDelete(queue);
                }
              }
              return call.make();
            });
    RabbitSource source =
        subscriptions(altered)
            .source(
                new Source.OfTopic(topic, new Source.Terms(Optional.of("s"), false, true)), false);
    assertThat(source.queue()).isEqualTo(queue);
    assertThat(binds).as("binds to two exchanges, the first of which failed once").hasValue(3);
    try (Channel channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.queueDelete(queue);
    }
    altered.close(Links.PATIENCE);
  }

  private static RabbitSubscriptions subscriptions(NativeConnection connection) {
    RabbitNames names = new RabbitNames(NativeNames.none());
    RabbitTopology topology =
        new RabbitTopology(
            connection,
            names,
            RabbitOptions.QueueType.QUORUM,
            "/",
            new QueueCheck(Optional.empty(), new DeliveryLimits("3.10.8")));
    return new RabbitSubscriptions(
        topology, new SubscriptionLocks(connection, names), connection, Optional.empty());
  }

  /**
   * Whether its queue drops what it confirmed is asked behind that, and is worth a WARN at most.
   */
  @Test
  void aDurableSubscriptionIsThereThoughItsKindIsNotToldInTime() throws Exception {
    Topic topic = Links.newTopic(link);
    AtomicInteger unanswered = new AtomicInteger();
    AtomicBoolean bound = new AtomicBoolean();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              if (bound.get() && method.startsWith("queueDeclare")) {
                unanswered.incrementAndGet();
                throw new ChannelContinuationTimeoutException(
                    new TimeoutException(), null, 1, new AMQP.Queue.Declare.Builder().build());
              }
              Object answer = call.make();
              bound.compareAndSet(false, method.equals("queueBind"));
              return answer;
            });
    RabbitSource source = subscriptions(altered).source(Links.durable(topic, "s"), false);
    assertThat(unanswered).as("questions for the kind").hasPositiveValue();
    source.release();
    ConsumerRequest request =
        new ConsumerRequest(Links.durable(topic, "s"), 10, Optional.empty(), false);
    Links.consumeWhenFree(link, request).consumer().close();
    link.unsubscribe(topic, "s");
    altered.close(Links.PATIENCE);
  }

  /** It would collect what is sent to the topic until the connection ends. */
  @Test
  void aPlainSubscriptionThatCannotBeBoundLeavesNoQueue() {
    Topic topic = Links.newTopic(link);
    List<String> calls = new CopyOnWriteArrayList<>();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              calls.add(method);
              if (method.equals("queueBind")) {
                throw new IOException("for this test");
              }
              return call.make();
            });
    assertThatThrownBy(() -> subscriptions(altered).source(Links.plain(topic), false))
        .isInstanceOf(MessagingException.class);
    assertThat(calls).containsSubsequence("queueDeclare", "queueBind", "queueDelete");
    altered.close(Links.PATIENCE);
  }

  /**
   * The broker makes what holds it after the answer was given up, and only this connection ends it.
   */
  @Test
  void aDurableSubscriptionThatIsHeldTooLateIsNotHeld() throws Exception {
    Topic topic = Links.newTopic(link);
    AtomicInteger declared = new AtomicInteger();
    NativeConnection altered =
        AlteredConnection.open(
            broker.url(),
            (method, call) -> {
              Object answer = call.make();
              if (method.equals("queueDeclare") && declared.incrementAndGet() == 1) {
                throw new ChannelContinuationTimeoutException(
                    new TimeoutException(), null, 1, new AMQP.Queue.Declare.Builder().build());
              }
              return answer;
            });
    assertThatThrownBy(() -> subscriptions(altered).source(Links.durable(topic, "s"), false))
        .isInstanceOf(MessagingTimeoutException.class);
    ConsumerRequest request =
        new ConsumerRequest(Links.durable(topic, "s"), 10, Optional.empty(), false);
    Links.consumeWhenFree(link, request).consumer().close();
    link.unsubscribe(topic, "s");
    altered.close(Links.PATIENCE);
  }

  @Test
  void aSubscriptionOutlivesATopicThatIsMadeAgain() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received plain = Links.consume(link, Links.plain(topic), 10);
    Links.Received durable = Links.consume(link, Links.durable(topic, "s"), 10);
    link.delete(topic);
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 1);
    assertThat(plain.next().message().text()).isEqualTo("0");
    assertThat(durable.next().message().text()).isEqualTo("0");
  }
}
