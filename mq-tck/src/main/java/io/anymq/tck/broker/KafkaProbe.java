package io.anymq.tck.broker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks a Kafka broker (2.4 or later) which requests and features it knows, which it answers before
 * any login and not before it serves clients.
 *
 * <p>The protocol has no word for the broker's release; the level of the feature {@code
 * metadata.version} comes nearest to it.
 *
 * @param address where the broker is
 */
record KafkaProbe(InetSocketAddress address) implements BrokerProbe {

  private static final int API_VERSIONS = 18;
  private static final int REQUEST_VERSION = 3;
  private static final int CORRELATION = 4711;
  private static final int FINALIZED_FEATURES = 2;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final byte[] CLIENT = "anymq".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String version() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      ask(new DataOutputStream(socket.getOutputStream()));
      return "metadata.version " + readAnswer(new DataInputStream(socket.getInputStream()));
    }
  }

  private static void ask(DataOutputStream out) throws IOException {
    out.writeInt(2 + 2 + 4 + 2 + 1 + 2 * (1 + CLIENT.length) + 1);
    out.writeShort(API_VERSIONS);
    out.writeShort(REQUEST_VERSION);
    out.writeInt(CORRELATION);
    out.writeShort(-1); // no client id
    out.writeByte(0); // no tagged fields in the header
    for (int nameThenVersion = 0; nameThenVersion < 2; nameThenVersion++) {
      out.writeByte(CLIENT.length + 1);
      out.write(CLIENT);
    }
    out.writeByte(0); // no tagged fields in the body
    out.flush();
  }

  private static int readAnswer(DataInputStream in) throws IOException {
    in.skipNBytes(4); // size
    int correlation = in.readInt();
    int error = in.readShort();
    if (correlation != CORRELATION || error != 0) {
      throw new IOException(
          "No answer of a Kafka broker: correlation " + correlation + ", error " + error);
    }
    for (int left = readVarint(in) - 1; left > 0; left--) {
      in.skipNBytes(2 + 2 + 2); // a request with its lowest and highest version
      skipTaggedFields(in);
    }
    in.skipNBytes(4); // throttle time
    for (int left = readVarint(in); left > 0; left--) {
      int tag = readVarint(in);
      int size = readVarint(in);
      if (tag == FINALIZED_FEATURES) {
        return readMetadataVersion(in);
      }
      in.skipNBytes(size);
    }
    throw new IOException("The broker has no finalized features, as those before KRaft have none");
  }

  private static int readMetadataVersion(DataInputStream in) throws IOException {
    for (int left = readVarint(in) - 1; left > 0; left--) {
      String feature = new String(in.readNBytes(readVarint(in) - 1), StandardCharsets.UTF_8);
      int level = in.readShort();
      in.skipNBytes(2); // lowest level
      skipTaggedFields(in);
      if (feature.equals("metadata.version")) {
        return level;
      }
    }
    throw new IOException("The broker's features lack metadata.version");
  }

  private static void skipTaggedFields(DataInputStream in) throws IOException {
    for (int left = readVarint(in); left > 0; left--) {
      readVarint(in);
      in.skipNBytes(readVarint(in));
    }
  }

  private static int readVarint(DataInputStream in) throws IOException {
    int value = 0;
    int shift = 0;
    int next;
    do {
      next = in.readUnsignedByte();
      value |= (next & 0x7f) << shift;
      shift += 7;
    } while ((next & 0x80) != 0);
    return value;
  }
}
