package io.anymq.zeromq;

import io.anymq.Destination;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects a link's commands into frames: messages to one destination share a command, and so do
 * settlements of one consumer. For the link's I/O thread.
 */
final class LinkWriter {

  private final WireWriter out = new WireWriter();
  private final Consumer<ByteBuffer> frames;

  /** What the open command is about: a {@link Batch} or a {@link Settling}. */
  private @Nullable Object open;

  private int countAt;
  private int count;
  private long rangeEnd;

  // What it was when a command began that may fail.
  private boolean flushedSinceMark;
  private @Nullable Object markedOpen;
  private int markedCountAt;
  private int markedCount;
  private long markedRangeEnd;

  /** Messages with consecutive numbers to one destination. */
  private record Batch(int opcode, int commit, int kind, String name) {}

  private record Settling(int consumer, int outcome) {}

  /**
   * A writer.
   *
   * @param frames takes each frame that is complete
   */
  LinkWriter(Consumer<ByteBuffer> frames) {
    this.frames = frames;
  }

  /** Remembers where it is, between two pieces of commands. */
  void mark() {
    out.mark();
    flushedSinceMark = false;
    markedOpen = open;
    markedCountAt = countAt;
    markedCount = count;
    markedRangeEnd = rangeEnd;
  }

  /** Takes back what was written since; what has left with a frame was whole. */
  void undo() {
    out.undo(flushedSinceMark);
    open = flushedSinceMark ? null : markedOpen;
    count = markedCount;
    rangeEnd = markedRangeEnd;
    if (open != null) {
      countAt = markedCountAt;
      out.patch(countAt, count);
    }
  }

  /** Begins a command of its own; the caller adds the payload. */
  WireWriter begin(int opcode) {
    makeRoom(0);
    open = null;
    return out.begin(opcode);
  }

  void send(long number, Destination destination, String name, byte[] message) {
    makeRoom(message.length);
    Batch batch = new Batch(Wire.SEND, 0, MessageCodec.kind(destination), name);
    if (!batch.equals(open)) {
      begin(Wire.SEND).i64(number);
      openBatch(batch);
    }
    add(message);
  }

  void stage(int commit, Destination destination, String name, byte[] message) {
    makeRoom(message.length);
    Batch batch = new Batch(Wire.STAGE, commit, MessageCodec.kind(destination), name);
    if (!batch.equals(open)) {
      begin(Wire.STAGE).i32(commit);
      openBatch(batch);
    }
    add(message);
  }

  private void openBatch(Batch batch) {
    out.u8(batch.kind()).text(batch.name());
    openCount(batch);
  }

  private void openCount(Object what) {
    open = what;
    count = 0;
    countAt = out.size();
    out.i32(0);
  }

  private void add(byte[] message) {
    out.blob(message);
    out.patch(countAt, ++count);
  }

  /** Settles one delivery; neighbours become one range. */
  void settle(int consumer, int outcome, long tag) {
    makeRoom(TagRange.WIRE_BYTES);
    Settling settling = new Settling(consumer, outcome);
    if (!settling.equals(open)) {
      begin(Wire.SETTLE).i32(consumer).u8(outcome);
      openCount(settling);
      rangeEnd = 0;
    }
    if (tag == rangeEnd) {
      int lengthAt = out.size() - Integer.BYTES;
      out.patch(lengthAt, out.intAt(lengthAt) + 1);
    } else {
      out.i64(tag).i32(1);
      out.patch(countAt, ++count);
    }
    rangeEnd = tag + 1;
  }

  private void makeRoom(int bytes) {
    if (!out.isEmpty() && out.size() + bytes > Wire.FRAME_TARGET_BYTES) {
      flush();
    }
  }

  /**
   * Sends what there is.
   *
   * @return whether there was something
   */
  boolean flush() {
    if (out.isEmpty()) {
      return false;
    }
    open = null;
    flushedSinceMark = true;
    frames.accept(out.take());
    return true;
  }
}
