package io.anymq.tck.broker;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Connects to an OpenWire broker and reads the version from the wire format that it proposes
 * unasked, before any login.
 *
 * @param address where the broker is
 */
record OpenWireProbe(InetSocketAddress address) implements BrokerProbe {

  private static final int WIRE_FORMAT_INFO = 1;
  private static final byte[] MAGIC = "ActiveMQ".getBytes(StandardCharsets.US_ASCII);
  private static final int TIMEOUT_MILLIS = 2_000;

  @Override
  public String version() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return readWireFormat(new DataInputStream(socket.getInputStream()));
    }
  }

  private static String readWireFormat(DataInputStream in) throws IOException {
    in.skipNBytes(4); // size
    int type = in.readUnsignedByte();
    if (type != WIRE_FORMAT_INFO || !Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new IOException("No OpenWire greeting: command " + type);
    }
    in.skipNBytes(4); // version of the wire format
    if (!in.readBoolean()) {
      throw new IOException("The broker proposes a wire format without properties");
    }
    in.skipNBytes(4); // size of the map
    for (int left = in.readInt(); left > 0; left--) {
      String key = in.readUTF();
      String value = readValue(in);
      if (key.equals("ProviderVersion")) {
        return value;
      }
    }
    throw new IOException("The broker's wire format does not name its version");
  }

  /**
   * The types that a wire format's properties have, by their numbers in OpenWire's marshalling of
   * maps.
   */
  private static String readValue(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    return switch (type) {
      case 1 -> Boolean.toString(in.readBoolean());
      case 5 -> Integer.toString(in.readInt());
      case 6 -> Long.toString(in.readLong());
      case 9 -> in.readUTF();
      default -> throw new IOException("Unexpected type " + type + " in the broker's wire format");
    };
  }
}
