package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Options;
import io.anymq.kafka.KeptRecords.Note;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notes of records that their group would lose: none overwrites another's. */
final class KafkaKeptRecordsTest extends LinkTest {

  private KeptRecords kept;
  private String group;
  private TopicPartition partition;
  private final AtomicInteger listings = new AtomicInteger();

  @BeforeEach
  void openRecords() {
    String address = broker.url().substring("kafka:".length());
    BrokerUrl url = new BrokerUrl("kafka", address, Optional.empty(), Optional.empty());
    KafkaConfig config =
        new KafkaConfig(
            new LinkRequest(url, Options.none(), NativeNames.none(), cause -> {}),
            KafkaAddress.parse(url));
    KafkaCalls calls =
        new KafkaCalls(counting(link.unwrap(Admin.class).orElseThrow()), Links.PATIENCE);
    BrokerProfile profile = BrokerProfile.find(calls);
    ShareGroups groups = new ShareGroups(calls, profile);
    kept =
        new KeptRecords(
            calls, new KafkaTopology(calls, config, KafkaHarness.NAMES, groups, profile));
    group = KafkaHarness.NAMES.group(queue);
    partition = new TopicPartition(KafkaHarness.NAMES.topic(queue), 0);
  }

  private Admin counting(Admin admin) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("listGroups")) {
                listings.incrementAndGet();
              }
              return method.invoke(admin, arguments);
            });
  }

  @AfterEach
  void deleteQueue() {
    kept.all(group).forEach(kept::remove);
    link.delete(queue);
  }

  /** A commit replaces what was there: what another process writes meanwhile would be lost. */
  @Test
  void consumersWriteToGroupsOfTheirOwn() {
    Note one = kept.hold(group, ClientIds.next(), partition, 7, 10);
    Note other = kept.hold(group, ClientIds.next(), partition, 7 + 32, 10);
    assertThat(one.keeper()).isNotEqualTo(other.keeper());
    assertThat(kept.all(group)).containsExactlyInAnyOrder(one, other);
    assertThat(kept.abandoned(group, List.of())).as("both are held").isEmpty();
    kept.remove(one);
    assertThat(kept.all(group)).containsExactly(other);
    assertThat(kept.all(group + "2")).isEmpty();
  }

  /** Every consumer asks every 10 s, and a cluster may have many groups. */
  @Test
  void whereNothingIsKeptNobodyListsTheGroupsOfTheCluster() {
    kept.remove(kept.hold(group + "2", ClientIds.next(), partition, 7, 10));
    assertThat(kept.all(group)).isEmpty();
    assertThat(kept.abandoned(group, List.of())).isEmpty();
    assertThat(listings).as("times that all groups were listed; see KeptMark").hasValue(0);
  }

  /** Kafka forgets both after their time; what a consumer still holds is noted anew. */
  @Test
  void whoeverNotesAgainMarksAgain() throws Exception {
    Note note = kept.hold(group, ClientIds.next(), partition, 7, 10);
    expire(note.keeper());
    kept.keep(note);
    assertThat(kept.all(group)).as("noted again; see KeptRecords.write").containsExactly(note);
    expire();
    kept.renew(note);
    assertThat(kept.all(group)).as("renewed").containsExactly(note);
    Note other = kept.hold(group, keeperOf(note), partition, 7 + 32, 10);
    expire();
    kept.remove(note);
    assertThat(kept.all(group)).as("what is left of two").containsExactly(other);
  }

  private static String keeperOf(Note note) {
    String holder = note.keeper().substring("anymq:kept:".length());
    return holder.substring(0, holder.indexOf('.'));
  }

  /** The groups of the mark, and of these keepers. */
  private void expire(String... keepers) throws Exception {
    List<String> groups = new ArrayList<>(List.of(keepers));
    groups.add("anymq:kept::" + group);
    link.unwrap(Admin.class)
        .orElseThrow()
        .deleteConsumerGroups(groups)
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(kept.all(group)).isEmpty();
  }

  @Test
  void oneLinkTakesWhatIsAbandoned() {
    Note note = kept.hold(group, ClientIds.next(), partition, 7, 10);
    kept.letGo(note);
    assertThat(kept.abandoned(group, List.of())).containsExactly(note);
    assertThat(kept.take(note)).isTrue();
    assertThat(kept.take(note)).as("by a second link").isFalse();
    assertThat(kept.abandoned(group, List.of())).isEmpty();
    kept.remove(note);
    assertThat(kept.take(note)).as("when the first is done").isFalse();
  }
}
