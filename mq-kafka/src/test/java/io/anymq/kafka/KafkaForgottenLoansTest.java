package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker that crashes has forgotten what it lent, and lends it again as if for the first time. It
 * may be back before the link counts as lost: here it always is.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class KafkaForgottenLoansTest extends LinkTest {

  private static final int COUNT = 10;
  private static final Duration RESTARTED = Duration.ofSeconds(60);

  private final LinkedBlockingQueue<MessagingException> lost = new LinkedBlockingQueue<>();

  @AfterEach
  void ensureUp() {
    broker.ensureUp();
  }

  /** Nothing refuses at the proxy while the broker is down, so that only the time-out counts. */
  private Link openPatient() {
    Options patient = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofMinutes(2));
    return Links.open(broker.proxiedUrl(), patient, lost);
  }

  @Test
  void whatWasAcceptedInVainIsMarkedWhenItComesAgain() throws Exception {
    Link patient = openPatient();
    try (Taking consumer = new Taking(patient, queue, COUNT)) {
      Links.send(link, queue, COUNT);
      List<InboundDelivery> first = take(consumer);
      assertThat(first).as("what comes for the first time").noneMatch(InboundDelivery::redelivered);
      broker.kill();
      broker.restart();
      first.forEach(consumer::accept);
      assertThat(take(consumer))
          .as("what comes again; see Loans")
          .allMatch(again -> again.redelivered() && again.deliveryCount() == 2)
          .allSatisfy(consumer::accept);
      assertThat(lost).as("losses of the link: this test is about a crash without one").isEmpty();
    } finally {
      patient.delete(queue); // The other link may have been lost.
      patient.close(Links.PATIENCE);
    }
  }

  private static List<InboundDelivery> take(Taking consumer) throws InterruptedException {
    List<InboundDelivery> taken = new ArrayList<>();
    while (taken.size() < COUNT) {
      taken.add(consumer.take(RESTARTED));
    }
    return taken;
  }
}
