package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to a hub in whatever order, with files so small that they are cleaned all the
 * time: after each end, orderly or not, it has what a plain list says.
 */
@Timeout(60)
class HubJournalModelTest {

  private static final int STEPS = 3_000;
  private static final Subscription.Terms KEEPER = new Subscription.Terms("keeper", true, false);

  @TempDir private Path directory;

  private final Map<String, List<String>> expected = new TreeMap<>();
  private int sent;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isWhatItWas(long seed) throws Exception {
    Random random = new Random(seed);
    try (KeptHub hub = new KeptHub(KeptHub.settings(directory, 1_500, Instant.now()))) {
      for (int i = 0; i < STEPS; i++) {
        step(hub, random);
        if (random.nextInt(3) == 0) {
          hub.write();
        }
        if (random.nextInt(40) == 0) {
          end(hub, random);
          assertThat(kept(hub)).as("after step %d with seed %d", i, seed).isEqualTo(expected);
        }
      }
    }
  }

  private static void end(KeptHub hub, Random random) {
    if (random.nextBoolean()) {
      hub.crash();
    } else {
      hub.restart();
    }
  }

  private void step(KeptHub hub, Random random) throws Exception {
    String name = String.valueOf((char) ('a' + random.nextInt(4)));
    switch (random.nextInt(12)) {
      case 0 -> delete(hub, name);
      case 1 -> purge(hub, name);
      case 2 -> hub.topic("t" + name).subscriptions().open(KEEPER);
      case 3 -> unsubscribe(hub, name);
      case 4, 5, 6 -> publish(hub, name);
      case 7, 8 -> consume(hub, name, random);
      default -> send(hub, name);
    }
    expected.clear();
    expected.putAll(kept(hub));
  }

  private static void delete(KeptHub hub, String name) {
    hub.content().delete(Wire.QUEUE, name);
  }

  private static void purge(KeptHub hub, String name) throws Refusal {
    hub.queue(name).purge();
  }

  private static void unsubscribe(KeptHub hub, String name) throws Refusal {
    hub.content().unsubscribe("t" + name, "keeper");
  }

  private void publish(KeptHub hub, String name) throws Refusal {
    hub.content().pattern("#").subscriptions().open(KEEPER);
    KeptHub.send(hub.topic("t" + name), "published " + sent++);
  }

  private void send(KeptHub hub, String name) throws Refusal {
    KeptHub.send(hub.queue(name), "sent " + sent++);
  }

  /** Takes some, accepts some of those, and closes, so that the others come back. */
  private static void consume(KeptHub hub, String name, Random random) throws Exception {
    MessageQueue queue =
        random.nextBoolean()
            ? hub.queue(name)
            : hub.content().pattern("#").subscriptions().open(KEEPER).backlog();
    HubConsumer consumer = hub.consume(queue, 1 + random.nextInt(20));
    for (int tag = 1; tag <= consumer.unsettled().size() + 1; tag++) {
      if (random.nextInt(4) > 0) {
        consumer.accept(new TagRange(tag, 1));
      }
    }
    consumer.close(false);
  }

  private static Map<String, List<String>> kept(KeptHub hub) throws Exception {
    Map<String, List<String>> kept = new TreeMap<>();
    for (char c = 'a'; c < 'e'; c++) {
      if (hub.content().find(Wire.QUEUE, String.valueOf(c)) instanceof MessageQueue queue) {
        kept.put("queue " + c, KeptHub.texts(queue));
      }
      if (hub.content().find(Wire.TOPIC, "t" + c) instanceof HubTopic topic
          && topic.subscriptions().count() > 0) {
        kept.put("keeper of " + c, KeptHub.texts(topic.subscriptions().open(KEEPER).backlog()));
      }
    }
    List<String> all = new ArrayList<>();
    HubPattern pattern = hub.content().pattern("#");
    if (pattern.subscriptions().count() > 0) {
      all.addAll(KeptHub.texts(pattern.subscriptions().open(KEEPER).backlog()));
    }
    hub.content().tidy("#", pattern);
    kept.put("all", all);
    return kept;
  }
}
