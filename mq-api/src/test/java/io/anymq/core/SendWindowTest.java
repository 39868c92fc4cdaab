package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ClosedException;
import io.anymq.Message;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendWindowTest {

  private final CoreConnection connection = new FakeBackend().connect();
  private final CoreProducer producer =
      connection.createProducer(Queue.of("q"), ProducerOptions.DEFAULT);
  private final SendWindow window = new SendWindow(2);

  @AfterEach
  void close() {
    connection.close();
  }

  private PendingSend send(Duration life) {
    return new PendingSend(producer, Message.text("m"), Deadline.in(life), false, Optional.empty());
  }

  private PendingSend added(Duration life) {
    PendingSend send = send(life);
    assertThat(window.add(send)).isTrue();
    return send;
  }

  private boolean hasRoom(Duration patience) throws InterruptedException {
    return window.awaitRoom(Deadline.in(patience));
  }

  @Test
  void thereIsRoomForAsManyAsTheLimit() throws Exception {
    assertThat(window.limit()).isEqualTo(2);
    assertThat(hasRoom(Duration.ZERO)).isTrue();
    assertThat(hasRoom(Duration.ZERO)).isTrue();
    assertThat(hasRoom(Duration.ofMillis(1))).isFalse();
    window.free();
    assertThat(hasRoom(Duration.ZERO)).isTrue();
    assertThat(hasRoom(Duration.ZERO)).isFalse();
  }

  @Test
  void closingWakesWhoeverWaitsForRoomAndTakesNothingMore() throws Exception {
    assertThat(hasRoom(Duration.ZERO)).isTrue();
    assertThat(hasRoom(Duration.ZERO)).isTrue();
    List<Boolean> answers = new ArrayList<>();
    Thread waiter = Eventually.waiting(() -> answers.add(answer(Duration.ofSeconds(10))));
    window.close();
    waiter.join(10_000);
    assertThat(answers).containsExactly(true);
    assertThat(window.add(send(Duration.ofSeconds(9)))).isFalse();
    assertThat(window.unended()).isEmpty();
  }

  private boolean answer(Duration patience) {
    try {
      return hasRoom(patience);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itKeepsTheOrderAndKnowsWhatIsUndecided() {
    PendingSend first = added(Duration.ofSeconds(9));
    PendingSend second = added(Duration.ofSeconds(9));
    PendingSend third = added(Duration.ofSeconds(9));
    assertThat(window.undecided()).containsExactly(first, second, third);
    second.confirmed();
    assertThat(window.undecided()).containsExactly(first, third);
    assertThat(window.unended()).containsExactly(first, third);
  }

  @Test
  void onlyWhatIsOverdueExpires() {
    PendingSend late = added(Duration.ZERO);
    PendingSend early = added(Duration.ofSeconds(60));
    expire();
    assertThat(late.future()).isCompletedExceptionally();
    assertThat(early.isDecided()).isFalse();
    assertThat(window.undecided()).containsExactly(early);
  }

  private void expire() {
    window.expire(send -> send.fail(transmitted -> new ClosedException("late")));
  }

  /** Its time began before that of the one in front, which has waited less for its room. */
  @Test
  void whatIsOverdueExpiresBehindWhatIsNot() {
    PendingSend early = added(Duration.ofSeconds(60));
    PendingSend late = added(Duration.ZERO);
    expire();
    assertThat(late.future()).isCompletedExceptionally();
    assertThat(window.undecided()).containsExactly(early);
  }

  @Test
  void whatIsDecidedIsNotBegun() {
    PendingSend send = added(Duration.ZERO);
    expire();
    assertThat(send.begin()).isFalse();
    PendingSend begun = added(Duration.ZERO);
    assertThat(begun.begin()).isTrue();
    AtomicReference<Boolean> transmitted = new AtomicReference<>();
    begun.fail(
        known -> {
          transmitted.set(known);
          return new ClosedException("late");
        });
    assertThat(transmitted.get()).isTrue();
    assertThat(begun.begin()).isFalse();
  }

  @Test
  void whatHasEndedIsForgottenEvenBehindOneThatHasNot() {
    PendingSend stuck = added(Duration.ofSeconds(60));
    IntStream.range(0, 50).forEach(each -> added(Duration.ofSeconds(60)).confirmed());
    assertThat(window.unended()).containsExactly(stuck);
    assertThat(window)
        .extracting("sends")
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.COLLECTION)
        .as("what the window remembers with room for 2")
        .hasSizeLessThanOrEqualTo(6);
  }

  @Test
  void aSenderWaitsWhileTheApplicationIsFarBehind() throws Exception {
    IntStream.range(0, 7).forEach(each -> window.telling());
    assertThat(window.awaitTold(Deadline.now())).as("7 of 8 wait to be told").isTrue();
    window.telling();
    assertThat(window.awaitTold(Deadline.in(Duration.ofMillis(2)))).as("8 of 8").isFalse();
    AtomicReference<Boolean> answer = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> answer.set(told()));
    window.told();
    waiter.join(10_000);
    assertThat(answer.get()).isTrue();
  }

  @Test
  void closingWakesASenderThatWaitsForTheApplication() throws Exception {
    IntStream.range(0, 8).forEach(each -> window.telling());
    AtomicReference<Boolean> answer = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> answer.set(told()));
    window.close();
    waiter.join(10_000);
    assertThat(answer.get()).isTrue();
  }

  private boolean told() {
    try {
      return window.awaitTold(Deadline.in(Duration.ofSeconds(20)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
