package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zmq.Msg;

/**
 * A peer that has said HELLO: its consumers, its unfinished commits, and what is to be sent to it.
 * Answers, confirmations and deliveries are collected and leave together. For the hub's thread.
 */
final class HubSession {

  /** A peer that lets so much pile up does not read, and is given up; so are peers together. */
  static final long MOST_UNREAD_BYTES = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** What a frame with a message needs beside it, with the name of a topic. */
  private static final int AROUND_MESSAGE_BYTES = 1024;

  private final PeerId peer;
  private final Outlet outlet;
  private final OutgoingFrames frames;
  private final Heartbeats heartbeats;
  private final Map<Integer, HubConsumer> consumers = new HashMap<>();
  private final Set<String> temporaryQueues = new LinkedHashSet<>();
  private final Map<Integer, StagedCommit> staged = new HashMap<>();

  /** What is to be delivered; the messages are written when the peer is ready for them. */
  private final Deque<Owed> owed = new ArrayDeque<>();

  private final WireWriter out = new WireWriter();

  /** A frame that waits until the peer has read others. */
  private @Nullable Msg unsent;

  private boolean gone;

  /** Whether what comes next waits for memory that other frames take. */
  private boolean waitsForRoom;

  private record Owed(HubConsumer consumer, long tag) {}

  /** The next send that is expected, and the confirmed ones that the peer does not know of yet. */
  private long nextSend = 1;

  private long confirmFrom;
  private int confirmCount;

  /** The consumer of the DELIVER command that is being written. */
  private @Nullable HubConsumer delivering;

  private int deliverCountAt;
  private int deliverCount;
  private long nextDeliveredTag;

  /**
   * A session that has just begun.
   *
   * @param peer with whom
   * @param outlet where its frames leave
   * @param frames counts its frames, with those of all others
   * @param heartbeats when to say something, and when the peer has been silent for too long
   */
  HubSession(PeerId peer, Outlet outlet, OutgoingFrames frames, Heartbeats heartbeats) {
    this.peer = peer;
    this.outlet = outlet;
    this.frames = frames;
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
    if (!out.isEmpty() && unsent == null && hasRoom()) {
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

  /** A consumer is to be sent what it holds under a tag. */
  void owe(HubConsumer consumer, long tag) {
    owed.addLast(new Owed(consumer, tag));
  }

  /** A consumer is no more, and neither is what it was to be sent. */
  void forget(HubConsumer consumer) {
    owed.removeIf(each -> each.consumer() == consumer);
  }

  /** Whether something waits until this peer or others have read what they were sent before. */
  boolean hasUnsent() {
    return unsent != null || !owed.isEmpty() || !out.isEmpty();
  }

  boolean isGone() {
    return gone;
  }

  /** Whether it waits for others to read what they were sent. */
  boolean waitsForRoom() {
    return waitsForRoom;
  }

  /** How many bytes of answers wait for the peer to read others. */
  int unread() {
    return out.size();
  }

  /** What waits to leave does not leave any more. */
  void dropUnsent() {
    if (unsent != null) {
      frames.takeBack(peer, unsent);
      unsent = null;
    }
  }

  /** Writes what is owed, as far as one frame and the memory for it go. */
  private void deliverOwed() {
    long room = owed.isEmpty() ? 0 : frames.room(peer);
    Owed next = owed.peekFirst();
    while (next != null) {
      Queued message = next.consumer().held(next.tag());
      if (message != null) {
        int size = out.size() + message.payload().bytes().length;
        boolean fits = OutgoingFrames.fits(size + AROUND_MESSAGE_BYTES, room);
        if (!out.isEmpty() && (size > Wire.FRAME_TARGET_BYTES || !fits)) {
          return;
        }
        if (!fits) {
          waitForRoom();
          return;
        }
        deliver(next.consumer(), next.tag(), message);
      }
      owed.removeFirst();
      next = owed.peekFirst();
    }
  }

  private void deliver(HubConsumer consumer, long tag, Queued message) {
    byte[] bytes = message.payload().bytes();
    if (delivering != consumer || tag != nextDeliveredTag) {
      begin(Wire.DELIVER).i32(consumer.id()).i64(tag);
      deliverCountAt = out.size();
      deliverCount = 0;
      out.i32(0);
      delivering = consumer;
    }
    nextDeliveredTag = tag + 1;
    String topic = message.topic();
    long position = consumer.tellsPositions() ? message.payload().position() : 0;
    int inDoubt = consumer.tellsHandOuts() ? message.inDoubt() : 0;
    int flags =
        (message.deliveryCount() > 1 ? Wire.REDELIVERED : 0)
            | (inDoubt == 0 ? 0 : Wire.COUNT_IN_DOUBT)
            | (topic == null ? 0 : Wire.TOPIC_NAMED)
            | (position == 0 ? 0 : Wire.POSITION_TOLD);
    out.u8(flags).i32(message.deliveryCount());
    if (topic != null) {
      out.text(topic);
    }
    if (position != 0) {
      out.i64(position);
    }
    if (inDoubt != 0) {
      out.i32(inDoubt);
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
   * Sends what has been collected, as far as the peer has read what it was sent before.
   *
   * @param now the time
   * @return whether the peer can still be reached, and reads
   */
  boolean flush(long now) {
    flushConfirmations();
    waitsForRoom = false;
    boolean sending = unsent == null || send();
    while (sending && !(out.isEmpty() && owed.isEmpty())) {
      deliverOwed();
      boolean leaves = !out.isEmpty() && hasRoom();
      sending = leaves && send();
      if (leaves) {
        heartbeats.sent(now);
      }
    }
    return !gone && unread() <= MOST_UNREAD_BYTES;
  }

  /** Whether there is room for the frame that has been collected; when not, it waits. */
  private boolean hasRoom() {
    boolean fits = OutgoingFrames.fits(out.size(), frames.room(peer));
    if (!fits) {
      waitForRoom();
    }
    return fits;
  }

  private void waitForRoom() {
    waitsForRoom = true;
    frames.refuse(peer);
  }

  /** Sends the frame that waits, or what has been collected; tells whether another may follow. */
  private boolean send() {
    Msg frame = unsent;
    if (frame == null) {
      delivering = null;
      frame = frames.frame(peer, out.take());
    }
    Outlet.Sent sent = gone ? Outlet.Sent.GONE : outlet.send(peer, frame);
    unsent = sent == Outlet.Sent.FULL ? frame : null;
    gone = sent == Outlet.Sent.GONE;
    if (gone) {
      frames.forget(peer);
    }
    return sent == Outlet.Sent.YES;
  }
}
