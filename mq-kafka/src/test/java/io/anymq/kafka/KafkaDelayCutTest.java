package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.kafka.Links.Sent;
import io.anymq.kafka.Links.Taking;
import io.anymq.spi.Link;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.tck.broker.BrokerSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How soon delayed messages come after a cut: the mover of the lost link is still a member of its
 * group, and has the turn. The broker of this test keeps such members for minutes.
 */
final class KafkaDelayCutTest {

  private static final Duration SESSION = Duration.ofMinutes(5);

  private final LinkedBlockingQueue<MessagingException> losses = new LinkedBlockingQueue<>();
  private BrokerHandle broker;
  private Link link;

  @BeforeEach
  void start() {
    broker =
        BrokerProvisioner.with(
                BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process"))
            .start(
                "kafka",
                BrokerOptions.none()
                    .withSetting(
                        "group.min.session.timeout.ms", String.valueOf(SESSION.toMillis())));
    link = open();
  }

  private Link open() {
    Options options = Options.none().with(KafkaOptions.LINK_TIMEOUT, Duration.ofSeconds(5));
    return Links.open(broker.proxiedUrl(), options, losses);
  }

  @AfterEach
  void stop() {
    link.close(Links.PATIENCE);
    broker.close();
  }

  private void assertMoved(Queue queue, String text) throws Exception {
    Sent sent =
        new Sent(
            Message.text(text).toBuilder().id(text).deliveryDelay(Duration.ofMillis(1)).build());
    link.openProducer(queue, cause -> {}).send(sent);
    sent.outcome().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    try (Taking consumer = new Taking(link, queue, 10)) {
      var delivery = consumer.takeWithin(SESSION.dividedBy(5));
      assertThat(delivery)
          .as("delayed message '%s'; see MoverGroup.hasNoLeftovers", text)
          .isNotNull();
      var moved = Objects.requireNonNull(delivery);
      assertThat(moved.message().text()).isEqualTo(text);
      consumer.accept(moved);
    }
  }

  @Test
  void comeSoonAfterACut() throws Exception {
    Queue queue = Links.newQueue(link);
    assertMoved(queue, "before");
    broker.cutNetwork();
    assertThat(losses.poll(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    link.close(Duration.ofSeconds(1));
    broker.restoreNetwork();
    link = open();
    assertMoved(queue, "after");
  }
}
