package io.anymq.tck.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A free TCP port of the loopback interface, kept for a broker that binds it later, and again after
 * each restart.
 *
 * <p>The port lies below the range from which the operating system takes the ports of outgoing
 * connections (32768 on Linux, 49152 elsewhere): while the broker is down, a client that keeps
 * connecting to a port inside of that range can be given this very port as its own and talk to
 * itself, and the broker could not come back. Against others who look for a port at the same time,
 * in this process or another, the UDP port of the same number is held: the kernel gives it to one
 * only, and takes it back when the process dies.
 */
final class PortReservation implements AutoCloseable {

  private static final int LOWEST = 15_000;
  private static final int BEYOND_HIGHEST = 32_768;

  /** So many tries find a free port unless nearly all are taken. */
  private static final int TRIES = 500;

  private final DatagramSocket reserved;

  private PortReservation(DatagramSocket reserved) {
    this.reserved = reserved;
  }

  /** Reserves a port that nobody listens on. */
  static PortReservation reserve() {
    IOException last = null;
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND_HIGHEST);
      try {
        return reserve(port);
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw new BrokerException(
        "No free port between " + LOWEST + " and " + BEYOND_HIGHEST + " after " + TRIES + " tries",
        last);
  }

  private static PortReservation reserve(int port) throws IOException {
    DatagramSocket held = new DatagramSocket(loopback(port));
    try (ServerSocket test = new ServerSocket()) {
      test.bind(loopback(port));
      return new PortReservation(held);
    } catch (BindException taken) {
      held.close();
      throw taken;
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return reserved.getLocalPort();
  }

  /** Lets others have it. */
  @Override
  public void close() {
    reserved.close();
  }
}
