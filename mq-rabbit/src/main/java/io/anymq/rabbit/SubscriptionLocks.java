package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Says who may consume a durable subscription. Its lock is a queue beside it: an exclusive one when
 * a single consumer holds it, one that goes with the last of its consumers when several share it.
 * The broker refuses to make the one where the other is, with 405, in both directions. (Quorum
 * queues do not know exclusive consumers: seen on 3.10.) Safe for use by several threads.
 */
final class SubscriptionLocks {

  /** How often a lock may go with its last holder while we join. */
  private static final int ATTEMPTS = 5;

  /**
   * When a lock that nobody consumes goes: one whose maker crashed before it consumed, and one that
   * the broker finds after a restart.
   */
  private static final int UNUSED_MILLIS = 10_000;

  /** Durable, as brokers from 4.x on discourage transient queues that are not exclusive. */
  private static final Map<String, Object> SHARED =
      Map.of("x-queue-type", "classic", "x-expires", UNUSED_MILLIS);

  private final NativeConnection connection;
  private final RabbitNames names;

  /**
   * The locks that this link holds alone: the broker grants an exclusive queue to one connection
   * twice.
   */
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  SubscriptionLocks(NativeConnection connection, RabbitNames names) {
    this.connection = connection;
    this.names = names;
  }

  /**
   * Takes a subscription for one consumer.
   *
   * @return gives it back; run once
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE}
   */
  Runnable holdAlone(String subscription, String doing) {
    return hold(names.lock(subscription), doing);
  }

  /**
   * Takes a lock for one consumer.
   *
   * @param lock the name of the exclusive queue
   * @return gives it back; run once
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE}
   */
  Runnable hold(String lock, String doing) {
    if (!held.add(lock)) {
      throw inUse(doing, null);
    }
    AtomicBoolean late = new AtomicBoolean();
    try {
      connection.ask(doing, channel -> declared(channel, lock, late));
    } catch (MessagingException e) {
      if (!late.get()) {
        held.remove(lock);
      }
      throw isLocked(e) ? inUse(doing, e) : e;
    }
    return () -> letGo(lock);
  }

  /**
   * The broker may make it after the time-out: it is taken back on the same channel behind that.
   * Until then this link must not take it again, for it would lose it by that.
   */
  private String declared(Channel channel, String lock, AtomicBoolean late) throws IOException {
    try {
      channel.queueDeclare(lock, false, true, false, null);
      return lock;
    } catch (ChannelContinuationTimeoutException e) {
      channel.queueDeleteNoWait(lock, false, false);
      connection.thread("taking back", () -> takenBack(channel, lock)).start();
      late.set(true);
      throw e;
    }
  }

  /** The broker answers the close behind that. */
  private void takenBack(Channel channel, String lock) {
    NativeConnection.closeQuietly(channel);
    held.remove(lock);
  }

  /** Whether somebody holds a lock alone. */
  boolean isHeld(String lock, String doing) {
    if (held.contains(lock)) {
      return true;
    }
    try {
      connection.ask(doing, channel -> channel.queueDeclarePassive(lock));
      return true;
    } catch (DestinationNotFoundException e) {
      return false;
    } catch (MessagingException e) {
      if (isLocked(e)) {
        return true;
      }
      throw e;
    }
  }

  /** When the connection is gone, so is the lock. */
  private void letGo(String lock) {
    if (!held.contains(lock)) {
      return; // it may be another's by now
    }
    try {
      connection.ask("Releasing " + lock, channel -> channel.queueDelete(lock));
    } catch (MessagingException e) {
      NativeConnection.LOG.debug("Releasing {}", lock, e);
    } finally {
      held.remove(lock);
    }
  }

  /**
   * Joins those who share a subscription.
   *
   * @return leaves them; run once
   * @throws MessagingException with {@link ErrorCode#SUBSCRIPTION_IN_USE}
   */
  Runnable share(String subscription, String doing) {
    String lock = names.lock(subscription);
    for (int attempt = 1; ; attempt++) {
      try {
        return join(lock, doing);
      } catch (DestinationNotFoundException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      } catch (MessagingException e) {
        throw isLocked(e) ? inUse(doing, e) : e;
      }
    }
  }

  private Runnable join(String lock, String doing) {
    Channel channel = connection.channel(doing);
    try {
      channel.queueDeclare(lock, true, false, true, SHARED);
      String tag = channel.basicConsume(lock, true, new DefaultConsumer(channel));
      return () -> leave(channel, lock, tag);
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.closeQuietly(channel);
      throw connection.failure(e, doing);
    }
  }

  /** The broker takes the lock away a moment after its last consumer; asking makes it now. */
  private void leave(Channel channel, String lock, String tag) {
    try {
      if (channel.isOpen()) {
        channel.basicCancel(tag);
        channel.queueDelete(lock, true, false);
      }
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.LOG.debug("{} is still shared by others", lock, e);
    } finally {
      NativeConnection.closeQuietly(channel);
    }
  }

  private static MessagingException inUse(String doing, @Nullable Throwable cause) {
    return new MessagingException(
        ErrorCode.SUBSCRIPTION_IN_USE,
        doing
            + " failed: this subscription is held by another consumer, or shared by some; close"
            + " those first",
        cause);
  }

  private static boolean isLocked(MessagingException failure) {
    return RabbitErrors.replyCode(failure).orElse(0) == AMQP.RESOURCE_LOCKED;
  }
}
