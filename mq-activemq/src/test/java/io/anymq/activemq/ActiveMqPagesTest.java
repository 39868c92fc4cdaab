package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the thread that looks behind full pages. */
@Timeout(60)
final class ActiveMqPagesTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** One that ended would leave consumers with selectors without what stands behind a page. */
  @Test
  void whateverOneLookFailsWithTheNextOneComes() throws Exception {
    for (Throwable failure :
        new Throwable[] {new OutOfMemoryError("for this test"), new IllegalStateException("too")}) {
      CountDownLatch looks = new CountDownLatch(3);
      try (FakeOpenWire fake = FakeOpenWire.start(command -> FakeOpenWire.Fate.TAKEN)) {
        OpenWire wire = OpenWire.open(fake.request(LIMIT), Optional.empty(), lost -> {});
        ActiveMqPages pages =
            new ActiveMqPages(
                wire,
                queue -> {
                  looks.countDown();
                  throw ActiveMqPagesTest.<RuntimeException>asItIs(failure);
                },
                LIMIT);
        Runnable end = pages.begin(new ActiveMQQueue("q"));
        assertThat(looks.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
            .as("looks after %s", failure)
            .isTrue();
        end.run();
        wire.close(LIMIT);
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws what is undeclared
  private static <T extends Throwable> T asItIs(Throwable failure) throws T {
    throw (T) failure;
  }
}
