package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Source;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the places of a group that others remove, or seem to remove. */
final class KafkaBegunGroupTest extends LinkTest {

  private static final Duration REMOVAL = Duration.ofMinutes(1);

  private final Topic topic = Topic.of("b-" + UUID.randomUUID());
  private final String group = KafkaHarness.NAMES.sharedGroup(topic, "crew");
  private final TopicPartition partition = new TopicPartition(KafkaHarness.NAMES.topic(topic), 0);
  private KafkaTopology topology;

  @BeforeEach
  void begin() throws Exception {
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 5);
    KafkaCalls calls = new KafkaCalls(admin(), Links.PATIENCE);
    BrokerProfile profile = BrokerProfile.find(calls);
    topology =
        new KafkaTopology(
            calls,
            Interposed.config(broker),
            KafkaHarness.NAMES,
            new ShareGroups(calls, profile),
            profile);
    topology.beginGroup(topic, group, OffsetSpec.earliest());
    move(2);
    awaitSettings();
  }

  /** A broker hears of settings a moment after they were made. */
  private void awaitSettings() throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!topology.groups().settings().exist(group)) {
      assertThat(System.nanoTime() - deadline).as("settings of the group").isNegative();
      Thread.sleep(20);
    }
  }

  @AfterEach
  void deleteAll() {
    link.delete(topic);
    link.delete(queue);
  }

  private Admin admin() {
    return link.unwrap(Admin.class).orElseThrow();
  }

  private BegunGroup begun(Duration removal) {
    return of(removal, new HashSet<>()).orElseThrow();
  }

  private Optional<BegunGroup> of(Duration removal, Set<TopicPartition> placed) {
    return BegunGroup.of(topology, group, topology.require(topic), removal, placed);
  }

  private void move(long place) {
    topology.groups().moveTo(group, Map.of(partition, place));
  }

  private Map<TopicPartition, Optional<Long>> places() {
    return topology.groups().places(group);
  }

  @Test
  void oneThatIsGoneIsSetUpAsItWas() throws Exception {
    BegunGroup begun = begun(REMOVAL);
    topology.groups().delete(group);
    begun.restore();
    assertThat(places()).containsExactly(Map.entry(partition, Optional.of(2L)));
    assertThat(begun.isThere()).isTrue();
    awaitSettings();
  }

  /** While a leader is chosen the listing leaves its partitions out; others have gone on. */
  @Test
  void oneWhosePlacesAreNotToldIsNotSetBack() throws Exception {
    BegunGroup begun = begun(REMOVAL);
    forgetPlaces();
    assertThat(topology.groups().exists(group)).isTrue();
    begun.restore();
    assertThat(places()).as("places that were set back to").isEmpty();
  }

  /**
   * While a leader is chosen the listing leaves its partitions out: that is no new group. Nor is
   * one of which no place is told as it cannot be read.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPlaceThatIsOnlyNotToldIsNotMoved(int silentAnswers) {
    AtomicInteger asked = new AtomicInteger();
    Admin forgetful =
        (Admin)
            Proxy.newProxyInstance(
                Admin.class.getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, arguments) -> {
                  boolean lists = method.getName().equals("listShareGroupOffsets");
                  int question = lists ? asked.incrementAndGet() : 0;
                  return lists && question <= silentAnswers
                      ? silent(question)
                      : method.invoke(admin(), arguments);
                });
    KafkaCalls calls = new KafkaCalls(forgetful, Links.PATIENCE);
    int unused =
        new ShareGroups(calls, BrokerProfile.find(calls))
            .ensure(group, List.of(partition), OffsetSpec.latest());
    assertThat(asked).as("questions").hasValue(3);
    assertThat(places()).containsExactly(Map.entry(partition, Optional.of(2L)));
  }

  /** The first answer leaves the partition out, the second tells no place in it. */
  private ListShareGroupOffsetsResult silent(int question) throws Exception {
    if (question == 1) {
      return admin().listShareGroupOffsets(Map.of(group, nothing()));
    }
    forgetPlaces();
    ListShareGroupOffsetsResult answer =
        admin()
            .listShareGroupOffsets(
                Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition))));
    assertThat(answer.partitionsToOffsetInfo(group).get(20, TimeUnit.SECONDS))
        .containsEntry(partition, null);
    move(2);
    return answer;
  }

  private void forgetPlaces() throws Exception {
    admin()
        .deleteShareGroupOffsets(group, Set.of(partition.topic()))
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static ListShareGroupOffsetsSpec nothing() {
    return new ListShareGroupOffsetsSpec().topicPartitions(List.of());
  }

  /** One may wait for its turn for hours; the group may be gone for other reasons. */
  @Test
  void oldPlacesMeanNothing() {
    BegunGroup begun = begun(Duration.ZERO);
    topology.groups().delete(group);
    begun.restore();
    assertThat(places()).isEmpty();
  }

  @Test
  void placesMeanNothingForALaterTopicOfThatName() {
    BegunGroup begun = begun(REMOVAL);
    topology.groups().delete(group);
    link.delete(topic);
    link.declare(topic, QueueOptions.DEFAULT);
    begun.restore();
    assertThat(places()).isEmpty();
  }

  @Test
  void progressIsNoRemoval() {
    BegunGroup begun = begun(REMOVAL);
    move(4);
    assertThat(begun.isThere()).isTrue();
    move(1);
    assertThat(begun.isThere()).as("one that begins before").isFalse();
  }

  @Test
  void oneThatHasNoPlacesWasRemoved() {
    BegunGroup begun = begun(REMOVAL);
    topology.groups().delete(group);
    assertThat(begun.isThere()).isFalse();
    assertThat(of(REMOVAL, new HashSet<>())).isEmpty();
  }

  /** A group that its first member has made has no place until something is settled. */
  @Test
  void aPartitionWithoutAPlaceStandsInNobodysWay() throws Exception {
    Source source = new Source.OfTopic(topic, new Source.Terms(Optional.of("new"), false, true));
    String made = KafkaHarness.NAMES.sharedGroup(topic, "new");
    try (KafkaShareConsumer<byte[], byte[]> first = nativeMember(made)) {
      first.subscribe(Set.of(partition.topic()));
      awaitListed(first, made);
      assertThat(topology.groups().places(made))
          .containsExactly(Map.entry(partition, Optional.empty()));
      try (Taking second = new Taking(link, source, 10)) {
        assertThat(second.hasFailed()).isFalse();
      }
      assertThat(BegunGroup.of(topology, made, topology.require(topic), REMOVAL, Set.of(partition)))
          .as("one that had a place there")
          .isEmpty();
    }
  }

  private KafkaShareConsumer<byte[], byte[]> nativeMember(String made) {
    return new KafkaShareConsumer<>(
        Interposed.config(broker).shareConsumer("native", made, 10),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private void awaitListed(KafkaShareConsumer<byte[], byte[]> member, String made) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!topology.groups().places(made).containsKey(partition)) {
      assertThat(System.nanoTime() - deadline).as("the group hears of " + partition).isNegative();
      member.poll(Duration.ofMillis(50));
    }
  }

  /** Its own members' settings go with a link that sees nobody, and crashes before it looks. */
  @Test
  void forgottenSettingsAreMadeAgain() throws Exception {
    GroupSettings settings = topology.groups().settings();
    settings.forget(settings.own(List.of(group)), () -> true);
    assertThat(settings.exist(group)).isFalse();
    topology.groups().markAgain(group);
    awaitSettings();
  }
}
