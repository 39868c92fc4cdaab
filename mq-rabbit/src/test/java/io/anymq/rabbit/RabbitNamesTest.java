package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RabbitNamesTest {

  private static final RabbitNames NAMES = new RabbitNames(NativeNames.none());
  private static final String LONGEST = "n".repeat(200);

  @Test
  void aQueueHasItsOwnName() {
    assertThat(NAMES.queue(Queue.of("Orders.2024_x-1"))).isEqualTo("Orders.2024_x-1");
  }

  @Test
  void namesThatTheBrokerReservesAreEscaped() {
    assertThat(NAMES.queue(Queue.of("amq.orders"))).isEqualTo("queue/amq.orders");
    assertThat(NAMES.portableQueue("queue/amq.orders")).hasValue(Queue.of("amq.orders"));
    assertThat(NAMES.queue(Queue.of("amq.gen-abc"))).isEqualTo("amq.gen-abc");
    assertThat(NAMES.portableQueue("amq.gen-abc")).hasValue(Queue.of("amq.gen-abc"));
  }

  @Test
  void configurationWins() {
    RabbitNames configured =
        new RabbitNames(
            new NativeNames(Map.of(Queue.of("q"), "Their queue", Topic.of("t"), "amq.topic")));
    assertThat(configured.queue(Queue.of("q"))).isEqualTo("Their queue");
    assertThat(configured.topic(Topic.of("t"))).isEqualTo("amq.topic");
    assertThat(configured.isConfigured(Topic.of("t"))).isTrue();
    assertThat(configured.isConfigured(Topic.of("other"))).isFalse();
  }

  @Test
  void noTwoThingsShareANativeQueue() {
    List<String> names = List.of("a", "a.b", "b", "amq.a", "sub", LONGEST, "lock");
    Set<String> queues = new HashSet<>();
    int made = 0;
    for (String name : names) {
      made += add(queues, NAMES.queue(Queue.of(name)));
      for (String subscription : List.of("a", "b", LONGEST, LONGEST.replace('n', 'm'))) {
        String queue = NAMES.subscription(Topic.of(name), subscription);
        made += add(queues, queue) + add(queues, NAMES.lock(queue));
      }
      made += add(queues, NAMES.plainSubscription(Topic.of(name)));
    }
    assertThat(queues).hasSize(made);
  }

  @Test
  void nativeNamesFitIntoAShortString() {
    String subscription = NAMES.subscription(Topic.of(LONGEST), LONGEST);
    for (String name :
        List.of(
            NAMES.queue(Queue.of("amq." + "x".repeat(196))),
            NAMES.topic(Topic.of(LONGEST)),
            NAMES.plainSubscription(Topic.of(LONGEST)),
            subscription,
            NAMES.lock(subscription),
            NAMES.lock(NAMES.subscription(Topic.of("t"), LONGEST)),
            NAMES.lock(NAMES.subscription(Topic.of(LONGEST), "s".repeat(36))),
            NAMES.lock(NAMES.subscription(Topic.of(LONGEST), "s".repeat(35))))) {
      assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(255);
    }
  }

  private static int add(Set<String> names, String name) {
    names.add(name);
    return 1;
  }
}
