package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.kafka.FirstMembers.Joining;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for partitions, with assignments of the test's own. */
final class FirstMembersTest {

  private final Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"));
  private final LinkState state = new LinkState(cause -> {}, new KafkaCalls(admin, Links.PATIENCE));
  private final Set<String> assigned = ConcurrentHashMap.newKeySet();
  private final CountDownLatch asked = new CountDownLatch(3);

  @AfterEach
  void close() {
    admin.close(Duration.ZERO);
  }

  private FirstMembers members(Duration most) {
    return new FirstMembers(
        (group, client) -> {
          asked.countDown();
          return assigned.contains(client);
        },
        state,
        most);
  }

  private static void await(Joining joining, String client) {
    joining.await(() -> List.of(client), () -> false);
  }

  /** Concurrent first openers used to go on at once, all but one. */
  @Test
  void whoeverJoinsBeforeAnyHasPartitionsWaitsForItsOwn() throws Exception {
    FirstMembers members = members(Links.PATIENCE);
    Joining one = members.joining("g");
    Joining other = members.joining("h");
    assigned.add("one");
    await(one, "one");
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> await(other, "other"));
    assertThat(asked.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the other one is asked for, again and again")
        .isTrue();
    assertThat(waiting).isNotDone();
    assigned.add("other");
    waiting.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void whoeverJoinsLaterDoesNotWait() {
    FirstMembers members = members(Links.PATIENCE);
    assigned.add("one");
    await(members.joining("g"), "one");
    await(members.joining("g"), "late");
    assertThat(asked.getCount()).as("questions that are left of three").isEqualTo(2);
  }

  @Test
  void nobodyWaitsForEverNorInVain() {
    FirstMembers members = members(Duration.ofMillis(1));
    members.joining("g").await(List::of, () -> true);
    assertThat(asked.getCount()).as("none was asked for").isEqualTo(3);
    await(members.joining("g"), "none");
    long left = asked.getCount();
    assertThat(left).isLessThan(3);
    await(members.joining("g"), "none");
    assertThat(asked.getCount()).as("one vain wait is enough").isEqualTo(left);
  }

  @Test
  void aLinkThatEndsEndsTheWait() {
    Joining joining = members(Links.PATIENCE).joining("g");
    boolean unused = state.close(Duration.ZERO);
    await(joining, "none");
    assertThat(asked.getCount()).isEqualTo(3);
  }
}
