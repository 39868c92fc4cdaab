package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link HandOutLog}, and declares its queue. Its lock is held while a channel is opened
 * and the queue declared, and otherwise for a write. Safe for use by several threads.
 */
final class HandOutWriter {

  /** Longer than anybody waits between two deliveries of a message that fails. */
  private static final int KEPT_MILLIS = 7 * 24 * 3600 * 1000;

  static final int MOST_ENTRIES = 100_000;

  private static final Map<String, Object> ARGUMENTS =
      Map.of(
          "x-queue-type", "classic",
          "x-message-ttl", KEPT_MILLIS,
          "x-expires", KEPT_MILLIS,
          "x-max-length", MOST_ENTRIES);

  /** An unused queue goes after {@link #KEPT_MILLIS}: a declaration counts as a use. */
  private static final Duration DECLARED_FOR = Duration.ofMinutes(10);

  private static final int PERSISTENT = 2;
  private static final byte[] NOTHING = {};

  private final Supplier<NativeConnection> connection;
  private final String queue;
  private @Nullable Channel channel;
  private long declaredAt;
  private boolean refused;
  private boolean closed;

  HandOutWriter(Supplier<NativeConnection> connection, String queue) {
    this.connection = connection;
    this.queue = queue;
  }

  /** Whether this user may not have a log. */
  synchronized boolean isRefused() {
    return refused;
  }

  /**
   * Writes an entry; waits for no answer, but where the queue was not declared for some time.
   *
   * @param type what kind of entry
   * @return whether it is on its way; not when the broker has stopped reading
   */
  synchronized boolean write(String id, String key, String type) {
    Channel open = open();
    if (open == null) {
      return false;
    }
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId(id)
            .correlationId(key)
            .type(type)
            .deliveryMode(PERSISTENT)
            .build();
    try {
      open.basicPublish("", queue, properties, NOTHING);
      return true;
    } catch (IOException | ShutdownSignalException e) {
      throw RabbitErrors.translate(e, "Writing to " + queue);
    }
  }

  /** Has the first entry wait for nothing; called when a redelivered message has arrived. */
  synchronized void prepare() {
    try {
      open();
    } catch (MessagingException e) {
      NativeConnection.LOG.debug("The hand-out log {} is not there", queue, e);
    }
  }

  /** With the lock held; null where this user may not have a log, or the broker is full. */
  private @Nullable Channel open() {
    if (refused || closed || connection.get().isBlocked()) {
      return null;
    }
    Channel open = channel;
    boolean recent = System.nanoTime() - declaredAt < DECLARED_FOR.toNanos();
    return open != null && open.isOpen() && recent ? open : declared(open);
  }

  private @Nullable Channel declared(@Nullable Channel open) {
    Channel usable =
        open != null && open.isOpen() ? open : connection.get().channel("Opening " + queue);
    try {
      usable.queueDeclare(queue, true, false, false, ARGUMENTS);
      channel = usable;
      declaredAt = System.nanoTime();
      return usable;
    } catch (IOException | ShutdownSignalException e) {
      notDeclared(RabbitErrors.translate(e, "Declaring " + queue));
      return null;
    }
  }

  private void notDeclared(MessagingException cause) {
    if (cause.code() != ErrorCode.ACCESS_REFUSED) {
      throw cause;
    }
    refused = true;
    NativeConnection.LOG.warn(
        "This user may not declare queue {}: messages that waited in a prefetch when their"
            + " consumer went count as delivered; grant the right to configure, write and read"
            + " handed-out/.*",
        queue,
        cause);
  }

  /** Writes no more. Its channel ends on a thread beside, for the broker may be silent. */
  synchronized void close() {
    closed = true;
    Channel open = channel;
    if (open != null && open.isOpen()) {
      connection
          .get()
          .thread("closing " + queue, () -> NativeConnection.closeQuietly(open))
          .start();
    }
  }

  /** It was deleted with its queue; the next entry declares it anew. */
  synchronized void forget() {
    declaredAt = System.nanoTime() - DECLARED_FOR.toNanos();
  }
}
