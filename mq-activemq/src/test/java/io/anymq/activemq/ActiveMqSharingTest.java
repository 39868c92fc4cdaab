package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Outcome;
import io.anymq.spi.Source;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shared subscriptions at a real broker, which knows none. */
@Timeout(60)
final class ActiveMqSharingTest {

  private static BrokerHandle broker;
  private final List<ActiveMqLink> links = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = BrokerProvisioner.system().start("activemq");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeLinks() {
    links.forEach(link -> link.close(Duration.ofSeconds(2)));
  }

  private ActiveMqLink open(String url) {
    ActiveMqLink link = ActiveMqLink.open(Links.request(url, new LinkedBlockingQueue<>()));
    links.add(link);
    return link;
  }

  private static Source shared(Topic topic, boolean durable) {
    return new Source.OfTopic(topic, new Source.Terms(Optional.of("team"), durable, true));
  }

  private static List<String> texts(List<InboundDelivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.message().text()).toList();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  private static List<InboundDelivery> take(Links.Received from, int count) throws Exception {
    List<InboundDelivery> taken = new ArrayList<>();
    while (taken.size() < count) {
      InboundDelivery next = from.next();
      from.consumer().settle(Outcome.ACCEPT, List.of(next));
      taken.add(next);
    }
    return taken;
  }

