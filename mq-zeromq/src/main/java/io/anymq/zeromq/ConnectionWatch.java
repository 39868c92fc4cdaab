package io.anymq.zeromq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;

/**
 * Listens to what JeroMQ tells of a connection: that it was made, and that it broke. Its events
 * come from a thread of JeroMQ; the questions are asked by the link's I/O thread.
 *
 * <p>A new connection of JeroMQ 0.6.0 is sometimes deaf: one in a hundred was, on two cores. Its
 * poller takes the channel out and in again, and when both fall into one pass the second is lost
 * (its pull request 1022), so that the greeting is neither sent nor read. Nothing but another
 * connection helps. So one that brings no answer in time is given up early, and each next one is
 * given twice as long, in case the network is slow indeed.
 */
final class ConnectionWatch {

  private static final Duration FIRST_PATIENCE = Duration.ofMillis(200);

  private static final int MADE = zmq.ZMQ.ZMQ_EVENT_CONNECTED;
  private static final int BROKEN =
      zmq.ZMQ.ZMQ_EVENT_DISCONNECTED
          | zmq.ZMQ.ZMQ_EVENT_CONNECT_RETRIED
          | zmq.ZMQ.ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
          | zmq.ZMQ.ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
          | zmq.ZMQ.ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

  private final Runnable news;
  private volatile boolean broken;
  private volatile boolean everMade;
  private volatile @Nullable Long madeAt;
  private long patience = FIRST_PATIENCE.toNanos();

  /**
   * A watch of a socket that is to be connected.
   *
   * @param news is told when there is something new, by any thread
   */
  ConnectionWatch(ZMQ.Socket socket, Runnable news) {
    this.news = news;
    socket.base().setEventHook(event -> happened(event.event), MADE | BROKEN);
  }

  private void happened(int event) {
    if (event == MADE) {
      madeAt = System.nanoTime();
      everMade = true;
    } else {
      broken = true;
    }
    news.run();
  }

  boolean broken() {
    return broken;
  }

  /** Whether somebody has accepted a connection. */
  boolean everMade() {
    return everMade;
  }

  /** Whether a connection without any answer has had its time; then it is to be made again. */
  boolean deaf(long now) {
    Long made = madeAt;
    if (made == null || now - made < patience) {
      return false;
    }
    madeAt = null;
    patience *= 2;
    return true;
  }
}
