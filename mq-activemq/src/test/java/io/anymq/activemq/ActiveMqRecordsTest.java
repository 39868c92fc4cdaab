package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.Message;
import org.apache.activemq.command.MessageId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the records of deliveries when the broker refuses some. */
@Timeout(60)
final class ActiveMqRecordsTest {

  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final MessageId ID = new MessageId("ID:producer:1:1:1", 1);

  /** How many records came, by their queue. */
  private final Map<String, Integer> records = new ConcurrentHashMap<>();

  @FunctionalInterface
  private interface Body {
    void run(ActiveMqHandOuts handOuts, FakeOpenWire broker);
  }

  private static void with(FakeOpenWire.Fates fates, Body body) throws Exception {
    try (FakeOpenWire broker = FakeOpenWire.start(fates)) {
      OpenWire wire = OpenWire.open(broker.request(LIMIT), Optional.empty(), lost -> {});
      try {
        body.run(new ActiveMqHandOuts(wire, ActiveMqStatistics.detect(wire, LIMIT), LIMIT), broker);
      } finally {
        wire.close(LIMIT);
      }
    }
  }

  private FakeOpenWire.Fate ofRecord(Command command, String refused, FakeOpenWire.Fate fate) {
    if (!FakeOpenWire.isTo(command, ActiveMqHandOuts.QUEUES)) {
      return FakeOpenWire.Fate.TAKEN;
    }
    String queue = ((Message) command).getDestination().getPhysicalName();
    records.merge(queue.substring(ActiveMqHandOuts.QUEUES.length()), 1, Integer::sum);
    return queue.endsWith("." + refused) ? fate : FakeOpenWire.Fate.TAKEN;
  }

  /** A right for one queue alone, or a destination that is full. */
  @ParameterizedTest
  @EnumSource(
      value = FakeOpenWire.Fate.class,
      names = {"REFUSED", "FAILED"})
  void whatIsRefusedOfOneQueueIsKeptOfAnother(FakeOpenWire.Fate fate) throws Exception {
    with(
        command -> ofRecord(command, "a", fate),
        (handOuts, broker) -> {
          ActiveMqHandOuts.Log refused = handOuts.of("a");
          ActiveMqHandOuts.Log kept = handOuts.of("b");
          refused.add(ID);
          kept.add(ID);
          assertThat(kept.count(ID)).contains(0); // the answers to both records have come
          assertThat(refused.count(ID)).isEmpty();
          assertThat(kept.count(ID)).contains(0);
          refused.add(ID);
          kept.add(ID);
          assertThat(kept.count(ID)).contains(0);
        });
    assertThat(records).isEqualTo(Map.of("a", 1, "b", 2));
  }

  @Test
  void whoMayNotReadRecordsGoesByTheBrokersCount() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    with(
        command -> {
          if (command instanceof ConsumerInfo info && info.isBrowser()) {
            asked.add(info.getDestination().getPhysicalName());
            return FakeOpenWire.Fate.REFUSED;
          }
          return FakeOpenWire.Fate.TAKEN;
        },
        (handOuts, broker) -> {
          broker.queued(3);
          assertThat(handOuts.of("a").count(ID)).isEmpty();
          assertThat(handOuts.of("a").count(ID)).isEmpty();
        });
    assertThat(asked).containsExactly(ActiveMqHandOuts.QUEUES + "a");
  }
}
