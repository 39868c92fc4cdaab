package io.anymq.tck.ledger;

import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.SendInDoubtException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32;

/**
 * Books for messages sent and received. Each message that {@link #next} makes has a number, a key
 * and a checksum in its body, so that nothing but the body is needed to judge what arrives. May be
 * used by several threads.
 */
public final class Ledger {

  /** What became of a message on the sender's side. */
  enum Sent {
    ATTEMPTED,
    CONFIRMED,
    FAILED,
    IN_DOUBT
  }

  /** One message that was made. */
  private static final class Entry {
    final String key;
    Sent state = Sent.ATTEMPTED;

    Entry(String key) {
      this.key = key;
    }
  }

  /** One message that arrived; the number is negative when the body cannot be read. */
  record Arrival(long number, boolean intact, boolean redelivered) {}

  private static final int HEADER = Long.BYTES + Integer.BYTES + Long.BYTES;

  private final Map<Long, Entry> entries = new LinkedHashMap<>();
  private final List<Arrival> arrivals = new ArrayList<>();

  /** Makes the books. */
  public Ledger() {}

  /**
   * The next message to send.
   *
   * @param key its key; order is judged by it
   * @param padding how many bytes the body has beyond number, key and checksum
   * @return the message
   */
  public synchronized Message next(String key, int padding) {
    long number = entries.size();
    entries.put(number, new Entry(key));
    return Message.builder().key(key).body(body(number, padding)).build();
  }

  /**
   * Books what becomes of a send.
   *
   * @param message a message of {@link #next}
   * @param sending the future of its send
   * @return a future that completes when it is booked; it does not fail
   */
  public CompletableFuture<Boolean> track(Message message, CompletableFuture<Message> sending) {
    return sending.handle(
        (sent, failure) -> {
          book(message, failure == null ? Sent.CONFIRMED : stateOf(failure));
          return failure == null;
        });
  }

  /** Books a confirmed send. */
  public void confirmed(Message message) {
    book(message, Sent.CONFIRMED);
  }

  /** Books a send that threw. */
  public void failed(Message message, Throwable failure) {
    book(message, stateOf(failure));
  }

  /** Books an arrival. */
  public synchronized void received(Delivery delivery) {
    byte[] body = delivery.message().body();
    boolean intact = intact(body);
    long number = body.length >= HEADER ? ByteBuffer.wrap(body).getLong() : -1;
    arrivals.add(new Arrival(number, intact, delivery.redelivered()));
  }

  /** How many arrivals there are, each counted. */
  public synchronized int arrivals() {
    return arrivals.size();
  }

  /** How many messages were confirmed. */
  public synchronized long confirmations() {
    return entries.values().stream().filter(entry -> entry.state == Sent.CONFIRMED).count();
  }

  /** Whether every confirmed message has arrived. */
  public synchronized boolean complete() {
    return reconcile().lost().isEmpty();
  }

  /** Holds the two sides against each other. */
  public synchronized Reconciliation reconcile() {
    Reconciler reconciler = new Reconciler();
    entries.forEach((number, entry) -> reconciler.sent(number, entry.key, entry.state));
    arrivals.forEach(reconciler::arrived);
    return reconciler.result();
  }

  private synchronized void book(Message message, Sent state) {
    Entry entry = entries.get(message.bodyBuffer().getLong());
    if (entry == null) {
      throw new IllegalArgumentException("The ledger did not make " + message);
    }
    entry.state = state;
  }

  private static Sent stateOf(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof SendInDoubtException ? Sent.IN_DOUBT : Sent.FAILED;
  }

  private static byte[] body(long number, int padding) {
    byte[] filler = ("#" + number).repeat(1 + padding / 2).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer body = ByteBuffer.allocate(HEADER + padding);
    body.putLong(number).putInt(padding);
    body.position(HEADER).put(filler, 0, padding);
    return body.putLong(HEADER - Long.BYTES, checksum(body.array())).array();
  }

  private static boolean intact(byte[] body) {
    if (body.length < HEADER) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.wrap(body);
    return buffer.getLong(HEADER - Long.BYTES) == checksum(body)
        && buffer.getInt(Long.BYTES) == body.length - HEADER;
  }

  /** Over all of the body but the checksum itself. */
  private static long checksum(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body, 0, HEADER - Long.BYTES);
    crc.update(body, HEADER, body.length - HEADER);
    return crc.getValue();
  }
}
