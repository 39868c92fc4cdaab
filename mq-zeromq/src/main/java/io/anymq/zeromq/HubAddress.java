package io.anymq.zeromq;

import io.anymq.InvalidOptionException;
import io.anymq.spi.Secrets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a hub is, checked: {@code tcp://host:port}, {@code ipc://path} or {@code inproc://name}.
 *
 * @param transport tcp, ipc or inproc
 * @param rest what follows the slashes
 */
record HubAddress(Transport transport, String rest) {

  /** How to get there. */
  enum Transport {
    TCP("tcp://"),
    IPC("ipc://"),
    INPROC("inproc://");

    private final String prefix;

    Transport(String prefix) {
      this.prefix = prefix;
    }
  }

  static final String FORMS = "tcp://host:port, ipc://path or inproc://name";

  private static final Pattern TCP =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+|\\*):([0-9]{1,5})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  /** Without a colon before an at sign, which would be a password. */
  private static final Pattern PATH = Pattern.compile("(?!.*:.*@)[^;*\\s][^;\\s]{0,999}");

  private static final int MAX_PORT = 65_535;

  /**
   * Reads an address.
   *
   * @throws InvalidOptionException when it is of none of the forms
   */
  static HubAddress parse(String text) {
    for (Transport transport : Transport.values()) {
      if (text.startsWith(transport.prefix)) {
        HubAddress address = new HubAddress(transport, text.substring(transport.prefix.length()));
        if (address.isWellFormed()) {
          return address;
        }
      }
    }
    if (text.contains("@")) {
      throw ZeroMqBackend.noUsers();
    }
    throw new InvalidOptionException(
        "'%s' is not an address of a hub: use %s".formatted(Secrets.mask(text), FORMS));
  }

  private boolean isWellFormed() {
    return switch (transport) {
      case TCP -> {
        Matcher matcher = TCP.matcher(rest);
        yield matcher.matches() && Integer.parseInt(matcher.group(2)) <= MAX_PORT;
      }
      case IPC -> PATH.matcher(rest).matches();
      case INPROC -> NAME.matcher(rest).matches();
    };
  }

  /** Whether it has a port of its own: port 0 is for binding only. */
  boolean canBeConnectedTo() {
    return transport != Transport.TCP || !(rest.endsWith(":0") || rest.startsWith("*"));
  }

  /** Whether only programs on this machine can come there. */
  boolean isLocal() {
    if (transport != Transport.TCP) {
      return true;
    }
    String host = rest.substring(0, rest.lastIndexOf(':'));
    try {
      return !host.equals("*") && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  boolean isIpv6() {
    return transport == Transport.TCP && rest.startsWith("[");
  }

  /** As ZeroMQ takes it. */
  @Override
  public String toString() {
    return transport.prefix + rest;
  }
}
