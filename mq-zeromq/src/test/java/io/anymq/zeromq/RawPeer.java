package io.anymq.zeromq;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * A peer that speaks the hub protocol by hand, as a program in another language would: plain JeroMQ
 * and the numbers of {@code docs/zeromq-hub-protocol.md}, none of the adapter's classes. For one
 * thread.
 */
final class RawPeer implements AutoCloseable {

  static final int HELLO = 0x01;
  static final int HEARTBEAT = 0x02;
  static final int BYE = 0x03;
  static final int SEND = 0x10;
  static final int STAGE = 0x11;
  static final int COMMIT = 0x12;
  static final int OPEN_CONSUMER = 0x20;
  static final int CLOSE_CONSUMER = 0x21;
  static final int SETTLE = 0x22;
  static final int RELEASE_LATER = 0x23;
  static final int DECLARE = 0x30;
  static final int DELETE = 0x31;
  static final int EXISTS = 0x32;
  static final int PURGE = 0x33;
  static final int DEPTH = 0x34;
  static final int UNSUBSCRIBE = 0x35;
  static final int DECLARE_TEMPORARY = 0x36;
  static final int BROWSE = 0x37;
  static final int UNSUBSCRIBE_PATTERN = 0x38;
  static final int DECLARE_QUEUE = 0x39;
  static final int WELCOME = 0x41;
  static final int GOODBYE = 0x43;
  static final int OK = 0x44;
  static final int ERROR = 0x45;
  static final int CONFIRM = 0x50;
  static final int REFUSED = 0x51;
  static final int DELIVER = 0x52;
  static final int CONSUMER_ENDED = 0x53;

  private static final int ATTEMPTS = 20;
  private static final int ATTEMPT_MILLIS = 500;
  private static final int HEARTBEAT_MILLIS = 600_000;

  private final String endpoint;
  private final byte[] routingId;
  private final ZContext context = new ZContext(1);
  private ZMQ.Socket socket;
  private @Nullable DataInputStream frame;

  /** Connects to a hub, and says nothing yet. */
  RawPeer(String url) {
    this(url, "");
  }

  /** Connects under a routing id. */
  RawPeer(String url, String routingId) {
    this.routingId = routingId.getBytes(StandardCharsets.US_ASCII);
    endpoint = url.substring("zeromq:".length());
    socket = open();
  }

  private ZMQ.Socket open() {
    ZMQ.Socket fresh = context.createSocket(SocketType.DEALER);
    fresh.setLinger(0);
    if (routingId.length > 0) {
      fresh.setIdentity(routingId);
    }
    fresh.setReceiveTimeOut(ATTEMPT_MILLIS);
    fresh.connect(endpoint);
    return fresh;
  }

  /** Connects and begins a session. */
  static RawPeer greeted(String url) throws IOException {
    RawPeer peer = new RawPeer(url);
    peer.greet();
    return peer;
  }

  private void greet() throws IOException {
    byte[] answer = hail(hello(1, 1));
    if ((answer[0] & 0xFF) != WELCOME) {
      throw new IOException("no WELCOME, but " + (answer[0] & 0xFF));
    }
  }

