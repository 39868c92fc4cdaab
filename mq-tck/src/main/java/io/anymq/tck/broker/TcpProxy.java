package io.anymq.tck.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Passes TCP connections on to a broker; resets them, or swallows what goes one way, on demand.
 *
 * <p>It keeps listening while the network is cut and resets what comes in, because a port that is
 * given up may be taken by somebody else. Each connection has two threads, one for each direction;
 * all are daemons named {@code anymq-proxy-…}, and all have ended when {@link #close()} returns.
 * Safe for use by several threads.
 */
final class TcpProxy implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int CONNECT_MILLIS = 5_000;
  private static final long END_MILLIS = 5_000;

  private final String name;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile @Nullable InetSocketAddress target;
  private volatile boolean cut;

  /** Which ways are swallowed; guarded by the proxy's monitor, as {@link #damaged} is. */
  private final Set<Way> swallowed = EnumSet.noneOf(Way.class);

  /** The sockets from which something was swallowed, with those that it was meant for. */
  private final Map<Socket, Socket> damaged = new HashMap<>();

  private enum Way {
    UP,
    DOWN
  }

  private TcpProxy(String name, ServerSocket listener) {
    this.name = name;
    this.listener = listener;
  }

  /** Listens on a free loopback port; connections are reset until there is a target. */
  static TcpProxy open(String name) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(PortReservation.loopback(0));
    TcpProxy proxy = new TcpProxy(name, listener);
    proxy.run("accept", proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Where new connections go from now on. */
  void target(InetSocketAddress address) {
    target = address;
  }

  /** Resets all connections and each new one. */
  void cut() {
    cut = true;
    resetAll();
    endSwallowing();
  }

  /** Lets connections through again; those that lost bytes are reset. */
  void restore() {
    endSwallowing();
    cut = false;
  }

  /**
   * Nothing that clients send reaches the broker, until the next {@link #cut} or {@link #restore}.
   */
  synchronized void swallowRequests() {
    swallowed.add(Way.UP);
  }

  /** Nothing that the broker sends comes to its clients, until the next cut or restore. */
  synchronized void swallowAnswers() {
    swallowed.add(Way.DOWN);
  }

  private synchronized void endSwallowing() {
    damaged.forEach(
        (from, to) -> {
          reset(from);
          reset(to);
        });
    damaged.clear();
    swallowed.clear();
  }

  /**
   * Whether what was read now is for nobody. Once something of a stream was lost, so is all the
   * rest of it.
   */
  private synchronized boolean swallows(Way way, Socket from, Socket to) {
    if (swallowed.contains(way)) {
      damaged.put(from, to);
    }
    return damaged.containsKey(from);
  }

  /** Whether the end of a connection is passed on later, when the swallowing ends. */
  private synchronized boolean hidesEnd(Socket from, Socket to) {
    if (!swallowed.isEmpty()) {
      damaged.put(from, to);
    }
    return damaged.containsKey(from) || damaged.containsKey(to);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        pass(listener.accept());
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new BrokerException(
              "The proxy in front of " + name + " cannot accept connections", e);
        }
      }
    }
  }

  /**
   * Connects on a thread of its own: a broker that is frozen must not keep others from being reset.
   */
  private void pass(Socket client) {
    sockets.add(client);
    int number = connections.incrementAndGet();
    run(number + "-up", () -> serve(client, number));
  }

  private void serve(Socket client, int number) {
    Socket broker = new Socket();
    sockets.add(broker);
    InetSocketAddress to = target;
    try {
      if (to == null || cut || listener.isClosed()) {
        throw new IOException("cut");
      }
      broker.connect(to, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      if (cut) {
        throw new IOException("cut");
      }
      run(number + "-down", () -> pump(Way.DOWN, broker, client));
      pump(Way.UP, client, broker);
    } catch (IOException e) {
      // Not an error of the proxy's: the client finds out by its connection's end, as it would
      // without a proxy.
      reset(client);
      reset(broker);
    }
  }

  private void pump(Way way, Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!swallows(way, from, to)) {
          out.write(buffer, 0, n);
        }
      }
      if (!swallows(way, from, to)) {
        end(from, to);
      }
    } catch (IOException e) {
      // One end has gone, so the other one goes too, unless the network swallows that.
      if (!hidesEnd(from, to)) {
        reset(from);
        reset(to);
      }
    }
  }

  private void end(Socket from, Socket to) throws IOException {
    to.shutdownOutput();
    if (from.isOutputShutdown()) {
      finish(from, to);
    }
  }

  private void finish(Socket one, Socket other) throws IOException {
    sockets.remove(one);
    sockets.remove(other);
    one.close();
    other.close();
  }

  private void resetAll() {
    sockets.forEach(this::reset);
  }

  /** Lingering for no time makes the close a reset. */
  private void reset(Socket socket) {
    sockets.remove(socket);
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already, which is what is wanted.
      sockets.remove(socket);
    }
  }

  private void run(String what, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            "anymq-proxy-" + name + "-" + what);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  @Override
  public void close() {
    cut = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new BrokerException("The proxy in front of " + name + " cannot be closed", e);
    }
    for (Thread thread : threads) {
      resetAll();
      awaitEnd(thread);
    }
  }

  private static void awaitEnd(Thread thread) {
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
