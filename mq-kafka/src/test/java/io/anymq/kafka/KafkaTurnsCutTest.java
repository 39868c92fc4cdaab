package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How soon a turn goes on after a cut, and that nothing is out of order then. */
final class KafkaTurnsCutTest extends LinkTest {

  private static final int PREFETCH = 10;

  /**
   * As a rule it takes a second or two. To wait for the session of the lost one, and then for its
   * locks, takes 14 s and more.
   */
  private static final Duration SOON = Duration.ofSeconds(12);

  private final LinkedBlockingQueue<MessagingException> losses = new LinkedBlockingQueue<>();
  private @Nullable Link proxied;

  @BeforeEach
  void openProxied() {
    proxied = attentive();
  }

  @AfterEach
  void closeProxied() {
    broker.restoreNetwork();
    proxied().close(Links.PATIENCE);
    link.delete(queue);
  }

  private Link attentive() {
    Options options =
        Options.none()
            .with(KafkaOptions.LINK_TIMEOUT, Duration.ofSeconds(3))
            .with(ConnectionOptions.CLIENT_NAME, "a client's näme");
    return Links.open(broker.proxiedUrl(), options, losses);
  }

  private Link proxied() {
    return Objects.requireNonNull(proxied, "the link through the proxy");
  }

  private Taking inTurn(Link by) {
    return new Taking(by, new Source.OfQueue(queue), PREFETCH, true);
  }

  /** Cuts the network until the link is lost, and makes another one, as the core does. */
  private Link cutAndRestore() throws InterruptedException {
    broker.cutNetwork();
    assertThat(losses.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    proxied().close(Duration.ofSeconds(1));
    broker.restoreNetwork();
    Link next = attentive();
    proxied = next;
    return next;
  }

  private static List<String> take(Taking consumer, int count) throws InterruptedException {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(text(consumer.take()));
    }
    return taken;
  }

  private static String text(InboundDelivery delivery) {
    return delivery.message().text() + (delivery.redelivered() ? " again" : "");
  }

  /** Holds messages 0, 1 and 3, and has accepted 2, for good. */
  private void holdSome(Taking holder) throws Exception {
    Links.send(link, queue, 4);
    holder.take();
    holder.take();
    InboundDelivery accepted = holder.take();
    holder.take();
    holder.accept(accepted);
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (((KafkaLink) link).depth(queue).total().orElse(0) > 3) {
      assertThat(System.nanoTime() - deadline).as("time until message 2 is accepted").isNegative();
      Thread.sleep(20);
    }
  }

  private static void assertNext(Taking consumer) throws InterruptedException {
    InboundDelivery first = consumer.takeWithin(SOON);
    assertThat(first)
        .as("a delivery within %s; see Turns.removeLeftovers, and OldLocks", SOON)
        .isNotNull();
    assertThat(text(Objects.requireNonNull(first)))
        .as("what was held comes first")
        .isEqualTo("0 again");
    assertThat(take(consumer, 3))
        .as("what was held, and then what was not, in order")
        .containsExactly("1 again", "3 again", "0");
  }

  @Test
  void oneThatIsAloneGoesOn() throws Exception {
    holdSome(inTurn(proxied()));
    Link next = cutAndRestore();
    Links.send(link, queue, 1);
    assertNext(inTurn(next));
  }

  @Test
  void theNextOneHasItWhenTheHolderIsCut() throws Exception {
    holdSome(inTurn(proxied()));
    try (Taking waiting = inTurn(link)) {
      Link next = cutAndRestore();
      Links.send(link, queue, 1);
      Taking back = inTurn(next);
      assertNext(waiting);
      assertThat(back.takeWithin(Duration.ofMillis(300))).as("out of its turn").isNull();
    }
  }

  @Test
  void theHolderKeepsItWhenOneThatWaitsIsCut() throws Exception {
    Taking holder = inTurn(link);
    holdSome(holder);
    Taking unused = inTurn(proxied());
    Taking back = inTurn(cutAndRestore());
    assertThat(inLine()).as("those in line when the one that waits is back").hasSize(2);
    Links.send(link, queue, 1);
    assertThat(take(holder, 1)).as("what comes to the holder").containsExactly("0");
    assertThat(back.takeWithin(Duration.ofMillis(300))).as("out of its turn").isNull();
    holder.close();
    assertThat(take(back, 4))
        .as("what the holder gives back, in order")
        .containsExactly("0 again", "1 again", "3 again", "0 again");
  }

  private String group() {
    return KafkaHarness.NAMES.group(queue);
  }

  private Admin admin() {
    return link.unwrap(Admin.class).orElseThrow();
  }

  private List<String> inLine() throws Exception {
    String group = Turns.group(group());
    Map<String, ConsumerGroupDescription> found =
        admin()
            .describeConsumerGroups(Set.of(group))
            .all()
            .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return Objects.requireNonNull(found.get(group), group).members().stream()
        .map(MemberDescription::clientId)
        .toList();
  }

  /** A broker that has not heard of the end of a connection keeps what was lent over it. */
  @Test
  void nothingComesPastWhatTheOneBeforeStillHolds() throws Exception {
    inTurn(link).close();
    Links.set(link, ConfigResource.Type.GROUP, group(), "share.record.lock.duration.ms", "60000");
    Links.send(link, queue, 5);
    KafkaShareConsumer<byte[], byte[]> before = memberOfTheDead(3);
    Taking next;
    try {
      int held = 0;
      while (held < 3) {
        held += before.poll(Duration.ofMillis(200)).count();
      }
      noteHeld();
      next = inTurn(link);
      assertThat(next.takeWithin(Duration.ofSeconds(2))).as("past what is held").isNull();
    } finally {
      before.close(); // It gives back.
    }
    assertThat(take(next, 3))
        .as("what was held; see OldLocks")
        .containsExactly("0 again", "1 again", "2 again");
    assertThat(next.take().message().text()).as("what comes then").isEqualTo("3");
  }

  private KafkaShareConsumer<byte[], byte[]> memberOfTheDead(int count) {
    KafkaShareConsumer<byte[], byte[]> member =
        new KafkaShareConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.url().substring("kafka://".length()),
                "group.id",
                group(),
                "client.id",
                ClientIds.next("dead", Members.TURN),
                "max.poll.records",
                count,
                "share.acquire.mode",
                "record_limit",
                "share.acknowledgement.mode",
                "explicit"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    member.subscribe(Set.of(KafkaHarness.NAMES.topic(queue)));
    return member;
  }

  private void noteHeld() throws Exception {
    TopicPartition first = new TopicPartition(KafkaHarness.NAMES.topic(queue), 0);
    admin()
        .alterConsumerGroupOffsets(
            Turns.group(group()), Map.of(first, new OffsetAndMetadata(0, "held")))
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
