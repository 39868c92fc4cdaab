package io.anymq.tck.broker;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Says hello to an AMQP 0-9-1 broker and reads the version from the properties that it introduces
 * itself with, before any login.
 *
 * @param address where the broker is
 */
record AmqpProbe(InetSocketAddress address) implements BrokerProbe {

  private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int METHOD_FRAME = 1;
  private static final int CONNECTION_START = (10 << 16) | 10;
  private static final int TIMEOUT_MILLIS = 2_000;

  @Override
  public String version() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(PROTOCOL_HEADER);
      return readStart(new DataInputStream(socket.getInputStream()));
    }
  }

  private static String readStart(DataInputStream in) throws IOException {
    int frame = in.readUnsignedByte();
    in.skipNBytes(2 + 4); // channel and size of the frame
    int method = in.readInt();
    if (frame != METHOD_FRAME || method != CONNECTION_START) {
      throw new IOException(
          "No AMQP 0-9-1 greeting: frame " + frame + ", method " + Integer.toHexString(method));
    }
    in.skipNBytes(2); // protocol version
    long left = in.readInt();
    while (left > 0) {
      String name = readString(in, in.readUnsignedByte());
      char type = (char) in.readUnsignedByte();
      byte[] value = readValue(in, type);
      if (name.equals("version")) {
        return new String(value, StandardCharsets.UTF_8);
      }
      left -= 1L + name.length() + 1 + (type == 't' ? 1 : 4 + value.length);
    }
    throw new IOException("The broker introduced itself without a version");
  }

  /** The types that brokers use here are strings, the table of their capabilities, and flags. */
  private static byte[] readValue(DataInputStream in, char type) throws IOException {
    return switch (type) {
      case 'S', 'F' -> in.readNBytes(in.readInt());
      case 't' -> in.readNBytes(1);
      default ->
          throw new IOException(
              "Unexpected type '" + type + "' among the properties of the broker");
    };
  }

  private static String readString(DataInputStream in, int length) throws IOException {
    return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
  }
}
