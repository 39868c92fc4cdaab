package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.spi.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A consumer of one process opens while the last member of another removes the group of a shared
 * subscription: settings and places that are forgotten by that are messages lost.
 */
final class KafkaRemovedGroupsTest extends LinkTest {

  private final Topic topic = Topic.of("u-" + UUID.randomUUID());
  private final String group = KafkaHarness.NAMES.sharedGroup(topic, "crew");
  private final Source all =
      new Source.OfTopic(
          topic,
          new Source.Terms(
              Optional.of("crew"), false, true, Optional.of(Instant.EPOCH), Optional.empty()));

  @BeforeEach
  void sendSome() throws Exception {
    link.declare(topic, QueueOptions.DEFAULT);
    Links.send(link, topic, 2);
  }

  @AfterEach
  void deleteAll() {
    link.delete(topic);
    link.delete(queue);
  }

  /** The last member of another process closes. */
  private void remove(Admin admin) {
    remove(admin, group);
  }

  private static void remove(Admin admin, String group) {
    KafkaCalls calls = new KafkaCalls(admin, Links.PATIENCE);
    ShareGroups groups = new ShareGroups(calls, BrokerProfile.find(calls));
    LinkState state = new LinkState(cause -> {}, calls);
    new UnusedGroups(groups, new Turns(calls), state, Links.PATIENCE).use(group).end();
  }

  private Admin admin() {
    return link.unwrap(Admin.class).orElseThrow();
  }

  private void assertSetUp(Taking consumer) throws Exception {
    for (String text : List.of("0", "1")) {
      assertThat(consumer.take().message().text()).as("a message from before").isEqualTo(text);
    }
    assertThat(areSettingsThere())
        .as("the settings of the group are there; see BegunGroup and UnusedGroups")
        .isTrue();
  }

  /** A broker hears of settings a moment after they were made. */
  private boolean areSettingsThere() throws InterruptedException {
    GroupSettings settings = settings();
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!settings.exist(group)) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  private GroupSettings settings() {
    KafkaCalls calls = new KafkaCalls(admin(), Links.PATIENCE);
    return new GroupSettings(calls, BrokerProfile.find(calls));
  }

  /** The group is set up, and has no member yet. */
  private Interposed removingBeforeTheJoin() {
    AtomicBoolean begun = new AtomicBoolean();
    return new Interposed(
        (question, arguments) -> {
          boolean isNow =
              begun.get()
                  && question.equals("describeTopics")
                  && ((Collection<?>) arguments.get(0)).contains(KafkaHarness.NAMES.topic(topic));
          if (question.equals("alterShareGroupOffsets")) {
            begun.set(true);
          }
          return isNow;
        },
        () -> remove(admin()));
  }

  private void isRemovedBeforeTheJoin(boolean keyOrdered) throws Exception {
    Interposed removing = removingBeforeTheJoin();
    Link opening = removing.link(broker);
    try (Taking consumer = new Taking(opening, all, 10, keyOrdered)) {
      assertThat(removing.isDone()).isTrue();
      assertSetUp(consumer);
    } finally {
      opening.close(Links.PATIENCE);
    }
  }

  @Test
  void oneThatIsRemovedBeforeTheJoinIsSetUpAgain() throws Exception {
    isRemovedBeforeTheJoin(false);
  }

  @Test
  void soIsOneThatIsRemovedBeforeAConsumerStandsInLine() throws Exception {
    isRemovedBeforeTheJoin(true);
  }

  /** It would begin with all that its topics keep. */
  @Test
  void aSubscriptionToAPatternBeginsWhereItIsSaid() throws Exception {
    TopicPattern pattern = TopicPattern.of(topic.name());
    String whole = KafkaHarness.NAMES.sharedGroup(pattern, "crew");
    AtomicBoolean begun = new AtomicBoolean();
    Interposed removing =
        new Interposed(
            (question, arguments) -> {
              if (question.equals("alterShareGroupOffsets")) {
                begun.set(true);
              }
              return begun.get()
                  && question.equals("listShareGroupOffsets")
                  && ((Map<?, ?>) arguments.get(0)).containsKey(whole);
            },
            () -> remove(admin(), whole));
    Link opening = removing.link(broker);
    Source source =
        new Source.OfPattern(pattern, new Source.Terms(Optional.of("crew"), false, true));
    try (Taking consumer = new Taking(opening, source, 10)) {
      assertThat(removing.isDone()).isTrue();
      Links.send(link, topic, 1);
      assertThat(consumer.take().message().text()).isEqualTo("0");
      assertThat(consumer.takeWithin(Duration.ofSeconds(1))).as("from before").isNull();
    } finally {
      opening.close(Links.PATIENCE);
    }
  }

