package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may hold a subscription or a temporary queue, and for how long it lasts. */
@Timeout(30)
class SharingTest {

  private static final Topic TOPIC = Topic.of("t.one");

  private ZeroMqHub hub;
  private ZeroMqLink one;
  private ZeroMqLink two;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
    one = Links.connect(hub.url());
    two = Links.connect(hub.url());
    one.declare(TOPIC, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    one.close(Links.LIMIT);
    two.close(Links.LIMIT);
    hub.close();
  }

  private static Source.Terms terms(boolean durable, boolean shared) {
    return new Source.Terms(Optional.of("s"), durable, shared);
  }

  private static LinkConsumer open(ZeroMqLink link, Source source, Inbox inbox) {
    return link.openConsumer(new ConsumerRequest(source, 10, Optional.empty(), false), inbox);
  }

  private static LinkConsumer subscribe(
      ZeroMqLink link, boolean durable, boolean shared, Inbox to) {
    return open(link, new Source.OfTopic(TOPIC, terms(durable, shared)), to);
  }

  private void assertInUse(boolean durable, boolean shared) {
    assertCode(ErrorCode.SUBSCRIPTION_IN_USE, () -> subscribe(two, durable, shared, new Inbox()));
  }

  private static void assertCode(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void consumersOnOtherTermsAreRefused() {
    LinkConsumer shared = subscribe(one, true, true, new Inbox());
    assertInUse(true, false);
    assertInUse(false, true);
    shared.close();
    subscribe(one, true, false, new Inbox());
    assertInUse(true, true);
    assertInUse(true, false);
  }

  @Test
  void aSharedSubscriptionEndsWithItsLastConsumerOnAnyConnection() throws Exception {
    LinkConsumer first = subscribe(one, false, true, new Inbox());
    Inbox inbox = new Inbox();
    LinkConsumer second = subscribe(two, false, true, inbox);
    first.close();
    Links.send(one, TOPIC, "kept");
    assertThat(inbox.texts(1)).containsExactly("kept");
    second.close();
    Links.send(one, TOPIC, "for nobody");
    Inbox later = new Inbox();
    subscribe(two, false, true, later);
    Links.send(one, TOPIC, "new");
    assertThat(later.texts(1)).containsExactly("new");
  }

  @Test
  void aSharedDurableSubscriptionKeepsWhatIsSentMeanwhile() throws Exception {
    subscribe(one, true, true, new Inbox()).close();
    Links.send(one, TOPIC, "meanwhile");
    Inbox inbox = new Inbox();
    LinkConsumer consumer = subscribe(two, true, true, inbox);
    assertThat(inbox.texts(1)).containsExactly("meanwhile");
    assertCode(ErrorCode.SUBSCRIPTION_IN_USE, () -> one.unsubscribe(TOPIC, "s"));
    consumer.close();
    one.unsubscribe(TOPIC, "s");
  }

  @Test
  void aDurablePatternKeepsWhatIsSentToTopicsMadeLater() throws Exception {
    TopicPattern pattern = TopicPattern.of("t.#");
    Source source = new Source.OfPattern(pattern, terms(true, false));
    open(one, source, new Inbox()).close();
    Topic later = Topic.of("t.two.three");
    one.declare(later, QueueOptions.DEFAULT);
    Links.send(one, later, "later");
    Links.send(one, TOPIC, "first");
    Inbox inbox = new Inbox();
    LinkConsumer consumer = open(two, source, inbox);
    assertThat(inbox.next(2))
        .extracting(delivery -> (Object) delivery.destination())
        .isEqualTo(List.of(later, TOPIC));
    consumer.close();
    two.unsubscribe(pattern, "s");
    Inbox again = new Inbox();
    open(two, source, again);
    Links.send(one, TOPIC, "after");
    assertThat(again.texts(1)).containsExactly("after");
  }

  @Test
  void aTemporaryQueueBelongsToItsSessionAndEndsWithIt() {
    Queue queue = Queue.of("tmp.x");
    one.declareTemporary(queue);
    Links.send(two, queue, "from anybody");
    assertCode(ErrorCode.ILLEGAL_USE, () -> two.openConsumer(Links.from(queue, 1), new Inbox()));
    one.close(Links.LIMIT);
    assertThat(two.exists(queue)).isFalse();
  }

  @Test
  void aTemporaryQueueMadeAgainElsewhereIsANewOne() throws Exception {
    Queue queue = Queue.of("tmp.x");
    one.declareTemporary(queue);
    Inbox left = new Inbox();
    one.openConsumer(Links.from(queue, 1), left);
    two.declareTemporary(queue);
    assertThat(Links.result(left.broken)).isNotNull();
    one.close(Links.LIMIT);
    Inbox inbox = new Inbox();
    two.openConsumer(Links.from(queue, 1), inbox);
    Links.send(two, queue, "mine");
    assertThat(inbox.texts(1)).containsExactly("mine");
  }

  @Test
  void aQueueIsNotMadeTemporary() {
    Queue queue = Queue.of("q");
    one.declare(queue, QueueOptions.DEFAULT);
    assertCode(ErrorCode.ILLEGAL_USE, () -> two.declareTemporary(queue));
    two.close(Links.LIMIT);
    assertThat(one.exists(queue)).isTrue();
  }
}
