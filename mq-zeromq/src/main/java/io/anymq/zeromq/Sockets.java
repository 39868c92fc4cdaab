package io.anymq.zeromq;

import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import zmq.msg.MsgAllocator;

/** Contexts and sockets as both ends of the protocol need them. */
final class Sockets {

  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

  /**
   * Size of the kernel's buffers, which JeroMQ takes for its own batches too; its default of 8 KiB
   * costs a system call for every eight messages of 1 KiB.
   */
  static final int BUFFER_BYTES = 128 * 1024;

  private Sockets() {}

  /**
   * A context with one I/O thread; its threads are daemons and named after this library.
   *
   * @param started is told of each thread
   * @param died is told why a thread ended that should not have; everything on its sockets stands
   *     still from then on
   */
  static ZContext context(Consumer<Thread> started, Consumer<Throwable> died) {
    ZContext context = new ZContext(1);
    context.setThreadFactor(
        (task, name) -> {
          Thread thread = new Thread(() -> run(task, died), "anymq-zeromq-" + name);
          thread.setDaemon(true);
          started.accept(thread);
          return thread;
        });
    context.setNotificationExceptionHandler(Sockets::fault);
    return context;
  }

  /** Whatever it is, nobody else would say so: JeroMQ's users would wait for ever. */
  private static void run(Runnable task, Consumer<Throwable> died) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      died.accept(e);
      LOG.error("{} has ended by a fault", Thread.currentThread().getName(), e);
    }
  }

  /**
   * JeroMQ 0.6.0 may close a socket's signaller while its I/O thread still writes to it; what was
   * to be signalled has arrived all the same.
   */
  private static void fault(Thread thread, Throwable failure) {
    if (failure.getCause() instanceof ClosedChannelException) {
      LOG.debug("{} met a closed channel", thread.getName(), failure);
    } else {
      LOG.warn("A fault in {}", thread.getName(), failure);
    }
  }

  /**
   * A socket without high-water marks of its own: what is under way is bounded by prefetch and by
   * the send window, where it can be told to somebody.
   */
  static ZMQ.Socket socket(
      ZContext context, SocketType type, long maxFrameBytes, MsgAllocator allocator) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setLinger(0);
    socket.setReceiveBufferSize(BUFFER_BYTES);
    socket.setMaxMsgSize(maxFrameBytes);
    socket.setMsgAllocator(allocator);
    return socket;
  }

  static void option(ZMQ.Socket socket, int option, Object value) {
    if (!socket.base().setSocketOpt(option, value)) {
      throw new IllegalStateException("JeroMQ refuses option " + option);
    }
  }
}