  /** The one that removes has seen nobody, and goes on when there is somebody. */
  private void opensWhileAnotherOneRemoves(Interposed.Moment moment, boolean keyOrdered)
      throws Exception {
    opensWhileAnotherOneRemoves(moment, keyOrdered, () -> {});
  }

  /**
   * As that.
   *
   * @param then what becomes of the one that removes
   */
  private void opensWhileAnotherOneRemoves(
      Interposed.Moment moment, boolean keyOrdered, Runnable then) throws Exception {
    Taking[] opened = new Taking[1];
    Interposed opening =
        new Interposed(
            moment,
            () -> {
              opened[0] = new Taking(link, all, 10, keyOrdered);
              then.run();
            });
    new Taking(link, all, 1, keyOrdered).close();
    settings().apply(group, "latest"); // as one that has closed has left them
    assertThat(areSettingsThere()).isTrue();
    remove(opening.around(admin()));
    assertThat(opening.isDone()).isTrue();
    try (Taking consumer = opened[0]) {
      assertSetUp(consumer);
    }
  }

  @Test
  void whatIsForgottenOfOneThatHasAMemberAgainIsSetAgain() throws Exception {
    opensWhileAnotherOneRemoves(Interposed::isForgetting, false);
  }

  @Test
  void orSomebodyInLine() throws Exception {
    opensWhileAnotherOneRemoves(Interposed::isForgetting, true);
  }

  /** What it asked for may have been done. */
  @Test
  void soIsThatOfOneWhoseRemovalFails() throws Exception {
    AtomicBoolean forgetting = new AtomicBoolean();
    opensWhileAnotherOneRemoves(
        (question, arguments) -> {
          boolean isNow = forgetting.get() && question.equals("describeConfigs");
          forgetting.compareAndSet(false, Interposed.isForgetting(question, arguments));
          return isNow;
        },
        false,
        () -> {
          throw new MessagingException(ErrorCode.TIMEOUT, "for this test");
        });
  }

  private void keepsItsSettings(boolean keyOrdered) throws Exception {
    AtomicBoolean deleted = new AtomicBoolean();
    AtomicInteger forgotten = new AtomicInteger();
    opensWhileAnotherOneRemoves(
        (question, arguments) -> {
          if (Interposed.isForgetting(question, arguments)) {
            forgotten.incrementAndGet();
          }
          boolean isNow = deleted.get();
          deleted.compareAndSet(false, question.equals("deleteShareGroups"));
          return isNow;
        },
        keyOrdered);
    assertThat(forgotten).as("settings that are forgotten though somebody needs them").hasValue(0);
  }

  @Test
  void oneThatHasAMemberAgainKeepsItsSettings() throws Exception {
    keepsItsSettings(false);
  }

  @Test
  void soDoesOneWithSomebodyInLine() throws Exception {
    keepsItsSettings(true);
  }

  @Test
  void oneThatHasAMemberIsNotRemoved() throws Exception {
    opensWhileAnotherOneRemoves(
        (question, arguments) -> question.equals("deleteShareGroups"), false);
  }

  /** The next in line would wait until locks of one that never began have ended. */
  @Test
  void oneThatCannotBeginItsTurnDoesNotSayThatItHolds() throws Exception {
    Interposed failing =
        new Interposed(
            (question, arguments) ->
                question.equals("describeConfigs")
                    && Thread.currentThread().getName().contains("-turn-"),
            () -> {
              throw new MessagingException(ErrorCode.ACCESS_REFUSED, "for this test");
            });
    Link opening = failing.link(broker);
    try {
      assertThat(failureOfTurn(opening)).hasMessageContaining("for this test");
      assertThat(notes()).as("what the note says; see Turn.begin").doesNotContain("held");
    } finally {
      opening.close(Links.PATIENCE);
    }
  }

  /** It breaks while it opens, or afterwards. */
  private Throwable failureOfTurn(Link opening) throws InterruptedException {
    MessagingException failure;
    try (Taking consumer = new Taking(opening, all, 10, true)) {
      failure = consumer.failure();
    } catch (MessagingException e) {
      failure = e;
    }
    return Objects.requireNonNullElse(failure.getCause(), failure);
  }

  private List<String> notes() throws Exception {
    String turns = Turns.group(group);
    return admin()
        .listConsumerGroupOffsets(turns)
        .partitionsToOffsetAndMetadata(turns)
        .get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .values()
        .stream()
        .filter(Objects::nonNull)
        .map(OffsetAndMetadata::metadata)
        .toList();
  }
}
