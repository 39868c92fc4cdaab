package io.anymq.tck.broker;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Connects to an OpenWire broker and reads the version from the wire format that it proposes before
 * any login. The client proposes one first: Artemis, which speaks several protocols, says nothing
 * before (seen with 2.44.0, which names the version of its OpenWire).
 *
 * @param address where the broker is
 */
record OpenWireProbe(InetSocketAddress address) implements BrokerProbe {

  private static final int WIRE_FORMAT_INFO = 1;
  private static final byte[] MAGIC = "ActiveMQ".getBytes(StandardCharsets.US_ASCII);
  private static final int OPENWIRE_VERSION = 12;
  private static final int TIMEOUT_MILLIS = 2_000;

  @Override
  public String version() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(proposal());
      return readWireFormat(new DataInputStream(socket.getInputStream()));
    }
  }

  /** The smallest wire format that can be proposed: a version, and no properties. */
  private static byte[] proposal() {
    int size = 1 + MAGIC.length + Integer.BYTES + 1;
    return ByteBuffer.allocate(Integer.BYTES + size)
        .putInt(size)
        .put((byte) WIRE_FORMAT_INFO)
        .put(MAGIC)
        .putInt(OPENWIRE_VERSION)
        .put((byte) 0)
        .array();
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
