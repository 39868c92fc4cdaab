package io.anymq.activemq;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.activemq.command.RemoveSubscriptionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable subscriptions. Natively one belongs to the client id of a connection, which only one
 * connection may have at a time: so each gets a connection of its own, with an id made of the topic
 * and the name, and the broker itself refuses a second consumer.
 */
final class ActiveMqSubscriptions {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqSubscriptions.class);

  /** In which a broker notices that a connection has ended. */
  private static final Duration NOTICING = Duration.ofSeconds(1);

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** The least that an attempt is given. */
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final LinkRequest request;
  private final Duration noticing;

  /** The connections that may still be there. */
  private final Set<OpenWire> wires = ConcurrentHashMap.newKeySet();

  private final CountDownLatch cut = new CountDownLatch(1);

  ActiveMqSubscriptions(LinkRequest request) {
    this(request, NOTICING);
  }

  /** For tests, with a time of their own in which a broker notices that a connection has ended. */
  ActiveMqSubscriptions(LinkRequest request, Duration noticing) {
    this.request = request;
    this.noticing = noticing;
  }

  /**
   * Connects as a subscription.
   *
   * @param share the subscription
   * @param onLost is told when the connection breaks
   * @return the connection
   */
  OpenWire connect(ActiveMqShare share, Consumer<MessagingException> onLost) {
    try {
      return kept(open(share, onLost));
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        throw inUse(share, e.getCause());
      }
      throw e;
    }
  }

  /**
   * A busy broker may hang up before its refusal is read: so it is asked a second time, within the
   * same limit.
   */
  private OpenWire open(ActiveMqShare share, Consumer<MessagingException> onLost) {
    long deadline = System.nanoTime() + request.connectTimeout().toNanos();
    try {
      return OpenWire.open(request, Optional.of(share.clientId()), onLost);
    } catch (ConnectFailedException e) {
      boolean again = e.isTransient() && ActiveMqErrors.isHangUp(e) && !isCut();
      if (!again || System.nanoTime() >= deadline) {
        throw e;
      }
      LOG.debug("The broker hung up on {}", share.key(), e);
    }
    return openAgain(share, onLost, deadline);
  }

  /**
   * Who has the subscription may be the connection of the attempt before, whose end the broker has
   * not noticed: that is believed after a moment only.
   */
  private OpenWire openAgain(
      ActiveMqShare share, Consumer<MessagingException> onLost, long deadline) {
    long believed = Math.min(deadline, System.nanoTime() + noticing.toNanos());
    while (true) {
      try {
        return OpenWire.open(until(deadline), Optional.of(share.clientId()), onLost);
      } catch (MessagingException e) {
        boolean inUse = e.code() == ErrorCode.SUBSCRIPTION_IN_USE;
        if (!inUse || System.nanoTime() >= believed || pausesUntilCut()) {
          throw e;
        }
      }
    }
  }

  private LinkRequest until(long deadline) {
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    Duration limit = left.compareTo(SHORTEST) > 0 ? left : SHORTEST;
    return new LinkRequest(
        request.url(),
        request.options().with(ConnectionOptions.CONNECT_TIMEOUT, limit),
        request.names(),
        request.listener());
  }

  private boolean pausesUntilCut() {
    try {
      return cut.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate("The durable subscription could not be opened", e);
    }
  }

  private boolean isCut() {
    return cut.getCount() == 0;
  }

  private OpenWire kept(OpenWire wire) {
    wires.removeIf(OpenWire::hasEnded);
    wires.add(wire);
    if (isCut()) {
      wire.cut();
    }
    return wire;
  }

  /** The link's time is over: whoever still waits for an answer on one of the connections ends. */
  void cut() {
    cut.countDown();
    wires.forEach(OpenWire::cut);
  }

  /** The failure that says that a subscription has a consumer. */
  static MessagingException inUse(ActiveMqShare share, @Nullable Throwable cause) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        "The subscription '%s' of %s has a consumer already"
            .formatted(share.name(), NativeText.of(share.origin())),
        cause);
  }

  /** Removes the durable subscription with its backlog; one that is not there is no failure. */
  static void remove(OpenWire own, ActiveMqShare share) {
    try {
      own.request(
          "The subscription '%s' could not be removed".formatted(share.name()),
          removal(own, share));
    } catch (MessagingException e) {
      if (!(e.getCause() instanceof jakarta.jms.InvalidDestinationException)) {
        throw e;
      }
      // There is no such subscription, which is no failure.
    }
  }

  /**
   * Removes the subscription to a topic that was deleted, without waiting. The broker would keep
   * it, tied to the deleted topic: when one of that name is made, it would get nothing from it.
   */
  static void forget(OpenWire own, ActiveMqShare share) {
    try {
      own.send("The subscription could not be removed", removal(own, share));
    } catch (MessagingException e) {
      LOG.debug("The connection broke before {} was removed", share.key(), e);
    }
  }

  private static RemoveSubscriptionInfo removal(OpenWire own, ActiveMqShare share) {
    RemoveSubscriptionInfo info = new RemoveSubscriptionInfo();
    info.setConnectionId(own.connectionId());
    info.setClientId(share.clientId());
    info.setSubscriptionName(share.name());
    return info;
  }
}
