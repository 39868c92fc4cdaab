package io.anymq.core.model;

import static io.anymq.core.model.Program.step;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anymq.core.Simulation;
import io.anymq.core.model.Step.Kind;
import io.anymq.core.script.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The smallest programs of what random programs have found. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RegressionTest {

  /** How many orders of the same program are run; another seed is another order. */
  private static final int ORDERS = 10;

  private static void check(Program program) throws InterruptedException {
    List<String> violations = new ArrayList<>();
    Simulation.direct(
        Duration.ofMinutes(2),
        () -> {
          for (int order = 0; order < ORDERS; order++) {
            violations.addAll(program.with(program.seed() + order, program.steps()).run());
          }
        });
    assertEquals(List.of(), violations);
  }

  /** The core's own redeliveries were forgotten with the link. */
  @Test
  void redeliveriesByTheCoreCountAfterACut() throws InterruptedException {
    check(
        Program.of(
            26L,
            new Profile(true, false, false, true, true, true, true),
            step(Kind.SUBSCRIBE, 1, 9, 805),
            step(Kind.CONSUMER, 1, 0, 366),
            step(Kind.LISTENER, 1, 0, 872),
            step(Kind.PRODUCER, 0, 0, 0),
            step(Kind.SEND, 1, 1, 0),
            step(Kind.PASS, 360, 0, 0),
            step(Kind.CUT, 1, 0, 0)));
  }

  /** One that waited here to be delivered again, and was not seen, does not count. */
  @Test
  void aRedeliveryThatNobodySawDoesNotCount() throws InterruptedException {
    check(
        Program.of(
            29L,
            new Profile(false, false, true, true, true, false, false),
            step(Kind.CONSUMER, 0, 1, 904),
            step(Kind.PRODUCER, 1, 1, 0),
            step(Kind.CONSUMER, 1, 1, 260),
            step(Kind.RECEIVE, 1, 192, 0),
            step(Kind.RELEASE, 5, 3, 0),
            step(Kind.SWALLOW, 1, 1, 0),
            step(Kind.SEND_ASYNC, 5, 6, 0)));
  }

  /** The futures of held sends never completed when the session was in use as it closed. */
  @Test
  void heldSendsEndWithASessionThatIsInUse() throws InterruptedException {
    check(
        Program.of(
            900115L,
            new Profile(false, true, true, true, false, false, false),
            step(Kind.SESSION, 1, 0, 0),
            step(Kind.SESSION_CONSUMER, 0, 2, 870),
            step(Kind.SESSION_PRODUCER, 0, 5, 0),
            step(Kind.SEND_ASYNC, 2, 4, 0),
            step(Kind.BATCH, 5, 1, 61),
            step(Kind.CLOSE_CONNECTION, 1, 2, 0)));
  }

  /** The model's end came while a listener still had its last messages again and again. */
  @Test
  void whatAListenerReleasesIsWaitedFor() throws InterruptedException {
    check(
        Program.of(
            20261499L,
            new Profile(true, false, true, true, true, false, false),
            step(Kind.LISTENER, 1, 3, 897),
            step(Kind.SESSION, 0, 0, 0),
            step(Kind.SESSION_PRODUCER, 0, 3, 0),
            step(Kind.SEND_ASYNC, 7, 5, 0),
            step(Kind.SEND_ASYNC, 5, 5, 0),
            step(Kind.SEND_ASYNC, 7, 6, 0),
            step(Kind.SEND_ASYNC, 1, 2, 0)));
  }

  /** A close beside a recovery forgot what had been accepted on the new link. */
  @Test
  void whatIsAcceptedWhileALinkComesTooLateIsHandedOver() throws InterruptedException {
    check(
        Program.of(
            20261612L,
            new Profile(true, false, true, false, true, true, false),
            step(Kind.LISTENER, 1, 2, 315),
            step(Kind.PRODUCER, 1, 2, 0),
            step(Kind.PRODUCER, 0, 1, 0),
            step(Kind.CUT, 1, 0, 0),
            step(Kind.STEPS, 20, 0, 0),
            step(Kind.SEND_ASYNC, 0, 2, 0),
            step(Kind.CALLBACK, -2, 3, 7),
            step(Kind.RECEIVE, 4, 118, 0),
            step(Kind.RECEIVE, 6, 148, 0),
            step(Kind.PRODUCER, 0, 1, 0),
            step(Kind.RECEIVE, 6, 0, 0),
            step(Kind.RECEIVE, 7, 0, 0),
            step(Kind.SEND, 6, 2, 0),
            step(Kind.PASS, 4822, 0, 0)));
  }

  /** What came while a consumer could not be opened reached the application, and came again. */
  @Test
  void whatComesBeforeAnOpeningFailsComesAgainOnly() throws InterruptedException {
    check(
        Program.of(
            20262308L,
            new Profile(false, true, true, false, true, false, true, true),
            step(Kind.PRODUCER, 1, 5, 0),
            step(Kind.SEND_ASYNC, 6, 4, 0),
            step(Kind.SEND_ASYNC, 3, 3, 0),
            step(Kind.PASS, 24, 0, 0),
            step(Kind.SEND_ASYNC, 2, 2, 0),
            step(Kind.FAIL_CONNECT, 1, 0, 0),
            step(Kind.CUT_DURING, 0, 3, 0),
            step(Kind.REJECT, 4, 0, 0),
            step(Kind.SUBSCRIBE, 0, 15, 987),
            step(Kind.PASS, 443, 0, 0)));
  }

  /** A message at its limit was put aside, with order by key, and began anew. */
  @Test
  void whatIsPutAsideKeepsItsCount() throws InterruptedException {
    check(
        Program.of(
            91001078L,
            new Profile(true, false, true, false, false, true, false, true),
            step(Kind.LISTENER, 0, 3, 622),
            step(Kind.PRODUCER, 0, 3, 0),
            step(Kind.REFUSE, 7, 4, 1),
            step(Kind.SEND, 1, 3, 0),
            step(Kind.STEPS, 24, 0, 0),
            step(Kind.CUT, 0, 0, 0),
            step(Kind.PASS, 812, 0, 0)));
  }
}
