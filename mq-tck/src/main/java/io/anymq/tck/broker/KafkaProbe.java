package io.anymq.tck.broker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a Kafka broker which requests it knows, which it answers before any login and not before it
 * serves clients.
 *
 * <p>The protocol has no word for the broker's release, so that has to come from somewhere else.
 *
 * @param address where the broker is
 * @param release tells the release once it answers
 */
record KafkaProbe(InetSocketAddress address, BrokerProbe release) implements BrokerProbe {

  private static final int API_VERSIONS = 18;
  private static final int CORRELATION = 4711;
  private static final int TIMEOUT_MILLIS = 2_000;

  @Override
  public String version() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      ask(new DataOutputStream(socket.getOutputStream()));
      readAnswer(new DataInputStream(socket.getInputStream()));
    }
    return release.version();
  }

  private static void ask(DataOutputStream out) throws IOException {
    out.writeInt(2 + 2 + 4 + 2);
    out.writeShort(API_VERSIONS);
    out.writeShort(0); // version of the request
    out.writeInt(CORRELATION);
    out.writeShort(-1); // no client id
    out.flush();
  }

  private static void readAnswer(DataInputStream in) throws IOException {
    in.skipNBytes(4); // size
    int correlation = in.readInt();
    int error = in.readShort();
    if (correlation != CORRELATION || error != 0) {
      throw new IOException(
          "No answer of a Kafka broker: correlation " + correlation + ", error " + error);
    }
  }
}
