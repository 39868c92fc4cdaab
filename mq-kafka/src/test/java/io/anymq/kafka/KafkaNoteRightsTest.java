package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.QueueDepth;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.DepthQuery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** What a user gets who may not write, or read, the notes that the adapter keeps in groups. */
final class KafkaNoteRightsTest extends RightsTest {

  private static void denyKeeping() throws Exception {
    acls(
        List.of(
            new AclBinding(
                new ResourcePattern(ResourceType.GROUP, "anymq:kept:", PatternType.PREFIXED),
                new AccessControlEntry(
                    PRINCIPAL, "*", AclOperation.READ, AclPermissionType.DENY))));
  }

  /** At its share group's delivery limit a message would be lost without a word. */
  @Test
  void whoMayNeitherWriteNorNoteDoesNotConsume() throws Exception {
    String topic = KafkaHarness.NAMES.topic(queue);
    deny(ResourceType.TOPIC, topic, AclOperation.WRITE);
    denyKeeping();
    Links.send(owner, queue, 1);
    Link link = login();
    String right = "WRITE on topic " + topic + ", or READ on the groups";
    assertRefused(() -> new Taking(link, queue, 1).close(), right);
    assertRefused(() -> new Taking(link, new Source.OfQueue(queue), 1, true).close(), right);
    try (Taking consumer = new Taking(owner, queue, 1)) {
      assertThat(consumer.take().message().text()).isEqualTo("0");
    }
  }

  @Test
  void norDoSubscriptions() throws Exception {
    Topic topic = Topic.of("t-" + UUID.randomUUID() + ".one");
    owner.declare(topic, QueueOptions.DEFAULT);
    String name = KafkaHarness.NAMES.topic(topic);
    deny(ResourceType.TOPIC, name, AclOperation.WRITE);
    denyKeeping();
    Link link = login();
    Source.Terms crew = new Source.Terms(Optional.of("crew"), false, true);
    TopicPattern pattern = TopicPattern.of(topic.name().replace(".one", ".#"));
    for (Source source :
        List.of(new Source.OfTopic(topic, crew), new Source.OfPattern(pattern, crew))) {
      assertRefused(() -> new Taking(link, source, 1).close(), "WRITE on topic " + name);
    }
    owner.delete(topic);
  }

  @Test
  void whoMayWriteNeedNotNote() throws Exception {
    denyKeeping();
    Links.send(owner, queue, 1);
    try (Taking consumer = new Taking(login(), queue, 1)) {
      consumer.accept(consumer.take());
    }
  }

  /** The markers of transactions may be in the lag, and nobody says so to this user. */
  @Test
  void whoMayNotReadOfMarkersGetsADepthThatIsNotExact() throws Exception {
    owner.close(Links.PATIENCE); // It would mark the queue.
    deny(ResourceType.TOPIC, "*", AclOperation.ALTER_CONFIGS);
    Link link = login();
    LinkProducer producer = link.openProducer(queue, cause -> {});
    Duration soon = Duration.ofMillis(1);
    Sent sent = new Sent(Message.text("x").toBuilder().id("id").deliveryDelay(soon).build());
    producer.send(sent);
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    try (Taking consumer = new Taking(link, queue, 1)) {
      consumer.release(consumer.take());
    }
    assertThat(((DepthQuery) link).depth(queue).exact()).as("by whom it was moved").isTrue();
    deny(ResourceType.GROUP, "anymq:transactional", AclOperation.DESCRIBE);
    QueueDepth elsewhere = ((DepthQuery) login()).depth(queue);
    assertThat(elsewhere.atRest()).as("where producers tell of transactions").isEqualTo(1);
    assertThat(elsewhere.exact()).isTrue();
    deny(ResourceType.TOPIC, ShareState.TOPIC, AclOperation.READ);
    QueueDepth depth = ((DepthQuery) login()).depth(queue);
    assertThat(depth.exact()).as("on a connection that cannot know; see TopicRemarks").isFalse();
    owner = Links.open(broker);
  }
}
