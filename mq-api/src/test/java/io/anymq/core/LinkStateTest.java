package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capabilities;
import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionState;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkStateTest {

  private final MessagingException lost = new ConnectionLostException("cut");

  private final FakeBackend backend = new FakeBackend();
  private final CoreConnection other = backend.connect();
  private final Threads threads = new Threads("test");
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final LinkState state =
      new LinkState(
          "fake://host",
          new StateEvents(
              other,
              (connection, now, cause) -> events.add(now + (cause == null ? "" : " cut")),
              threads));

  @AfterEach
  void close() {
    Eventually.returnsElsewhere("the state", state::state);
    threads.end(Deadline.in(Duration.ofSeconds(5)));
    other.close();
  }

  private LinkState.Current link(long epoch) {
    return new LinkState.Current(
        backend.link(), epoch, new Capabilities("fake", Map.of(), Map.of()));
  }

  private void expect(String... expected) {
    Eventually.until("the events", () -> events.size() >= expected.length);
    assertThat(events).containsExactly(expected);
  }

  @Test
  void theLifeOfAConnection() {
    assertThat(state.state()).isEqualTo(ConnectionState.OPENING);
    assertThat(state.isClosing()).isFalse();
    assertThat(state.current()).isNull();
    assertThat(state.isCurrent(1)).isFalse();
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.state()).isEqualTo(ConnectionState.OPEN);
    assertThat(state.isCurrent(1)).isTrue();
    assertThat(state.isCurrent(2)).isFalse();
    assertThat(state.lose(1, lost)).isTrue();
    assertThat(state.current()).isNull();
    assertThat(state.isCurrent(1)).isFalse();
    assertThat(state.state()).isEqualTo(ConnectionState.RECOVERING);
    assertThat(state.install(link(2))).isTrue();
    assertThat(state.beginClose()).isTrue();
    assertThat(state.isClosing()).isTrue();
    assertThat(state.remove()).isEqualTo(link(2));
    assertThat(state.remove()).isNull();
    state.finishClose();
    assertThat(state.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(state.isClosing()).isTrue();
    expect("OPENING", "OPEN", "RECOVERING cut", "OPEN", "CLOSING", "CLOSED");
  }

  @Test
  void onlyTheLinkInUseCanBeLost() {
    assertThat(state.lose(0, lost)).as("before there was one").isFalse();
    assertThat(state.loseForGood(0, lost)).isFalse();
    assertThat(state.install(link(3))).isTrue();
    assertThat(state.lose(2, lost)).as("an older one").isFalse();
    assertThat(state.loseForGood(2, lost)).as("an older one").isFalse();
    assertThat(state.isCurrent(3)).isTrue();
    assertThat(state.loseForGood(3, lost)).isTrue();
    assertThat(state.current()).isNull();
    assertThat(state.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(state.loseForGood(3, lost)).as("twice").isFalse();
    expect("OPENING", "OPEN", "CLOSED cut");
  }

  @Test
  void noLinkIsTakenIntoUseThatNobodyWants() {
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.install(link(2))).as("beside another").isFalse();
    assertThat(state.isCurrent(1)).isTrue();
    assertThat(state.beginClose()).isTrue();
    assertThat(state.beginClose()).as("twice").isFalse();
    assertThat(state.install(link(3))).as("while closing").isFalse();
    assertThat(state.lose(1, lost)).as("while closing").isFalse();
    state.finishClose();
    assertThat(state.beginClose()).as("after the end").isFalse();
    assertThat(state.install(link(4))).as("after the end").isFalse();
  }

  @Test
  void recoveryCanBeGivenUpOnlyWhileItLasts() {
    assertThat(state.giveUp(lost)).isFalse();
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.giveUp(lost)).isFalse();
    assertThat(state.lose(1, lost)).isTrue();
    assertThat(state.giveUp(lost)).isTrue();
    assertThat(state.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(state.closed()).hasMessage("The connection is closed: cut").hasCause(lost);
  }

  @Test
  void aClosedConnectionSaysSo() {
    assertThat(state.closed()).hasMessageContaining("fake://host is closed").hasNoCause();
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.loseForGood(1, lost)).isTrue();
    assertThat(state.closed()).hasMessageContaining("cut");
  }

  @Test
  void capabilitiesAreThoseOfTheLastLink() {
    assertThatThrownBy(state::capabilities).isInstanceOf(ClosedException.class);
    LinkState.Current first = link(1);
    assertThat(state.install(first)).isTrue();
    assertThat(state.lose(1, lost)).isTrue();
    assertThat(state.capabilities()).isSameAs(first.capabilities());
  }

  @Test
  void whoAsksForALinkGetsOneThatIsNewer() {
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.await(0, Deadline.now()).epoch()).isEqualTo(1);
    assertThatThrownBy(() -> state.await(1, Deadline.in(Duration.ofMillis(2))))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("fake://host is lost and was not recovered in time");
  }

  @Test
  void whoWaitsForALinkIsWokenByIt() throws Exception {
    AtomicReference<Object> seen = new AtomicReference<>();
    Thread waiter =
        Eventually.waiting(() -> seen.set(state.await(0, Deadline.in(Duration.ofSeconds(30)))));
    assertThat(state.install(link(1))).isTrue();
    waiter.join(10_000);
    assertThat(seen.get()).isEqualTo(link(1));
  }

  @Test
  void whoWaitsForALinkIsWokenByTheEnd() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> seen.set(failureOfAwait()));
    assertThat(state.beginClose()).isTrue();
    waiter.join(10_000);
    assertThat(seen.get()).isInstanceOf(ClosedException.class);
    state.finishClose();
    assertThatThrownBy(() -> state.await(0, Deadline.in(Duration.ofSeconds(30))))
        .isInstanceOf(ClosedException.class);
  }

  private Throwable failureOfAwait() {
    try {
      return new AssertionError(state.await(0, Deadline.in(Duration.ofSeconds(30))));
    } catch (MessagingException e) {
      return e;
    }
  }

  @Test
  void anInterruptEndsTheWaitAndStays() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> state.await(0, Deadline.in(Duration.ofSeconds(30))))
        .isInstanceOfSatisfying(
            MessagingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aPauseOfRecoveryEndsWithItsTimeOrWithTheConnection() throws Exception {
    assertThat(state.pause(Deadline.now())).as("nothing recovers").isFalse();
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.lose(1, lost)).isTrue();
    long before = System.nanoTime();
    assertThat(state.pause(Deadline.in(Duration.ofMillis(5)))).isTrue();
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(5_000_000);
    AtomicReference<Boolean> answer = new AtomicReference<>();
    Thread waiter =
        Eventually.waiting(() -> answer.set(state.pause(Deadline.in(Duration.ofSeconds(30)))));
    assertThat(state.beginClose()).isTrue();
    waiter.join(10_000);
    assertThat(answer.get()).isFalse();
  }

  @Test
  void anInterruptEndsAPause() {
    assertThat(state.install(link(1))).isTrue();
    assertThat(state.lose(1, lost)).isTrue();
    Thread.currentThread().interrupt();
    assertThat(state.pause(Deadline.in(Duration.ofSeconds(30)))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  /** Who waits for a link would wait for ever. */
  @Test
  void anEventThatCannotBeToldHoldsNobodyUp() throws Exception {
    Threads silent =
        new Threads("silent") {
          @Override
          void tell(Runnable task) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };
    LinkState alone =
        new LinkState(
            "fake://host", new StateEvents(other, (connection, now, cause) -> {}, silent));
    AtomicReference<Object> seen = new AtomicReference<>();
    Thread waiter =
        Eventually.waiting(() -> seen.set(alone.await(0, Deadline.in(Duration.ofSeconds(30)))));
    assertThat(alone.install(link(1))).isTrue();
    waiter.join(10_000);
    assertThat(seen.get()).isEqualTo(link(1));
  }
}