  @Test
  void whatANativeProgramPublishesComesUnchanged() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Links.Received member = Links.consume(link, shared(topic, false), 10);
    ActiveMQConnection connection = link.unwrap(ActiveMQConnection.class).orElseThrow();
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = session.createProducer(session.createTopic(topic.name()));
    jakarta.jms.TextMessage sent = session.createTextMessage("body");
    sent.setStringProperty("smile", "\uD83D\uDE00 \0 €");
    producer.send(sent);
    session.close();
    InboundDelivery delivery = member.next();
    assertThat(delivery.message().id()).contains(sent.getJMSMessageID());
    assertThat(delivery.message().text()).isEqualTo("body");
    assertThat(delivery.message().properties()).containsEntry("smile", "\uD83D\uDE00 \0 €");
    assertThat(delivery.destination()).isEqualTo(topic);
    assertThat(delivery.redelivered()).isFalse();
  }

  @Test
  void whenTheMoverDiesAnotherMovesOnWithoutLossOrDouble() throws Exception {
    ActiveMqLink dying = open(broker.proxiedUrl());
    ActiveMqLink heir = open(broker.url());
    Topic topic = Links.newTopic(heir);
    Links.Received first = Links.consume(dying, shared(topic, false), 1);
    Links.Received second = Links.consume(heir, shared(topic, false), 1);
    ActiveMqLink sender = open(broker.url());
    Links.send(sender, topic, 300);
    InboundDelivery held = first.next();
    try {
      broker.cutNetwork();
      Links.send(sender, topic, 300);
      List<String> seen = new ArrayList<>(texts(take(second, 600)));
      assertThat(seen).contains(held.message().text());
      List<String> expected = new ArrayList<>(numbers(300));
      expected.addAll(numbers(300));
      assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(seen.subList(300, 600)).isSubsetOf(numbers(300));
    } finally {
      broker.restoreNetwork();
    }
    assertThat(second.deliveries).isEmpty();
  }

  /** The library that deleted the topic may still be at work when others are back already. */
  @Test
  void whoJoinsAnewAfterADeletionKeepsWhatComes() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Links.Received member = Links.consume(link, shared(topic, true), 1);
    Links.send(link, topic, 3);
    assertThat(member.next().message().text()).isEqualTo("0");
    LinkRequest request = Links.request(broker.url(), new LinkedBlockingQueue<>());
    OpenWire wire = OpenWire.open(request, Optional.empty(), lost -> {});
    try {
      ActiveMqDestinations names = new ActiveMqDestinations(NativeNames.none());
      ActiveMqStatistics statistics =
          ActiveMqStatistics.detect(wire, request.operationTimeout()).orElseThrow();
      new ActiveMqSharing(
              wire,
              names,
              statistics,
              new ActiveMqSubscriptions(request),
              request.operationTimeout())
          .topicDeleted(names.toNative(topic));
    } finally {
      wire.close(Links.PATIENCE);
    }
    member.consumer().close();
    Links.Received again = Links.consume(link, shared(topic, true), 10);
    assertThat(texts(take(again, 3))).containsExactly("0", "1", "2");
  }

  @Test
  void whatACrashOfAllMembersLeavesGoesWithTheNextSubscription() throws Exception {
    ActiveMqLink dying = open(broker.proxiedUrl());
    ActiveMqLink other = open(broker.url());
    Topic topic = Links.newTopic(other);
    Links.consume(dying, shared(topic, false), 1);
    ActiveMqShare share = share(topic, false);
    Links.send(other, topic, 3);
    try {
      broker.cutNetwork();
      await(share.lease(), counts -> counts.consumers() == 0);
    } finally {
      broker.restoreNetwork();
    }
    Links.send(other, topic, 2);
    assertThat(queues(share)).contains(share.queue());
    Links.consume(other, shared(Links.newTopic(other), false), 1).consumer().close();
    assertThat(queues(share)).isEmpty();
    Links.Received anew = Links.consume(other, shared(topic, false), 10);
    Links.send(other, topic, 1);
    assertThat(anew.next().message().text()).isEqualTo("0");
    anew.consumer().close();
    assertThat(queues(share)).isEmpty();
  }

  @Test
  void whatWasKeptWhileItWasSharedComesToWhoOpensItAlone() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Links.Received member = Links.consume(link, shared(topic, true), 2);
    Links.send(link, topic, 10);
    assertThat(texts(take(member, 4))).isEqualTo(numbers(4));
    member.consumer().close();
    Links.Received alone = Links.consume(link, Links.durable(topic, "team"), 2);
    assertThat(texts(take(alone, 6))).isEqualTo(numbers(10).subList(4, 10));
    Links.send(link, topic, 2);
    assertThat(texts(take(alone, 2))).isEqualTo(numbers(2));
    assertInUse(() -> Links.consume(link, shared(topic, true), 2));
    alone.consumer().close();
    Links.send(link, topic, 3);
    Links.Received direct = Links.consume(link, Links.durable(topic, "team"), 2);
    assertThat(texts(take(direct, 3))).isEqualTo(numbers(3));
    assertInUse(() -> link.unsubscribe(topic, "team"));
    direct.consumer().close();
    link.unsubscribe(topic, "team");
    assertThat(queues(share(topic, true))).isEmpty();
  }

  private static void assertInUse(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
  }

  @Test
  void aPatternIsSharedTooAndTellsTheTopic() throws Exception {
    ActiveMqLink link = open(broker.url());
    String base = "p" + UUID.randomUUID();
    TopicPattern pattern = TopicPattern.of(base + ".*.#.end");
    Source source =
        new Source.OfPattern(pattern, new Source.Terms(Optional.of("team"), true, true));
    Links.Received one = Links.consume(link, source, 1);
    Links.Received two = Links.consume(link, source, 1);
    List<Topic> meant =
        IntStream.range(0, 4).mapToObj(i -> Topic.of(base + ".a." + i + ".end")).toList();
    for (Topic topic : meant) {
      Topic other = Topic.of(topic.name() + ".not");
      link.declare(topic, QueueOptions.DEFAULT);
      link.declare(other, QueueOptions.DEFAULT);
      Links.send(link, other, 1);
      Links.send(link, topic, 1);
    }
    List<InboundDelivery> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.addAll(take(one, 1));
      all.addAll(take(two, 1));
    }
    assertThat(all)
        .extracting(InboundDelivery::destination)
        .containsExactlyInAnyOrderElementsOf(meant);
    one.consumer().close();
    two.consumer().close();
    link.unsubscribe(pattern, "team");
  }

  @Test
  void aDeletedTopicEndsItsMembersAndTheirBacklog() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Links.Received member = Links.consume(link, shared(topic, true), 1);
    Links.send(link, topic, 3);
    member.next();
    open(broker.url()).delete(topic);
    assertThat(member.broken.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessage(topic.describe() + " does not exist: it was deleted");
    assertThat(queues(share(topic, true))).isEmpty();
    link.declare(topic, QueueOptions.DEFAULT);
    Links.Received anew = Links.consume(link, shared(topic, true), 1);
    Links.send(link, topic, 1);
    assertThat(anew.next().message().text()).isEqualTo("0");
    assertThat(anew.deliveries).isEmpty();
  }

  @Test
  void aDurableSubscriptionEndsWithItsTopicAndBeginsAnewWithAnother() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Links.Received ended = Links.consume(link, Links.durable(topic, "alone"), 5);
    Links.send(link, topic, 2);
    ended.next(2);
    link.delete(topic);
    assertThat(ended.broken.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(DestinationNotFoundException.class)
        .hasMessage(topic.describe() + " does not exist: it was deleted");
    link.declare(topic, QueueOptions.DEFAULT);
    Links.Received anew = Links.consume(link, Links.durable(topic, "alone"), 5);
    Links.send(link, topic, 3);
    assertThat(texts(anew.next(3))).isEqualTo(numbers(3));
    assertThat(anew.deliveries).isEmpty();
  }

  @Test
  void aKilledBrokerKeepsWhatIsDurable() throws Exception {
    Topic topic;
    ActiveMqLink before = open(broker.url());
    topic = Links.newTopic(before);
    Links.Received member = Links.consume(before, shared(topic, true), 10);
    Links.send(before, topic, 50);
    assertThat(texts(take(member, 20))).isEqualTo(numbers(20));
    await(share(topic, true).queue(), counts -> counts.size() == 30);
    broker.kill();
    broker.restart();
    Links.Received again = Links.consume(open(broker.url()), shared(topic, true), 10);
    assertThat(texts(take(again, 30))).isEqualTo(numbers(50).subList(20, 50));
  }

  @Test
  void topicsThatAreNamedLikeTheMarksOfOthersAreTopicsLikeAnyOther() throws Exception {
    ActiveMqLink link = open(broker.url());
    Topic topic = Links.newTopic(link);
    Source pattern =
        new Source.OfPattern(
            TopicPattern.of("p" + UUID.randomUUID() + ".*"),
            new Source.Terms(Optional.of("team"), true, true));
    Links.consume(link, pattern, 1);
    Links.consume(link, shared(topic, false), 1);
    List<ActiveMqShare> others = List.of(share(pattern), share(topic, false));
    for (String mark : List.of("pattern", "while-used")) {
      Topic named = Topic.of(mark);
      link.declare(named, QueueOptions.DEFAULT);
      Links.consume(link, shared(named, true), 1).consumer().close();
      Links.send(link, named, 1);
      Links.consume(link, shared(Links.newTopic(link), false), 1).consumer().close();
      Links.Received kept = Links.consume(link, shared(named, true), 1);
      assertThat(texts(take(kept, 1))).as("what %s had kept", named).isEqualTo(numbers(1));
      kept.consumer().close();
      link.delete(named);
      assertThat(queues(share(named, true))).isEmpty();
      for (ActiveMqShare other : others) {
        assertThat(queues(other)).contains(other.queue(), other.lease());
      }
    }
  }

  @Test
  void aQueueBelongsToTheTopicWhoseNameStandsBeforeTheSubscriptions() {
    Topic topic = Topic.of("orders");
    ActiveMQDestination own = new ActiveMqDestinations(NativeNames.none()).toNative(topic);
    assertThat(List.of(share(topic, true), share(topic, false)))
        .allMatch(share -> ActiveMqShare.isOf(own, share.queue()))
        .allMatch(share -> ActiveMqShare.isOf(own, share.lease()));
    Source pattern =
        new Source.OfPattern(
            TopicPattern.of("orders"), new Source.Terms(Optional.of("team"), false, true));
    assertThat(List.of(share(pattern), share(Topic.of("orders.new"), true)))
        .noneMatch(share -> ActiveMqShare.isOf(own, share.queue()));
  }

  /** Anybody may make a queue whose name begins like ours. */
  @Test
  void aQueueWhoseNameIsNoPatternBelongsToNobody() {
    String begin = ActiveMqShare.MARKS + ActiveMqShare.PATTERN;
    assertThat(ActiveMqShare.ofPattern(new ActiveMQQueue(begin + "orders.+:team"))).isPresent();
    assertThat(ActiveMqShare.ofPattern(new ActiveMQQueue(begin + "or ders..:team"))).isEmpty();
  }

  private static ActiveMqShare share(Source source) {
    return ActiveMqShare.of(source, new ActiveMqDestinations(NativeNames.none())).orElseThrow();
  }

  private static ActiveMqShare share(Topic topic, boolean durable) {
    return share(shared(topic, durable));
  }

  private static void await(
      ActiveMQDestination queue, Predicate<ActiveMqStatistics.Counts> expected) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!ask(plugin -> expected.test(plugin.of(queue).orElseThrow()))) {
      assertThat(System.nanoTime()).as("the time until " + queue + " is so").isLessThan(deadline);
    }
  }

  /** The queues that the broker has for a shared subscription. */
  private static Set<ActiveMQDestination> queues(ActiveMqShare share) {
    Set<ActiveMQDestination> all = new HashSet<>();
    for (String words : List.of(ActiveMqShare.QUEUES, ActiveMqShare.LEASES)) {
      all.addAll(ask(plugin -> plugin.queuesUnder(words).keySet()));
    }
    all.retainAll(Set.of(share.queue(), share.lease()));
    return all;
  }

  private static <T> T ask(Function<ActiveMqStatistics, T> question) {
    OpenWire wire =
        OpenWire.open(
            Links.request(broker.url(), new LinkedBlockingQueue<>()), Optional.empty(), e -> {});
    try {
      return question.apply(ActiveMqStatistics.detect(wire, Duration.ofSeconds(5)).orElseThrow());
    } finally {
      wire.close(Duration.ofSeconds(1));
    }
  }
}
