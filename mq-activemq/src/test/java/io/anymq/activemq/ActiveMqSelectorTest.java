package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Outcome;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors in a real broker's dialect, against what they mean in ours. */
@Timeout(120)
final class ActiveMqSelectorTest {

  private static BrokerHandle broker;
  private static ActiveMqLink link;

  @BeforeAll
  static void connect() {
    broker = BrokerProvisioner.shared("activemq");
    link = Links.open(broker);
  }

  @AfterAll
  static void disconnect() {
    link.close(Duration.ofSeconds(5));
  }

  private static final List<Object> VALUES =
      List.of(
          (byte) 7,
          (short) 7,
          7,
          7L,
          7.0f,
          7.0d,
          0,
          0.0d,
          -0.0d,
          -0.0f,
          -7,
          1.5f,
          0.1f,
          0.1d,
          Double.NaN,
          Float.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Integer.MAX_VALUE,
          Integer.MIN_VALUE,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          16_777_217,
          16_777_216f,
          9_007_199_254_740_993L,
          9_007_199_254_740_992d,
          "7",
          "",
          "a",
          "A",
          "abc",
          "a_c",
          "a%c",
          "a'c",
          "a\\c",
          "a\nc",
          "Größe",
          "TRUE",
          "NULL",
          true,
          false,
          new byte[] {7});

  private static final List<String> OPERANDS =
      List.of(
          "a",
          "b",
          "7",
          "-7",
          "0",
          "0.0",
          "-0.0",
          "1.5",
          "0.1",
          "16777217",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "9007199254740993",
          "0x10",
          "7L",
          "1e300",
          "a + 1",
          "a * 2",
          "a - b",
          "-a",
          "a * b + 1",
          "(a + 2147483647) * 2",
          "2147483647 * 3",
          "JMSPriority",
          "JMSPriority + a");

  private static final List<String> COMPARATORS = List.of("=", "<>", "<", "<=", ">", ">=");

  private static final List<String> LEAVES =
      List.of(
          "a = 'a'",
          "a <> 'a'",
          "'a' = a",
          "'a' <> a",
          "a = b",
          "a <> b",
          "a = TRUE",
          "a <> TRUE",
          "FALSE = a",
          "a",
          "a IS NULL",
          "a IS NOT NULL",
          "a IN ('a', 'abc', '7')",
          "a NOT IN ('a', 'abc', '7')",
          "b NOT IN ('x')",
          "a LIKE 'a%'",
          "a NOT LIKE 'a%'",
          "a LIKE 'a_c'",
          "a LIKE 'a!_c' ESCAPE '!'",
          "a LIKE 'a!%c' ESCAPE '!'",
          "a LIKE 'a\\c'",
          "a LIKE 'a\\%c'",
          "a LIKE 'axxc' ESCAPE 'x'",
          "a LIKE 'a''c'",
          "a LIKE 'Gr__e'",
          "a LIKE '%ß%'",
          "a LIKE ''",
          "a LIKE '%'",
          "a BETWEEN 0 AND 7",
          "a NOT BETWEEN 0 AND 7",
          "a BETWEEN b AND 8",
          "7 BETWEEN a AND b",
          "TRUE",
          "FALSE",
          "1 = 1.0",
          "'a' = 'b'",
          "JMSPriority BETWEEN 3 AND 5",
          "JMSType = 'order'",
          "JMSType <> 'order'",
          "JMSType IS NULL",
          "JMSCorrelationID LIKE 'c%'",
          "JMSCorrelationID IS NULL",
          "JMSXGroupID = 'k'",
          "JMSXGroupID IS NULL",
          "JMSXGroupID <> 'x'",
          "JMSMessageID = 'the-one'",
          "JMSMessageID <> 'the-one'",
          "JMSTimestamp = 0",
          "JMSTimestamp > 0",
          "JMSTimestamp IS NULL",
          "JMSDeliveryMode = 'PERSISTENT'",
          "JMSType = JMSCorrelationID",
          "a = JMSPriority");

  private static String condition(Random random, int depth) {
    int kind = random.nextInt(depth > 0 ? 7 : 3);
    return switch (kind) {
      case 0, 1 -> LEAVES.get(random.nextInt(LEAVES.size()));
      case 2 ->
          any(random, OPERANDS) + " " + any(random, COMPARATORS) + " " + any(random, OPERANDS);
      case 3 -> "NOT (" + condition(random, depth - 1) + ")";
      case 4 -> "(" + condition(random, depth - 1) + " AND " + condition(random, depth - 1) + ")";
      case 5 -> "(" + condition(random, depth - 1) + " OR " + condition(random, depth - 1) + ")";
      default -> "NOT " + LEAVES.get(random.nextInt(LEAVES.size()));
    };
  }

