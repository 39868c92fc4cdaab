package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionLostException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shared subscription's member hears when nothing can be moved any more. */
@Timeout(60)
final class ActiveMqHopelessShareTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final ActiveMqMembership.Cleaning NO_CLEANING =
      new ActiveMqMembership.Cleaning() {
        @Override
        public void before(OpenWire own) {
          // A durable subscription has nothing of an earlier one to be removed.
        }

        @Override
        public void after(OpenWire own) {
          // It stays.
        }
      };

  /** The broker takes the subscription's connection once, and then refuses it for good. */
  @Test
  void whoCannotMoveWhatIsCollectedIsTold() throws Exception {
    try (BrokerHandle broker = BrokerProvisioner.system().start("activemq")) {
      memberIsTold(broker);
    }
  }

  private static void memberIsTold(BrokerHandle broker) throws Exception {
    Topic topic = Topic.of("hopeless");
    ActiveMqShare share =
        ActiveMqShare.of(topic, "team", new ActiveMqDestinations(NativeNames.none()));
    LinkRequest request = Links.request(broker.url(), new LinkedBlockingQueue<>());
    OpenWire wire = OpenWire.open(request, Optional.empty(), lost -> {});
    BlockingQueue<MessagingException> told = new LinkedBlockingQueue<>();
    OnceAllowed connector = new OnceAllowed(request, share);
    ActiveMqMembership member =
        new ActiveMqMembership(
            wire,
            share,
            LIMIT,
            owner -> new ActiveMqForwarder(share, connector, any -> true, LIMIT, owner),
            NO_CLEANING,
            told::add);
    try {
      member.join();
      assertThat(told).isEmpty();
      connector.drop();
      assertThat(told.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .isNotNull()
          .returns(ErrorCode.ACCESS_REFUSED, MessagingException::code);
    } finally {
      member.leave();
      wire.close(LIMIT);
    }
  }

  private static final class OnceAllowed
      implements Function<Consumer<MessagingException>, OpenWire> {

    private final LinkRequest request;
    private final ActiveMqShare share;
    private final BlockingQueue<Runnable> breaks = new LinkedBlockingQueue<>();
    private boolean used;

    OnceAllowed(LinkRequest request, ActiveMqShare share) {
      this.request = request;
      this.share = share;
    }

    @Override
    public synchronized OpenWire apply(Consumer<MessagingException> onLost) {
      if (used) {
        throw new MessagingException(ErrorCode.ACCESS_REFUSED, "Not allowed any more");
      }
      used = true;
      OpenWire own = new ActiveMqSubscriptions(request).connect(share, onLost);
      breaks.add(
          () -> {
            own.close(LIMIT);
            onLost.accept(new ConnectionLostException("Dropped"));
          });
      return own;
    }

    void drop() {
      breaks.remove().run();
    }
  }
}
