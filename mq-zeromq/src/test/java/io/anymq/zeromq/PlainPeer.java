package io.anymq.zeromq;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A peer that speaks ZeroMQ's own protocol by hand, too, over a plain socket. So it reads what the
 * test reads and nothing else: with a library, its buffers would read ahead. For one thread.
 */
final class PlainPeer implements AutoCloseable {

  private static final int LIMIT_MILLIS = 20_000;
  private static final int GREETING_BYTES = 64;
  private static final int LONG = 2;
  private static final int COMMAND = 4;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;

  /** Connects, and greets as ZeroMQ does. */
  PlainPeer(String url) throws IOException {
    this(url, true);
  }

  /**
   * Connects, and greets as ZeroMQ does.
   *
   * @param answered whether to wait for the hub's greeting, which then must come
   */
  PlainPeer(String url, boolean answered) throws IOException {
    int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    socket.setReceiveBufferSize(16 * 1024);
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    byte[] greeting = new byte[GREETING_BYTES];
    greeting[0] = (byte) 0xFF;
    greeting[9] = 0x7F;
    greeting[10] = 3;
    System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
    byte[] ready = "\5READY\13Socket-Type\0\0\0\6DEALER".getBytes(StandardCharsets.US_ASCII);
    out.write(greeting);
    if (answered) {
      in.readNBytes(GREETING_BYTES);
      out.writeByte(COMMAND);
      out.writeByte(ready.length);
      out.write(ready);
      byte[] unused = read();
    }
  }

  /** Connects and begins a session. */
  static PlainPeer greeted(String url) throws IOException {
    PlainPeer peer = new PlainPeer(url);
    peer.send(RawPeer.hello(1, 1));
    byte[] answer = peer.read();
    if (answer[0] != RawPeer.WELCOME) {
      peer.close();
      throw new IOException("no WELCOME, but " + answer[0]);
    }
    return peer;
  }

  void send(byte[] frame) throws IOException {
    out.writeByte(LONG);
    out.writeLong(frame.length);
    out.write(frame);
    out.flush();
  }

  /** The next frame, or what follows the head of a command of ZeroMQ. */
  byte[] read() throws IOException {
    int flags = in.readUnsignedByte();
    long length = (flags & LONG) != 0 ? in.readLong() : in.readUnsignedByte();
    byte[] frame = in.readNBytes((int) length);
    if (frame.length < length) {
      throw new IOException("the connection has ended in the middle of a frame");
    }
    return frame;
  }

  /** Subscribes to a topic, and reads until the hub says that it has. */
  void subscribe(String topic, int prefetch) throws IOException {
    send(
        RawPeer.command(
            RawPeer.OPEN_CONSUMER,
            payload -> {
              payload.writeInt(1);
              payload.writeInt(1);
              payload.writeByte(2);
              RawPeer.text(payload, topic);
              RawPeer.text(payload, "");
              payload.writeInt(prefetch);
            }));
    while (read()[0] != RawPeer.OK) {
      // A heartbeat.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
