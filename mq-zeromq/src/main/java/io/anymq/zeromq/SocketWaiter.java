package io.anymq.zeromq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.zeromq.ZMQ;

/**
 * Lets the thread that owns a socket sleep until the socket has news, another thread wakes it, or
 * time is up. A wake-up costs a system call only when the thread does sleep.
 *
 * <p>{@link #await} and {@link #close} belong to the owner; {@link #wakeUp} is for all threads.
 */
final class SocketWaiter {

  private final Selector selector;
  private final AtomicBoolean asleep = new AtomicBoolean();

  SocketWaiter(ZMQ.Socket socket) {
    try {
      selector = Selector.open();
      socket.getFD().register(selector, SelectionKey.OP_READ);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a selector", e);
    }
  }

  /**
   * Sleeps. The socket must have been read until it gave nothing just before, for it tells of news
   * once.
   *
   * @param idle asked once more when a wake-up is sure to be noticed
   * @param millis how long at most
   */
  void await(BooleanSupplier idle, long millis) {
    asleep.set(true);
    try {
      if (idle.getAsBoolean()) {
        // An interrupt is nobody's business here, and would make select return at once for ever.
        Thread.interrupted();
        selector.select(Math.max(1, millis));
        selector.selectedKeys().clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot wait for the socket", e);
    } finally {
      asleep.set(false);
    }
  }

  void wakeUp() {
    if (asleep.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the selector", e);
    }
  }
}
