package io.anymq.zeromq;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.ZError;

/** A running hub: one thread that owns the ROUTER socket and everything behind it. */
final class HubServer implements Outlet {

  private static final Logger LOG = LoggerFactory.getLogger(HubServer.class);

  /** How many frames are taken before deliveries and confirmations go out. */
  private static final int FRAMES_A_ROUND = 128;

  /**
   * Frames of one peer that wait unread in the hub. Then TCP holds the peer back. 64 frames of the
   * usual size are 4 MiB.
   */
  private static final int RECEIVE_HIGH_WATER = 64;

  /**
   * Frames that may wait in ZeroMQ for one peer to read them. They are copies of messages; what is
   * still to be sent waits in its session, where it costs nothing.
   */
  private static final int SEND_HIGH_WATER = 2;

  /** How long the last words to the peers may take. */
  private static final Duration LINGER = Duration.ofMillis(500);

  private static final Duration CLOSE_GRACE = Duration.ofSeconds(10);

  private static final long NANOS_BELOW_A_MILLI = TimeUnit.MILLISECONDS.toNanos(1) - 1;

  private final SharedContext context;
  private final ZMQ.Socket socket;
  private final SocketWaiter waiter;
  private final IncomingFrames incoming;
  private final PeerConnections connections = new PeerConnections(HubSettings.maxConnections());
  private final Broker broker;
  private final Storage storage;
  private final long tickNanos;
  private final Thread thread;
  private final Runnable ioThreadDied = this::ioThreadDied;
  private final List<String> bound = new ArrayList<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private volatile boolean stopping;
  private long tickedAt = System.nanoTime();

