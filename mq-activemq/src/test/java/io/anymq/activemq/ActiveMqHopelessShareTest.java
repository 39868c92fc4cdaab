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
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.MessageDispatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shared subscription's members do when their mover cannot move. */
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

  private final BrokerHandle broker = BrokerProvisioner.system().start("activemq");
  private final LinkRequest request = Links.request(broker.url(), new LinkedBlockingQueue<>());
  private final OpenWire wire = open();
  private final ActiveMqShare share =
      ActiveMqShare.of(
          Topic.of("t." + UUID.randomUUID()), "team", new ActiveMqDestinations(NativeNames.none()));

  @AfterEach
  void stopBroker() {
    wire.close(LIMIT);
    broker.close();
  }

  private OpenWire open() {
    return OpenWire.open(request, Optional.empty(), lost -> {});
  }

  private ActiveMqMembership member(
      OpenWire on, Connector connector, Consumer<MessagingException> hopeless) {
    return new ActiveMqMembership(
        on,
        share,
        LIMIT,
        owner -> new ActiveMqForwarder(share, connector, any -> true, LIMIT, owner),
        NO_CLEANING,
        hopeless);
  }

  /** The broker takes the subscription's connection once, and then refuses it for good. */
  @Test
  void whoCannotMoveWhatIsCollectedIsTold() throws Exception {
    BlockingQueue<MessagingException> told = new LinkedBlockingQueue<>();
    Connector connector =
        new Connector(
            call -> {
              if (call > 1) {
                throw new MessagingException(ErrorCode.ACCESS_REFUSED, "Not allowed any more");
              }
            });
    ActiveMqMembership member = member(wire, connector, told::add);
    try {
      member.join();
      assertThat(told).isEmpty();
      connector.drop();
      assertThat(told.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .isNotNull()
          .returns(ErrorCode.ACCESS_REFUSED, MessagingException::code);
    } finally {
      member.leave();
    }
  }

  /** As when the process may have no more threads for a moment. */
  @Test
  void aMoverThatMeetsAnErrorMovesOn() throws Exception {
    Connector connector =
        new Connector(
            call -> {
              if (call == 2) {
                throw new OutOfMemoryError("unable to create native thread");
              }
            });
    ActiveMqMembership member = member(wire, connector, why -> {});
    try {
      member.join();
      connector.drop();
      assertMoved();
    } finally {
      member.leave();
    }
  }

  /** As when a member's consumer cannot be closed for want of memory. */
  @Test
  void aMoverWhoseThreadEndsLeavesTheMovingToAnother() throws Exception {
    BlockingQueue<MessagingException> told = new LinkedBlockingQueue<>();
    AtomicBoolean threw = new AtomicBoolean();
    Connector connector =
        new Connector(
            call -> {
              if (call > 1) {
                throw new MessagingException(ErrorCode.ACCESS_REFUSED, "Not allowed any more");
              }
            });
    ActiveMqMembership first =
        member(
            wire,
            connector,
            why -> {
              if (threw.compareAndSet(false, true)) {
                throw new OutOfMemoryError("Java heap space");
              }
              told.add(why);
            });
    OpenWire other = open();
    ActiveMqMembership second = member(other, new Connector(call -> {}), why -> {});
    try {
      first.join();
      second.join();
      connector.drop();
      assertThat(told.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .isNotNull()
          .returns(ErrorCode.BACKEND_FAILURE, MessagingException::code);
      assertMoved();
    } finally {
      second.leave();
      first.leave();
      other.close(LIMIT);
    }
  }

  /** What is sent to the topic comes to the queue that the members share. */
  private void assertMoved() throws Exception {
    BlockingQueue<MessageDispatch> moved = new LinkedBlockingQueue<>();
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    info.setDestination(share.queue());
    info.setPrefetchSize(10);
    wire.addConsumer("No consumer of the shared queue", info, moved::add);
    ActiveMqLink link = Links.open(broker);
    try {
      Links.send(link, Topic.of(share.origin().getPhysicalName()), 1);
      assertThat(moved.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    } finally {
      link.close(LIMIT);
    }
  }

  /** Connects as the subscription, unless the test lets that fail. */
  private final class Connector implements Function<Consumer<MessagingException>, OpenWire> {

    private final IntConsumer before;
    private final BlockingQueue<Runnable> breaks = new LinkedBlockingQueue<>();
    private int calls;

    Connector(IntConsumer before) {
      this.before = before;
    }

    @Override
    public synchronized OpenWire apply(Consumer<MessagingException> onLost) {
      before.accept(++calls);
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
