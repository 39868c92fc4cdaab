package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages that are due while the broker is away, on a broker of its own. The kit's broker tries
 * every two seconds again what it could not pass on; others do so every three minutes.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class DelayOutageTest {

  private static final Duration SOON = Duration.ofSeconds(1);

  private static @Nullable BrokerHandle started;

  private final List<RabbitLink> links = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    started = BrokerProvisioner.system().start("rabbitmq");
  }

  @AfterAll
  static void closeBroker() {
    broker().close();
  }

  @AfterEach
  void closeLinks() {
    links.forEach(link -> link.close(Duration.ofSeconds(5)));
  }

  private static BrokerHandle broker() {
    if (started == null) {
      throw new AssertionError("The broker did not start");
    }
    return started;
  }

  private RabbitLink open() {
    RabbitLink link = Links.open(broker().url());
    links.add(link);
    return link;
  }

  private static void sendLater(RabbitLink link, Destination destination) throws Exception {
    Links.send(link, destination, List.of(Links.text("a").toBuilder().deliveryDelay(SOON).build()));
  }

  private static void subscribe(RabbitLink link, Topic topic, List<String> names) {
    names.forEach(name -> Links.consume(link, Links.durable(topic, name), 1).consumer().close());
  }

  private static void assertEachHasIt(RabbitLink link, Topic topic, List<String> names)
      throws Exception {
    for (String name : names) {
      Links.Received received = Links.consume(link, Links.durable(topic, name), 1);
      assertThat(received.next().message().text()).as("%s of %s", name, topic).isEqualTo("a");
    }
  }

  @Test
  void whatIsDueWhileTheBrokerIsAwayReachesItsQueueAndEachSubscription() throws Exception {
    RabbitLink link = open();
    Queue queue = Links.newQueue(link);
    Topic topic = Links.newTopic(link);
    List<String> names = List.of("s1", "s2", "s3");
    subscribe(link, topic, names);
    sendLater(link, queue);
    sendLater(link, topic);
    broker().stop();
    broker().restart();
    RabbitLink next = open();
    assertThat(Links.consume(next, Links.queue(queue), 1).next().message().text()).isEqualTo("a");
    assertEachHasIt(next, topic, names);
  }

  @Test
  void whatIsDueForATopicStaysUntilSomebodyIsThereWhoKnowsThatAllIsUp() throws Exception {
    RabbitLink link = open();
    Topic topic = Links.newTopic(link);
    List<String> names = List.of("s1", "s2");
    subscribe(link, topic, names);
    sendLater(link, topic);
    closeTheGateAsARestartDoes(link);
    Queue after = Links.newQueue(link);
    sendLater(link, after);
    Links.consume(link, Links.queue(after), 1).next();
    RabbitLink next = open();
    assertEachHasIt(next, topic, names);
  }

  private static void closeTheGateAsARestartDoes(RabbitLink link) throws Exception {
    try (var channel = link.unwrap(Connection.class).orElseThrow().createChannel()) {
      channel.exchangeDelete(RabbitDelays.GATE);
    }
  }
}