  private static String any(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static List<Message> messages(Random random) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < VALUES.size() * 3; i++) {
      Message.Builder to = Message.text("" + i).toBuilder().priority(i % 10).persistent(i % 3 == 0);
      to.id(i == 5 ? "the-one" : UUID.randomUUID().toString());
      if (i > 0) {
        to.property("a", VALUES.get(i % VALUES.size()));
      }
      if (i % 4 != 0) {
        to.property("b", VALUES.get(random.nextInt(VALUES.size())));
      }
      if (i % 5 == 0) {
        to.type(i % 10 == 0 ? "order" : "c-1").correlationId("c-1").key("k");
      }
      if (i % 7 != 0) {
        to.timestamp(Instant.ofEpochMilli(i % 6 == 0 ? 0 : 1_000));
      }
      messages.add(to.build());
    }
    return messages;
  }

  /** Sent to a topic, each message shows at once which of many subscriptions selects it. */
  @Test
  void theBrokerSelectsWhatWeDo() throws Exception {
    Random random = new Random(20_261_121);
    List<String> selectors = new ArrayList<>(LEAVES);
    LEAVES.forEach(leaf -> selectors.add("NOT (" + leaf + ")"));
    for (String left : OPERANDS) {
      for (String comparator : COMPARATORS) {
        selectors.add(left + " " + comparator + " " + any(random, OPERANDS));
      }
    }
    while (selectors.size() < 700) {
      selectors.add(condition(random, 3));
    }
    List<Message> messages = messages(random);
    List<String> differences = new ArrayList<>();
    for (int from = 0; from < selectors.size(); from += 100) {
      differences.addAll(
          differences(selectors.subList(from, Math.min(from + 100, selectors.size())), messages));
    }
    assertThat(differences).isEmpty();
  }

  private static List<String> differences(List<String> selectors, List<Message> messages)
      throws Exception {
    Topic topic = Links.newTopic(link);
    List<Links.Received> received = new ArrayList<>();
    for (String selector : selectors) {
      received.add(subscribe(topic, "(" + selector + ") OR lastOfAll = TRUE"));
    }
    LinkProducer producer = link.openProducer(topic, cause -> {});
    for (Message message : messages) {
      Links.Sent sent = new Links.Sent(message);
      producer.send(sent);
      sent.await();
    }
    Links.Sent last =
        new Links.Sent(Links.text("last").toBuilder().property("lastOfAll", true).build());
    producer.send(last);
    last.await();
    producer.close();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < selectors.size(); i++) {
      Selector meant = Selector.parse(selectors.get(i));
      List<String> expected = messages.stream().filter(meant::matches).map(Message::text).toList();
      List<String> seen = untilLast(received.get(i));
      if (!seen.equals(expected)) {
        differences.add(selectors.get(i) + ": " + expected + " but " + seen);
      }
      received.get(i).consumer().close();
    }
    return differences;
  }

  private static List<String> untilLast(Links.Received received) throws Exception {
    List<String> seen = new ArrayList<>();
    InboundDelivery next = received.next();
    while (!next.message().text().equals("last")) {
      seen.add(next.message().text());
      next = received.next();
    }
    return seen;
  }

  private static Links.Received subscribe(Topic topic, String selector) {
    Links.Received received = new Links.Received();
    received.consumer =
        link.openConsumer(
            new ConsumerRequest(Links.plain(topic), 1000, Optional.of(selector), false), received);
    return received;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "größe = 1",
        "xpath = 'a'",
        "JMSXDeliveryCount > 1",
        "x$anymq$id = 'a'",
        "a / 2 = 1",
        "a = '\uD83D\uDE00'",
        "a LIKE '\u0000%'",
        "(a = 1) = TRUE"
      })
  void whatTheBrokerCannotBeToldIsRefused(String selector) {
    assertThatThrownBy(() -> ActiveMqSelector.translate(selector))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("ActiveMQ");
  }

  @Test
  void aValueThatCannotBeCalculatedWithIsNoHindrance() throws Exception {
    Queue queue = Links.newQueue(link);
    LinkProducer producer = link.openProducer(queue, cause -> {});
    for (Object value : List.of("x", new byte[] {1}, true, 3)) {
      Links.Sent sent =
          new Links.Sent(Links.text("" + value).toBuilder().property("a", value).build());
      producer.send(sent);
      sent.await();
    }
    producer.close();
    Links.Received selecting = select(queue, "-a * 2 < 0");
    assertThat(selecting.next().message().text()).isEqualTo("3");
    assertThat(Links.consume(link, Links.queue(queue), 5).next(3)).hasSize(3);
  }

  @Test
  void whatStandsBehindManyPagesThatNobodySelectsIsFound() throws Exception {
    Queue queue = Links.newQueue(link);
    Links.send(link, queue, 1_000);
    send(queue, "first");
    Links.Received selecting = select(queue, "wanted = TRUE");
    InboundDelivery first = selecting.next();
    assertThat(first.message().text()).isEqualTo("first");
    Links.send(link, queue, 500);
    send(queue, "second");
    InboundDelivery second = selecting.next();
    assertThat(second.message().text()).isEqualTo("second");
    assertThat(link.depth(queue).atRest()).isEqualTo(1_502);
    Links.awaitInFlight(link, queue, 2);
    selecting.consumer().settle(Outcome.ACCEPT, List.of(first, second));
    selecting.consumer().close();
    assertThat(Links.consume(link, Links.queue(queue), 1).next().redelivered()).isFalse();
  }

  private static void send(Queue queue, String text) throws Exception {
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Links.Sent sent = new Links.Sent(Links.text(text).toBuilder().property("wanted", true).build());
    producer.send(sent);
    sent.await();
    producer.close();
  }

  private static Links.Received select(Queue queue, String selector) {
    Links.Received selecting = new Links.Received();
    selecting.consumer =
        link.openConsumer(
            new ConsumerRequest(Links.queue(queue), 5, Optional.of(selector), false), selecting);
    return selecting;
  }

  @Test
  void theLongestSelectorIsRefusedBeforeItIsSent() {
    String many = "a = 1" + " OR a = 1".repeat(2_000);
    assertThatThrownBy(() -> ActiveMqSelector.translate(many))
        .isInstanceOf(UnsupportedCapabilityException.class);
  }
}
