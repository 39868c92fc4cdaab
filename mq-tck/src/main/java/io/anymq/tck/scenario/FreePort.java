package io.anymq.tck.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of the loopback. */
final class FreePort {

  private FreePort() {}

  /** A port where nobody listens: one that was free a moment ago. */
  static int closed() {
    try (ServerSocket socket = open()) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port where somebody listens. */
  static ServerSocket open() {
    try {
      return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
