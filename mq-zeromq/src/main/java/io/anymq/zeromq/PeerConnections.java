package io.anymq.zeromq;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.io.Metadata;

/**
 * The TCP connections of a hub: bounds their number, and can cut one. JeroMQ 0.6.0 has no way to
 * end one connection of a ROUTER. But it tells which channels it has accepted, and with each frame
 * the address that it came from; and when the input of a channel is shut, JeroMQ closes it as if
 * the peer had.
 *
 * <p>The events come from JeroMQ's I/O thread, everything else is for the hub's.
 */
final class PeerConnections {

  private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);

  /** JeroMQ takes a buffer for each direction outside the heap, from the first greeting on. */
  static final int DIRECT_BYTES = 2 * Sockets.BUFFER_BYTES;

  /** Connections beyond the limit that hear why they are refused; others are closed unheard. */
  private static final int HEARD = 16;

  private final int most;

  /** By the address of the peer, in the form in which JeroMQ writes it. */
  private final Map<String, SocketChannel> open = new ConcurrentHashMap<>();

  private final Map<PeerId, String> addresses = new HashMap<>();

  /**
   * No connections yet.
   *
   * @param most how many there may be
   */
  PeerConnections(int most) {
    this.most = most;
  }

  /** Listens to a socket that is not bound yet. */
  void watch(ZMQ.Socket socket) {
    boolean watched =
        socket
            .base()
            .setEventHook(
                this::happened, zmq.ZMQ.ZMQ_EVENT_ACCEPTED | zmq.ZMQ.ZMQ_EVENT_DISCONNECTED);
    if (!watched) {
      throw new IllegalStateException("JeroMQ tells nothing of its connections");
    }
  }

  private void happened(zmq.ZMQ.Event event) {
    if (!(event.arg instanceof SocketChannel channel)) {
      return;
    }
    if (event.event == zmq.ZMQ.ZMQ_EVENT_DISCONNECTED) {
      boolean unused = open.values().remove(channel);
    } else {
      accepted(channel);
    }
  }

  private void accepted(SocketChannel channel) {
    String address = addressOf(channel);
    if (address == null) {
      return;
    }
    open.put(address, channel);
    if (open.size() > most + HEARD) {
      LOG.warn("There are {} connections, and memory for {}: one is closed", open.size(), most);
      shut(channel);
    }
  }

  private static @Nullable String addressOf(SocketChannel channel) {
    try {
      return channel.getRemoteAddress() instanceof InetSocketAddress address
          ? address.getAddress().getHostAddress() + ":" + address.getPort()
          : null;
    } catch (IOException e) {
      return null; // gone already
    }
  }

  private static void shut(SocketChannel channel) {
    try {
      SocketChannel unused = channel.shutdownInput();
    } catch (IOException e) {
      LOG.debug("A connection has ended before it was cut", e);
    }
  }

  /** How many there are; those in this JVM do not count. */
  int count() {
    return open.size();
  }

  /** Whether there are more than there may be. */
  boolean isCrowded() {
    return open.size() > most;
  }

  /** A frame of a peer has come. */
  void heard(PeerId peer, Msg frame) {
    Metadata metadata = frame.getMetadata();
    if (metadata != null && !addresses.containsKey(peer)) {
      String address = metadata.get(Metadata.PEER_ADDRESS);
      if (address != null) {
        addresses.put(peer, address);
      }
    }
  }

  /** A peer's connection is gone. */
  void forget(PeerId peer) {
    addresses.remove(peer);
  }

  boolean canCut(PeerId peer) {
    return channel(peer) != null;
  }

  void cut(PeerId peer) {
    SocketChannel channel = channel(peer);
    if (channel != null) {
      shut(channel);
    }
  }

  private @Nullable SocketChannel channel(PeerId peer) {
    String address = addresses.get(peer);
    return address == null ? null : open.get(address);
  }
}
