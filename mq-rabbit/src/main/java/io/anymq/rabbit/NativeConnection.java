package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One native connection and its socket. Safe for use by several threads. */
final class NativeConnection {

  static final Logger LOG = LoggerFactory.getLogger(NativeConnection.class);

  private final Connection connection;
  private final SocketGuard socket;
  private final RabbitThreads threads;
  private final RabbitNames names;
  private final Distance distance = new Distance();
  private final AskingChannels asking = new AskingChannels(this);
  private volatile boolean blocked;

  /**
   * What is asked on a channel.
   *
   * @param <T> the answer
   */
  @FunctionalInterface
  interface Question<T> {
    T ask(Channel channel) throws IOException;
  }

  NativeConnection(
      Connection connection, SocketGuard socket, RabbitThreads threads, RabbitNames names) {
    this.connection = connection;
    this.socket = socket;
    this.threads = threads;
    this.names = names;
  }

  Connection connection() {
    return connection;
  }

  /** Has a listener told, once, when the connection ends other than by {@link #close}. */
  void onLost(Consumer<ShutdownSignalException> listener) {
    connection.addShutdownListener(
        signal -> {
          if (!signal.isInitiatedByApplication()) {
            listener.accept(signal);
          }
        });
  }

  /** Has it logged when the broker stops reading from this connection, and when it goes on. */
  void warnWhenBlocked(String where) {
    connection.addBlockedListener(
        reason -> {
          blocked = true;
          LOG.warn(
              "{} has stopped taking messages ({}); sends wait until it goes on", where, reason);
        },
        () -> {
          blocked = false;
          LOG.warn("{} takes messages again", where);
        });
  }

  /** Whether the broker has stopped reading, where {@link #warnWhenBlocked} listens. */
  boolean isBlocked() {
    return blocked;
  }

  /** A new channel, owned by the caller. */
  Channel channel(String doing) {
    try {
      long begin = System.nanoTime();
      Channel channel = connection.createChannel();
      distance.roundTrip(System.nanoTime() - begin);
      if (channel == null) {
        throw new MessagingException(
            ErrorCode.BACKEND_FAILURE,
            doing
                + " failed: the connection has no channel left; the broker's channel_max is "
                + connection.getChannelMax());
      }
      return channel;
    } catch (IOException | ShutdownSignalException e) {
      throw failure(e, doing);
    }
  }

  /**
   * What a failure on this connection means.
   *
   * @param doing what was tried, for the sentence
   */
  MessagingException failure(Throwable nativeFailure, String doing) {
    return RabbitErrors.translate(nativeFailure, doing, names);
  }

  /** How far away the broker is. */
  Distance distance() {
    return distance;
  }

  /** A thread for a duty on this connection, not started yet. */
  Thread thread(String duty, Runnable work) {
    return threads.make(duty, work);
  }

  /**
   * Asks the broker something. The question has the channel for itself, as a refusal closes it, and
   * leaves it as it was.
   *
   * @param doing what is tried, for the sentence of a failure
   */
  <T> T ask(String doing, Question<T> question) {
    return asking.ask(doing, question);
  }

  /**
   * Asks on a channel made for that, which takes two round trips more: for a question that leaves
   * something behind on its channel.
   *
   * @param doing what is tried, for the sentence of a failure
   */
  <T> T askAlone(String doing, Question<T> question) {
    Channel channel = channel(doing);
    try {
      return question.ask(channel);
    } catch (IOException | ShutdownSignalException e) {
      throw failure(e, doing);
    } finally {
      closeQuietly(channel);
    }
  }

  /** Closes a channel that may be closed already; waits for the broker's word. */
  static void closeQuietly(Channel channel) {
    try {
      if (channel.isOpen()) {
        channel.close();
      }
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      LOG.debug("Channel {} was closed from the other side", channel, e);
    }
  }

  /**
   * Closes and waits for the broker's word, at most that long; not for one of the client's own
   * threads, which read that word. A thread that is blocked in a write can hold this up: then
   * {@link #closeNow()} ends both.
   */
  void close(Duration limit) {
    connection.abort((int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.toMillis())));
  }

  /** Closes the socket at once, without a word to the broker; whoever waits on it goes on. */
  void closeNow() {
    socket.closeNow();
  }

  /** Closes a socket without waiting for anything, TLS's goodbye included. */
  static void closeNow(@Nullable Socket socket) {
    if (socket == null) {
      return;
    }
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      LOG.debug("The socket is closed already", e);
    }
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("Closing the socket", e);
    }
  }
}
