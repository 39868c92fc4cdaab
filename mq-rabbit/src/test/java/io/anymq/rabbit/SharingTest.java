package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shared subscriptions, patterns and temporary queues on a real broker, without the core. */
final class SharingTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("rabbitmq");
  private final RabbitLink link = Links.open(broker.url());
  private final RabbitLink other = Links.open(broker.url());

  @AfterEach
  void disconnect() {
    link.close(Duration.ofSeconds(5));
    other.close(Duration.ofSeconds(5));
  }

  @Test
  void thoseWhoShareGetEachMessageOnce() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received one = Links.consume(link, terms(topic, false), 1);
    Links.Received two = Links.consume(other, terms(topic, false), 1);
    Links.send(link, topic, 2);
    InboundDelivery first = one.next();
    InboundDelivery second = two.next();
    assertThat(Set.of(first.message().text(), second.message().text()))
        .containsExactlyInAnyOrder("0", "1");
  }

  @Test
  void aSharedSubscriptionEndsWithTheLastOfItsConsumers() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.Received one = Links.consume(link, terms(topic, false), 1);
    Links.Received two = Links.consume(other, terms(topic, false), 1);
    one.consumer().close();
    Links.send(link, topic, 1);
    two.accept(two.next());
    two.consumer().close();
    Links.send(link, topic, 1);
    Links.Received later = Links.consume(link, terms(topic, false), 1);
    Links.send(link, topic, java.util.List.of(Links.text("new")));
    assertThat(later.next().message().text()).isEqualTo("new");
  }

  @Test
  void oneNameIsEitherSharedOrNot() {
    Topic topic = Links.newTopic(link);
    Source shared = terms(topic, true);
    Source alone = Links.durable(topic, "team");
    for (RabbitLink second : new RabbitLink[] {link, other}) {
      Links.Received sharing = Links.consume(link, shared, 1);
      Links.Received more = Links.consume(second, shared, 1);
      assertInUse(() -> Links.consume(second, alone, 1));
      sharing.consumer().close();
      assertInUse(() -> second.unsubscribe(topic, "team"));
      more.consumer().close();
      Links.Received holder = Links.consume(second, alone, 1);
      assertInUse(() -> Links.consume(link, shared, 1));
      assertInUse(() -> Links.consume(other, shared, 1));
      holder.consumer().close();
    }
    link.unsubscribe(topic, "team");
  }

  @Test
  void aSharedDurableSubscriptionKeepsWhatIsSentMeanwhile() throws Exception {
    Topic topic = Links.newTopic(link);
    Links.consume(link, terms(topic, true), 1).consumer().close();
    Links.send(link, topic, 3);
    Links.Received again = Links.consume(other, terms(topic, true), 10);
    assertThat(again.next(3))
        .extracting(each -> each.message().text())
        .containsExactly("0", "1", "2");
    again.consumer().close();
    link.unsubscribe(topic, "team");
  }

  @Test
  void patternsMatchAsThePortableOnesDo() throws Exception {
    String base = "p" + UUID.randomUUID();
    String[] names = {base, base + ".a", base + ".a.b", base + ".a.c.b", base + "..b", base + ".A"};
    String[] patterns = {
      base + ".#", base + ".*", base + ".*.b", base + ".#.b", base, base + ".a.#"
    };
    for (String name : names) {
      link.declare(Topic.of(name), QueueOptions.DEFAULT);
    }
    for (String expression : patterns) {
      TopicPattern pattern = TopicPattern.of(expression);
      Links.Received received = Links.consume(link, pattern(pattern, Optional.empty()), 100);
      Set<String> expected = new HashSet<>();
      for (String name : names) {
        Links.send(link, Topic.of(name), 1);
        if (pattern.matches(Topic.of(name))) {
          expected.add(name);
        }
      }
      Topic late = Topic.of(expression.replace('*', 'x').replace("#", "x"));
      link.declare(late, QueueOptions.DEFAULT);
      Links.send(link, late, 1);
      expected.add(late.name());
      Set<String> seen = new HashSet<>();
      while (!seen.containsAll(expected)) {
        seen.add(received.next().destination().name());
      }
      assertThat(seen).as(expression).isEqualTo(expected);
      received.consumer().close();
      link.delete(late);
      link.declare(Topic.of(base), QueueOptions.DEFAULT);
    }
  }

  @Test
  void aDurableSubscriptionToAPatternIsKeptAndRemoved() throws Exception {
    String base = "p" + UUID.randomUUID();
    Topic topic = Topic.of(base + ".a");
    TopicPattern pattern = TopicPattern.of(base + ".*");
    Source durable = pattern(pattern, Optional.of("keeper"));
    Links.consume(link, durable, 1).consumer().close();
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 1);
    Links.Received again = Links.consume(link, durable, 1);
    assertThat(again.next().destination()).isEqualTo(topic);
    assertInUse(() -> other.unsubscribe(pattern, "keeper"));
    again.consumer().close();
    link.unsubscribe(pattern, "keeper");
    link.unsubscribe(pattern, "keeper");
    Links.Received fresh = Links.consume(link, durable, 1);
    Links.send(link, topic, java.util.List.of(Links.text("new")));
    assertThat(fresh.next().message().text()).isEqualTo("new");
    fresh.consumer().close();
    link.unsubscribe(pattern, "keeper");
  }

  @Test
  void othersSendToATemporaryQueueUntilItsLinkIsGone() throws Exception {
    Queue queue = Queue.of("tmp." + UUID.randomUUID());
    link.declareTemporary(queue);
    link.declareTemporary(queue);
    assertThat(other.exists(queue)).isTrue();
    Links.send(other, queue, 3);
    assertThat(link.depth(queue).atRest()).isEqualTo(3);
    Links.Received received = Links.consume(link, Links.queue(queue), 10);
    received.accept(received.next(3).toArray(new InboundDelivery[0]));
    LinkProducer producer = other.openProducer(queue, cause -> {});
    link.close(Duration.ofSeconds(5));
    assertThat(Links.send(producer, Links.text("late")).failure())
        .isInstanceOf(DestinationNotFoundException.class);
    assertThat(other.exists(queue)).isFalse();
  }

  private static void assertInUse(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  private static Source terms(Topic topic, boolean durable) {
    return new Source.OfTopic(topic, new Source.Terms(Optional.of("team"), durable, true));
  }

  private static Source pattern(TopicPattern pattern, Optional<String> name) {
    return new Source.OfPattern(pattern, new Source.Terms(name, name.isPresent(), false));
  }
}
