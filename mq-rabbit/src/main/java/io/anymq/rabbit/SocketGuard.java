package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds a connection's socket, to close it from under amqp-client. When a broker goes silent, a
 * thread that sends is blocked in its write and holds the lock of its channel; the client's own
 * shutdown after missed heartbeats then waits for that lock and never ends. Closing the socket
 * first ends the write. (Seen with a stopped broker process and a full socket buffer.)
 */
final class SocketGuard extends ForgivingExceptionHandler {

  private final AtomicReference<Socket> socket;

  SocketGuard(AtomicReference<Socket> socket) {
    this.socket = socket;
  }

  void configure(Socket made) throws SocketException {
    made.setKeepAlive(true);
    socket.set(made);
  }

  /** Closes the socket at once, without a word to the broker. */
  void closeNow() {
    NativeConnection.closeNow(socket.get());
  }

  /** Called first when the connection fails, by the thread that reads. */
  @Override
  public void handleUnexpectedConnectionDriverException(Connection connection, Throwable failure) {
    NativeConnection.LOG.debug("Connection {} failed", connection, failure);
    closeNow();
  }

  @Override
  protected void log(String message, Throwable failure) {
    NativeConnection.LOG.debug(message, failure);
  }

  @Override
  protected void handleChannelKiller(Channel channel, Throwable failure, String what) {
    NativeConnection.LOG.error("{} threw for channel {}", what, channel, failure);
  }
}
