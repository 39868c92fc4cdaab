package io.anymq.zeromq;

import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A program that has read the protocol page and nothing else. A message's native headers are its
 * properties of type string.
 */
final class HandMadeClient implements NativeClient {

  private static final int PERSISTENT = 1;
  private static final int DEFAULT_PRIORITY = 4;
  private static final int CORRELATION_ID = 1 << 5;
  private static final int STRING = 1;
  private static final int ACCEPT = 1;

  private final RawPeer peer;
  private long sends;
  private int requests;
  private int consumers;

  HandMadeClient(String url) {
    try {
      peer = RawPeer.greeted(url);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(Queue queue, NativeMessage message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(1);
    out.writeByte(PERSISTENT);
    out.writeByte(DEFAULT_PRIORITY);
    out.writeShort(message.correlationId().isPresent() ? CORRELATION_ID : 0);
    if (message.correlationId().isPresent()) {
      longText(out, message.correlationId().get());
    }
    out.writeInt(message.headers().size());
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      RawPeer.text(out, header.getKey());
      out.writeByte(STRING);
      longText(out, header.getValue());
    }
    out.write(message.body());
    writeBytes(queue, bytes.toByteArray());
  }

  @Override
  public NativeMessage writeUndecodable(Queue queue) throws IOException {
    byte[] bytes = "this is no message".getBytes(StandardCharsets.US_ASCII);
    writeBytes(queue, bytes);
    return new NativeMessage(bytes, Optional.empty(), Map.of());
  }

  private void writeBytes(Queue queue, byte[] message) throws IOException {
    peer.sendMessage(++sends, queue.name(), message);
    peer.expect(RawPeer.CONFIRM);
  }

  private static void longText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String longText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  @Override
  public Optional<NativeMessage> read(Queue queue, Duration timeout) throws IOException {
    int consumer = ++consumers;
    peer.openConsumer(++requests, consumer, queue.name(), 1);
    peer.expectOk(requests);
    Optional<RawPeer.Command> delivery = peer.next(timeout);
    Optional<NativeMessage> message = Optional.empty();
    if (delivery.isPresent()) {
      DataInputStream in = delivery.get().payload();
      in.readInt();
      long tag = in.readLong();
      in.readInt();
      in.readUnsignedByte();
      in.readInt();
      message = Optional.of(decode(in.readNBytes(in.readInt())));
      peer.settle(consumer, ACCEPT, tag, 1);
    }
    close(consumer);
    return message;
  }

  /** A delivery that was under way comes before the answer, and has gone back to the queue. */
  private void close(int consumer) throws IOException {
    int request = ++requests;
    peer.send(
        RawPeer.CLOSE_CONSUMER,
        out -> {
          out.writeInt(request);
          out.writeInt(consumer);
        });
    RawPeer.Command command = peer.next();
    while (command.opcode() != RawPeer.OK) {
      command = peer.next();
    }
  }

  private static NativeMessage decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    in.skipNBytes(3);
    int fields = in.readUnsignedShort();
    in.skipNBytes(8L * Integer.bitCount(fields & 0b1111));
    if ((fields & 1 << 4) != 0) {
      longText(in);
    }
    Optional<String> correlationId =
        (fields & CORRELATION_ID) == 0 ? Optional.empty() : Optional.of(longText(in));
    for (int bit = 6; bit <= 8; bit++) {
      if ((fields & 1 << bit) != 0) {
        longText(in);
      }
    }
    if ((fields & 1 << 9) != 0) {
      in.readUnsignedByte();
      in.readNBytes(in.readUnsignedShort());
    }
    Map<String, String> headers = headers(in);
    return new NativeMessage(in.readAllBytes(), correlationId, headers);
  }

  private static Map<String, String> headers(DataInputStream in) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
      int type = in.readUnsignedByte();
      switch (type) {
        case STRING -> headers.put(name, longText(in));
        case 2, 3 -> in.skipNBytes(1);
        case 4 -> in.skipNBytes(2);
        case 5, 7 -> in.skipNBytes(4);
        case 6, 8 -> in.skipNBytes(8);
        case 9 -> in.skipNBytes(in.readInt());
        default -> throw new IOException("property type " + type);
      }
    }
    return headers;
  }

  @Override
  public void close() {
    peer.close();
  }
}
