package io.anymq.zeromq;

import io.anymq.ConnectionLostException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import zmq.Msg;

/**
 * The DEALER socket of a link, and its one connection. For the link's I/O thread; {@link #wakeUp}
 * is for all threads.
 */
final class LinkSocket {

  private static final Logger LOG = LoggerFactory.getLogger(LinkSocket.class);

  /** JeroMQ's own reconnecting is as good as off: a session belongs to one connection. */
  private static final int NO_RECONNECT_MILLIS = 600_000;

  /** The hub bounds its frames; this only keeps lengths out that no array can have. */
  private static final int MAX_FRAME_BYTES = Integer.MAX_VALUE - 8;

  private final HubAddress address;
  private final ZMQ.Socket socket;
  private final SocketWaiter waiter;
  private final ConnectionWatch watch;
  private final SharedContext context;

  /** For all threads. */
  private final Runnable wakeUp = this::wakeUp;

  LinkSocket(HubAddress address, SharedContext context) {
    this.address = address;
    socket =
        Sockets.socket(
            context.context(),
            SocketType.DEALER,
            MAX_FRAME_BYTES,
            new GuardedAllocator(MAX_FRAME_BYTES));
    socket.setSendBufferSize(Sockets.BUFFER_BYTES);
    socket.setSndHWM(0);
    socket.setRcvHWM(0);
    socket.setReconnectIVL(NO_RECONNECT_MILLIS);
    socket.setIPv6(address.isIpv6());
    waiter = new SocketWaiter(socket);
    watch = new ConnectionWatch(socket, waiter::wakeUp);
    this.context = context;
    context.whenDead(wakeUp);
  }

  void connect() {
    socket.connect(address.toString());
  }

  /** Makes a connection again that has brought no answer in its time; tells whether it has. */
  boolean reconnectIfDeaf(long now) {
    boolean deaf = watch.deaf(now);
    if (deaf) {
      LOG.debug("No answer on a new connection to {}: trying another", address);
      socket.disconnect(address.toString());
      connect();
    }
    return deaf;
  }

  boolean isBroken() {
    return watch.broken();
  }

  /** Whether somebody is there, a hub or not. */
  boolean wasAccepted() {
    return watch.everMade();
  }

  /**
   * Sends a frame.
   *
   * @throws ConnectionLostException when the socket does not take it
   */
  void send(ByteBuffer frame) {
    if (!socket.base().send(new Msg(frame), ZMQ.DONTWAIT)) {
      throw new ConnectionLostException("The connection to " + address + " takes no more");
    }
  }

  /** The next frame that has come; null when there is none. */
  byte @Nullable [] receive() {
    Msg frame = socket.base().recv(ZMQ.DONTWAIT);
    return frame == null ? null : frame.data();
  }

  /** Sleeps as {@link SocketWaiter#await} does, and no longer than the connection is whole. */
  void await(BooleanSupplier idle, long nanos) {
    waiter.await(
        () -> idle.getAsBoolean() && !watch.broken(), TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  void wakeUp() {
    waiter.wakeUp();
  }

  void close() {
    context.forget(wakeUp);
    waiter.close();
    socket.close();
  }
}