  /**
   * Binds; serves from {@link #start} on.
   *
   * @param context whose inproc addresses it shares; retained until the end
   * @throws org.zeromq.ZMQException when an address cannot be bound
   */
  HubServer(
      SharedContext context,
      HubSettings settings,
      HubContent content,
      List<HubAddress> addresses,
      String name) {
    this.context = context.retain();
    incoming =
        new IncomingFrames(settings.maxFrameBytes(), HubSettings.incomingBytes(), this::wakeUp);
    socket =
        Sockets.socket(context.context(), SocketType.ROUTER, settings.maxFrameBytes(), incoming);
    socket.setRouterMandatory(true);
    socket.setRcvHWM(RECEIVE_HIGH_WATER);
    socket.setSndHWM(SEND_HIGH_WATER);
    Sockets.option(socket, zmq.ZMQ.ZMQ_DISCONNECT_MSG, Broker.PEER_GONE);
    connections.watch(socket);
    waiter = new SocketWaiter(socket);
    broker = new Broker(settings, content, this);
    storage = content.storage();
    tickNanos = settings.heartbeat().toNanos() / 4;
    thread = new Thread(this::run, "anymq-hub-" + name);
    thread.setDaemon(true);
    context.whenDead(ioThreadDied);
    try {
      addresses.forEach(this::bind);
      // Not before: JeroMQ 0.6.0 would set it on the listening channel too, which has no such
      // option.
      socket.setSendBufferSize(Sockets.BUFFER_BYTES);
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  /** For all threads. */
  private void wakeUp() {
    waiter.wakeUp();
  }

  /** Nobody is served any more: that must be known, whatever else still works. */
  private void ioThreadDied() {
    ended.complete("The hub has ended by a fault of its I/O thread: " + context.fault());
    stopping = true;
    waiter.wakeUp();
  }

  private void bind(HubAddress address) {
    socket.setIPv6(address.isIpv6());
    socket.bind(address.toString());
    bound.add(socket.getLastEndpoint());
  }

  /** The addresses as they were bound, with their ports. */
  List<String> addresses() {
    return List.copyOf(bound);
  }

  void start() {
    thread.start();
  }

  /** Ends it and waits for that; peers are told. Safe to call again. */
  void close() {
    stopping = true;
    waiter.wakeUp();
    if (!Await.end(thread, LINGER.plus(CLOSE_GRACE))) {
      LOG.warn("{} has not ended in time", thread.getName());
    }
  }

  private void run() {
    String fault = "";
    try {
      while (!stopping && broker.works()) {
        tick();
        if (!round()) {
          rest();
        }
      }
      broker.close(System.nanoTime());
      storage.close();
    } catch (RuntimeException | Error e) {
      LOG.error("{} ends by a fault", thread.getName(), e);
      fault = "The hub has ended by a fault: " + e;
      throw e;
    } finally {
      end(fault);
    }
  }

  private void rest() {
    if (incoming.isAwaited()) {
      incoming.nothingLeft();
    } else {
      waiter.await(() -> !stopping && !incoming.isAwaited(), pauseMillis());
    }
  }

  private void end(String fault) {
    try {
      if (!fault.isEmpty()) {
        ended.complete(fault); // what follows may fail too
      }
      storage.abandon();
    } finally {
      release();
      ended.complete(storage.failure());
    }
  }

  /** Completes when it has ended, with what was wrong, or with nothing. */
  CompletableFuture<String> ended() {
    return ended;
  }

  private void release() {
    context.forget(ioThreadDied);
    incoming.close();
    waiter.close();
    socket.setLinger((int) LINGER.toMillis());
    socket.close();
    context.release();
  }

  private void tick() {
    long now = System.nanoTime();
    if (now - tickedAt >= tickNanos) {
      tickedAt = now;
      broker.tick(now);
    }
  }

  /** Until the next tick, or what is due before; rounded up, for early would be for nothing. */
  private long pauseMillis() {
    long pause = Math.min(tickNanos, broker.untilDue(System.nanoTime()));
    return TimeUnit.NANOSECONDS.toMillis(pause + NANOS_BELOW_A_MILLI);
  }

  /** Takes what has come and what is due, and sends what follows from it. */
  private boolean round() {
    int frames = 0;
    while (frames < FRAMES_A_ROUND && receive()) {
      frames++;
    }
    long now = System.nanoTime();
    if (frames > 0 || broker.hasUnsent() || broker.untilDue(now) <= 0) {
      broker.flush(now);
    }
    return frames > 0;
  }

  private boolean receive() {
    Msg id = socket.base().recv(ZMQ.DONTWAIT);
    if (id == null) {
      return false;
    }
    PeerId peer = new PeerId(id.data());
    Msg frame = socket.base().recv(ZMQ.DONTWAIT);
    if (frame != null && IncomingFrames.isRefused(frame)) {
      broker.refuseFrame(peer, System.nanoTime());
      return true;
    }
    byte[] bytes = frame == null || frame.hasMore() ? skipParts(frame) : frame.data();
    if (Broker.isGone(bytes)) {
      connections.forget(peer);
    } else if (frame != null) {
      connections.heard(peer, frame);
    }
    broker.receive(peer, bytes, System.nanoTime());
    if (frame != null) {
      incoming.done(frame);
    }
    return true;
  }

  /**
   * A message of several parts is no frame of ours; read as an empty one, it is refused as such.
   */
  private byte[] skipParts(@Nullable Msg first) {
    Msg part = first;
    while (part != null && part.hasMore()) {
      incoming.done(part);
      part = socket.base().recv(ZMQ.DONTWAIT);
    }
    return new byte[0];
  }

  @Override
  public Sent send(PeerId peer, Msg frame) {
    if (!socket.base().send(new Msg(peer.bytes()), ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
      return socket.errno() == ZError.EAGAIN ? Sent.FULL : Sent.GONE;
    }
    return socket.base().send(frame, ZMQ.DONTWAIT) ? Sent.YES : Sent.GONE;
  }

  @Override
  public boolean canCut(PeerId peer) {
    return connections.canCut(peer);
  }

  @Override
  public void cut(PeerId peer) {
    connections.cut(peer);
  }

  @Override
  public boolean isCrowded() {
    return connections.isCrowded();
  }
}
