package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Whether anything was ever delayed at a broker, asked with each depth. To ask for what is not
 * there closes a channel and leaves an error in the broker's log; so a message is sent instead, to
 * a queue that drops it, and comes back where there is none. Safe for use by several threads.
 */
final class DelaysSeen {

  private static final String DOING = "Looking for delayed messages";

  private final RabbitDelays delays;
  private final Supplier<NativeConnection> publisher;
  private final Duration limit;
  private volatile boolean seen;
  private volatile boolean mayNotSend;

  /**
   * For one link.
   *
   * @param publisher gives the connection that writes
   * @param limit how long one question to the broker may take
   */
  DelaysSeen(RabbitDelays delays, Supplier<NativeConnection> publisher, Duration limit) {
    this.delays = delays;
    this.publisher = publisher;
    this.limit = limit;
  }

  /** Whether messages may wait for a queue. Of which queue they are, and how many, nobody tells. */
  boolean any() {
    if (seen) {
      return true;
    }
    NativeConnection connection = publisher.get();
    if (connection.isBlocked()) {
      return true; // what is sent would wait
    }
    seen = delays.areMade() || ask(connection);
    return seen;
  }

  private boolean ask(NativeConnection connection) {
    if (!mayNotSend) {
      try {
        return connection.askAlone(DOING, this::isDropped);
      } catch (MessagingException e) {
        if (e.code() != ErrorCode.ACCESS_REFUSED) {
          throw e;
        }
        mayNotSend = true;
      }
    }
    return delays.exist();
  }

  private boolean isDropped(Channel channel) throws IOException {
    CompletableFuture<Boolean> dropped = new CompletableFuture<>();
    channel.addReturnListener(returned -> dropped.complete(false));
    channel.addConfirmListener(
        (sequence, multiple) -> dropped.complete(true),
        (sequence, multiple) -> dropped.complete(true));
    channel.addShutdownListener(dropped::completeExceptionally);
    channel.confirmSelect();
    channel.basicPublish(
        "", RabbitDelays.TOPICS_SINK, true, MessageProperties.MINIMAL_BASIC, new byte[0]);
    return await(dropped);
  }

  private boolean await(CompletableFuture<Boolean> dropped) throws IOException {
    try {
      return dropped.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return true; // it has not come back, which takes no time
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ShutdownSignalException signal) {
        throw signal;
      }
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted while " + DOING, e);
    }
  }
}
