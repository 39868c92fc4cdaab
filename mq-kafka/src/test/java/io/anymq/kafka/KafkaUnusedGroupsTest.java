package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shared subscription that is not durable ends with its last member, and not before. */
final class KafkaUnusedGroupsTest extends LinkTest {

  private static final Source.Terms CREW = new Source.Terms(Optional.of("crew"), false, true);
  private final String base = "u-" + UUID.randomUUID();
  private final Topic topic = Topic.of(base + ".one");

  @BeforeEach
  void declareTopic() {
    link.declare(topic, QueueOptions.DEFAULT);
  }

  @AfterEach
  void deleteAll() {
    link.delete(topic);
    link.delete(queue);
  }

  /** The core opens another: what the broken one held, and what is sent meanwhile, is for that. */
  @Test
  void aBrokenOneGoesOn() throws Exception {
    goesOn(new Source.OfTopic(topic, CREW), false);
  }

  @Test
  void soDoesOneThatTakesTurns() throws Exception {
    goesOn(new Source.OfTopic(topic, CREW), true);
  }

  @Test
  void soDoesOneOfAPattern() throws Exception {
    goesOn(new Source.OfPattern(TopicPattern.of(base + ".#"), CREW), false);
  }

  private void goesOn(Source source, boolean keyOrdered) throws Exception {
    Link owner = Links.open(broker);
    try {
      Taking first = new Taking(owner, source, 1, keyOrdered);
      Links.send(link, topic, 1);
      assertThat(first.take().message().text()).isEqualTo("0");
      breakUp(first.consumer());
      first.failure();
      first.consumer().close(); // Waits until it has closed; the core opens another.
      Links.send(link, topic, 2);
      Set<String> ids = new HashSet<>();
      try (Taking next = new Taking(owner, source, 3, keyOrdered)) {
        for (int i = 0; i < 3; i++) {
          ids.add(next.take().message().text() + " " + i);
        }
      }
      assertThat(ids).hasSize(3);
      assertThat(groups()).as("its last member has closed").isEmpty();
    } finally {
      owner.close(Links.PATIENCE);
    }
  }

  private static void breakUp(LinkConsumer consumer) {
    ((OpenConsumer) consumer)
        .breakUp(new MessagingException(ErrorCode.BACKEND_FAILURE, "for this test"));
  }

  /** Nobody opens another. */
  @Test
  void whatABrokenOneHasLeftEndsWithItsLink() throws Exception {
    Link owner = Links.open(broker);
    Taking broken = new Taking(owner, new Source.OfTopic(topic, CREW), 1);
    breakUp(broken.consumer());
    broken.consumer().close();
    assertThat(groups()).isNotEmpty();
    owner.close(Links.PATIENCE);
    assertThat(groups()).as("groups that are left; see UnusedGroups.close").isEmpty();
  }

  /** The one that closes sees no member yet of the one that opens. */
  @Test
  void oneThatOpensKeepsTheGroupFromOneThatCloses() throws Exception {
    ShareGroups all = shareGroups();
    String group = KafkaHarness.NAMES.sharedGroup(topic, "crew");
    LinkState state = new LinkState(cause -> {}, calls());
    UnusedGroups unused = new UnusedGroups(all, new Turns(calls()), state, Links.PATIENCE);
    UnusedGroups.Use closing = unused.use(group);
    all.mark(group);
    awaitMarked(all, group);
    UnusedGroups.Use opening = unused.use(group);
    closing.end();
    closing.end();
    assertThat(all.isMarked(group)).as("the settings are there; see UnusedGroups").isTrue();
    opening.end();
    assertThat(all.isMarked(group)).as("of no more use").isFalse();
    assertThat(opening.isContinued()).isTrue();
    assertThat(unused.use(group).isContinued()).isFalse();
  }

  /** A pattern may match hundreds of topics, each of which has a group. */
  @Test
  void aRemovalAsksOnceForEachGroupWhetherItIsUsed() {
    List<String> none = List.of(base + ":1", base + ":2", base + ":3", base + ":4", base + ":5");
    AtomicInteger questions = new AtomicInteger();
    shareGroups()
        .deleteWhile(
            none,
            () -> {
              questions.incrementAndGet();
              return true;
            });
    assertThat(questions).as("five, and two for all of them").hasValue(7);
  }

  /** Another link may have forgotten its settings, and have crashed before it saw the consumer. */
  @Test
  void oneThatIsOpenIsSetUpAgainAMomentLater() throws Exception {
    LinkState state = new LinkState(cause -> {}, calls());
    UnusedGroups unused =
        new UnusedGroups(shareGroups(), new Turns(calls()), state, Links.PATIENCE);
    UnusedGroups.Use ended = unused.use("ended-" + base);
    CountDownLatch endedAgain = new CountDownLatch(1);
    ended.opened(endedAgain::countDown);
    ended.end();
    UnusedGroups.Use open = unused.use("open-" + base);
    CountDownLatch again = new CountDownLatch(1);
    open.opened(again::countDown);
    assertThat(again.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(endedAgain.getCount()).as("of no use any more").isOne();
    open.end();
  }

  /** What is set up after a removal would stay, and the removal waits until it is gone. */
  @Test
  void theEndWaitsForASetUpThatIsUnderWay() throws Exception {
    LinkState state = new LinkState(cause -> {}, calls());
    UnusedGroups unused =
        new UnusedGroups(shareGroups(), new Turns(calls()), state, Links.PATIENCE);
    UnusedGroups.Use use = unused.use("busy-" + base);
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    use.opened(
        () -> {
          begun.countDown();
          await(goOn);
          order.add("set up");
        });
    await(begun);
    Thread ending =
        Threads.start(
            "ending",
            () -> {
              use.end();
              order.add("ended");
            });
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (ending.getState() != Thread.State.TIMED_WAITING && System.nanoTime() - deadline < 0) {
      Thread.sleep(10);
    }
    goOn.countDown();
    ending.join(Links.PATIENCE.toMillis());
    assertThat(order).containsExactly("set up", "ended");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A broker hears of settings a moment after they were made. */
  private static void awaitMarked(ShareGroups all, String group) throws InterruptedException {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!all.isMarked(group) && System.nanoTime() - deadline < 0) {
      Thread.sleep(20);
    }
  }

  private KafkaCalls calls() {
    return new KafkaCalls(link.unwrap(Admin.class).orElseThrow(), Links.PATIENCE);
  }

  private ShareGroups shareGroups() {
    return new ShareGroups(calls(), BrokerProfile.find(calls()));
  }

  private List<String> groups() throws Exception {
    return link
        .unwrap(Admin.class)
        .orElseThrow()
        .listGroups(ListGroupsOptions.forShareGroups())
        .all()
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .stream()
        .map(GroupListing::groupId)
        .filter(group -> group.contains(base))
        .toList();
  }
}
