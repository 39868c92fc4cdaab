package io.anymq.zeromq;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A peer that has said HELLO: its consumers, its unfinished commits, and what is to be sent to it.
 * Answers, confirmations and deliveries are collected and leave together. For the hub's thread.
 */
final class HubSession {

  private final PeerId peer;
  private final Outlet outlet;
  private final Heartbeats heartbeats;
  private final Map<Integer, HubConsumer> consumers = new HashMap<>();
  private final Set<String> temporaryQueues = new LinkedHashSet<>();
  private final Map<Integer, StagedCommit> staged = new HashMap<>();

  private final WireWriter out = new WireWriter();
  private Outlet.Sent lastSent = Outlet.Sent.YES;

  /** The next send that is expected, and the confirmed ones that the peer does not know of yet. */
  private long nextSend = 1;

  private long confirmFrom;
  private int confirmCount;

  /** The consumer of the DELIVER command that is being written. */
  private @Nullable HubConsumer delivering;

  private int deliverCountAt;
  private int deliverCount;

  HubSession(PeerId peer, Outlet outlet, Heartbeats heartbeats) {
    this.peer = peer;
    this.outlet = outlet;
    this.heartbeats = heartbeats;
  }

  PeerId peer() {
    return peer;
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  Map<Integer, HubConsumer> consumers() {
    return consumers;
  }

  Map<Integer, StagedCommit> staged() {
    return staged;
  }

  /** The names of the temporary queues that it has made. */
  Set<String> temporaryQueues() {
    return temporaryQueues;
  }

  /** Takes the numbers of the next sends. */
  void expectSends(long first, int count) throws MalformedFrameException {
    if (first != nextSend) {
      throw new MalformedFrameException(
          "send " + first + " where " + nextSend + " is the next number");
    }
    nextSend += count;
  }

  void confirm(long send) {
    if (confirmCount == 0) {
      confirmFrom = send;
    }
    confirmCount++;
  }

  void refuse(long first, int count, Refusal refusal) {
    begin(Wire.REFUSED)
        .i64(first)
        .i32(count)
        .u16(refusal.error().number())
        .text(refusal.sentence());
  }

  /** Begins an answer; the caller adds its body. */
  WireWriter ok(int request) {
    return begin(Wire.OK).i32(request);
  }

  /** Begins an answer that may fill a frame; it does not come behind much else. */
  WireWriter largeOk(int request) {
    flushConfirmations();
    if (!out.isEmpty()) {
      send();
    }
    return ok(request);
  }

  void error(int request, WireError error, String sentence) {
    begin(Wire.ERROR).i32(request).u16(error.number()).text(sentence);
  }

  void consumerEnded(HubConsumer consumer, Refusal why) {
    begin(Wire.CONSUMER_ENDED).i32(consumer.id()).u16(why.error().number()).text(why.sentence());
  }

  void goodbye(WireError error, String sentence) {
    begin(Wire.GOODBYE).u16(error.number()).text(sentence);
  }

  void heartbeat() {
    begin(Wire.HEARTBEAT);
  }

  void deliver(HubConsumer consumer, long tag, Queued message) {
    byte[] bytes = message.payload().bytes();
    if (!out.isEmpty() && out.size() + bytes.length > Wire.FRAME_TARGET_BYTES) {
      send();
    }
    if (delivering != consumer) {
      begin(Wire.DELIVER).i32(consumer.id()).i64(tag);
      deliverCountAt = out.size();
      deliverCount = 0;
      out.i32(0);
      delivering = consumer;
    }
    String topic = message.topic();
    long position = consumer.tellsPositions() ? message.payload().position() : 0;
    int flags =
        (message.deliveries() > 1 ? Wire.REDELIVERED : 0)
            | (topic == null ? 0 : Wire.TOPIC_NAMED)
            | (position == 0 ? 0 : Wire.POSITION_TOLD);
    out.u8(flags).i32(message.deliveries());
    if (topic != null) {
      out.text(topic);
    }
    if (position != 0) {
      out.i64(position);
    }
    out.blob(bytes);
    out.patch(deliverCountAt, ++deliverCount);
  }

  /** Begins a command, behind the confirmations of what came before it. */
  WireWriter begin(int opcode) {
    flushConfirmations();
    delivering = null;
    return out.begin(opcode);
  }

  private void flushConfirmations() {
    if (confirmCount > 0) {
      delivering = null;
      out.begin(Wire.CONFIRM).i64(confirmFrom).i32(confirmCount);
      confirmCount = 0;
    }
  }

  /**
   * Sends what has been collected.
   *
   * @param now the time
   * @return whether the peer can still be reached
   */
  boolean flush(long now) {
    flushConfirmations();
    if (!out.isEmpty()) {
      send();
      heartbeats.sent(now);
    }
    return lastSent == Outlet.Sent.YES;
  }

  private void send() {
    delivering = null;
    ByteBuffer frame = out.take();
    if (lastSent == Outlet.Sent.YES) {
      lastSent = outlet.send(peer, frame);
    }
  }
}