  /**
   * Sends a first frame and gives the answer, over as many connections as it takes: some of JeroMQ
   * 0.6.0 stay deaf, see {@link ConnectionWatch}.
   */
  byte[] hail(byte[] first) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      sendFrame(first);
      byte[] answer = socket.recv();
      if (answer != null) {
        return answer;
      }
      socket.close();
      socket = open();
    }
    throw new IOException("no answer from " + endpoint);
  }

  static byte[] hello(int lowest, int highest) {
    return command(
        HELLO,
        out -> {
          out.writeBytes("AMQH");
          out.writeShort(lowest);
          out.writeShort(highest);
          out.writeInt(HEARTBEAT_MILLIS);
          text(out, "by hand");
          out.writeShort(0);
        });
  }

  /** Writes a command's payload. */
  @FunctionalInterface
  interface Payload {
    void write(DataOutputStream out) throws IOException;
  }

  static byte[] command(int opcode, Payload payload) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      payload.write(new DataOutputStream(body));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(opcode);
      out.writeByte(0);
      out.writeInt(body.size());
      body.writeTo(out);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(utf8.length);
    out.write(utf8);
  }

  void send(int opcode, Payload payload) {
    sendFrame(command(opcode, payload));
  }

  void sendFrame(byte[] bytes) {
    socket.send(bytes);
  }

  void sendParts(byte[]... parts) {
    for (int i = 0; i < parts.length; i++) {
      socket.send(parts[i], i < parts.length - 1 ? ZMQ.SNDMORE : 0);
    }
  }

  /** One command of the hub, without its heartbeats. */
  record Command(int opcode, DataInputStream payload) {}

  /** The next command; waits for it for ten seconds at most. */
  Command next() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Command command = poll();
      if (command != null) {
        return command;
      }
    }
    throw new IOException("the hub said nothing for ten seconds");
  }

  /** The next command, if it comes in time; measured in half seconds. */
  Optional<Command> next(Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    do {
      Command command = poll();
      if (command != null) {
        return Optional.of(command);
      }
    } while (System.nanoTime() < deadline);
    return Optional.empty();
  }

  private @Nullable Command poll() throws IOException {
    DataInputStream in = frame;
    if (in == null || in.available() == 0) {
      byte[] bytes = socket.recv();
      if (bytes == null) {
        return null;
      }
      in = new DataInputStream(new ByteArrayInputStream(bytes));
      frame = in;
    }
    int opcode = in.readUnsignedByte();
    in.readUnsignedByte();
    byte[] payload = in.readNBytes(in.readInt());
    return opcode == HEARTBEAT
        ? null
        : new Command(opcode, new DataInputStream(new ByteArrayInputStream(payload)));
  }

  /** The payload of the next command, which must be of that kind. */
  DataInputStream expect(int opcode) throws IOException {
    Command command = next();
    if (command.opcode() != opcode) {
      throw new IOException("0x%x came where 0x%x was to come".formatted(command.opcode(), opcode));
    }
    return command.payload();
  }

  /** The error code of the next command, which must be GOODBYE. */
  int expectGoodbye() throws IOException {
    return expect(GOODBYE).readUnsignedShort();
  }

  /** The error code of the next command, which must be ERROR for that request. */
  int expectError(int request) throws IOException {
    DataInputStream in = expect(ERROR);
    if (in.readInt() != request) {
      throw new IOException("an error for another request");
    }
    return in.readUnsignedShort();
  }

  /** The rest of the answer to that request, which must be OK. */
  DataInputStream expectOk(int request) throws IOException {
    DataInputStream in = expect(OK);
    if (in.readInt() != request) {
      throw new IOException("an answer to another request");
    }
    return in;
  }

  void declareQueue(int request, String name) throws IOException {
    send(
        DECLARE,
        out -> {
          out.writeInt(request);
          out.writeByte(1);
          text(out, name);
        });
    expectOk(request);
  }

  /** Sends one message to a queue; its bytes are the caller's affair. */
  void sendMessage(long number, String queue, byte[] message) {
    send(
        SEND,
        out -> {
          out.writeLong(number);
          out.writeByte(1);
          text(out, queue);
          out.writeInt(1);
          out.writeInt(message.length);
          out.write(message);
        });
  }

  void openConsumer(int request, int consumer, String queue, int prefetch) throws IOException {
    send(
        OPEN_CONSUMER,
        out -> {
          out.writeInt(request);
          out.writeInt(consumer);
          out.writeByte(1);
          text(out, queue);
          text(out, "");
          out.writeInt(prefetch);
        });
  }

  void settle(int consumer, int outcome, long tag, int count) {
    send(
        SETTLE,
        out -> {
          out.writeInt(consumer);
          out.writeByte(outcome);
          out.writeInt(1);
          out.writeLong(tag);
          out.writeInt(count);
        });
  }

  @Override
  public void close() {
    socket.close();
    context.close();
  }
}
