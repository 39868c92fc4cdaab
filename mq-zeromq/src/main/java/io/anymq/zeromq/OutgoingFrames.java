package io.anymq.zeromq;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zmq.Msg;

/**
 * Counts the frames that are on their way to peers. Each is a copy of the messages in it, so that
 * without a limit the peers that read slowly, or not at all, would fill the heap with them.
 *
 * <p>A frame counts until the kernel has all of it. JeroMQ 0.6.0 does not say when that is, but the
 * buffer that it got from {@link Msg#buf} does: JeroMQ writes a long frame from that very buffer,
 * copies a short one out of it, and either moves its position. The look from another thread may
 * come too early by the few instructions in which JeroMQ prepares the buffer; then one frame is not
 * counted, which is no harm. A frame whose connection ends counts until {@link #forget}, or until
 * the collector finds that it is gone.
 *
 * <p>When there is no more room, a session keeps what it has to send, and sessions get room in the
 * order in which they began to wait. Nobody is told when the kernel has taken the last frame of a
 * peer, so that there is a look now and then ({@link #untilLook}). One frame may always leave: the
 * limit is no less than the longest.
 *
 * <p>For the hub's thread. JeroMQ's calls the methods of {@link Frame}.
 */
final class OutgoingFrames {

  /** What is smaller is not counted: JeroMQ holds no more than a few frames for each peer. */
  private static final int SMALL_BYTES = 4096;

  /** A peer that took nothing for so long may lose its connection, if others need the room. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * When rounds are further apart, the hub has been held up, and its connections with it; or nobody
   * has waited for room. In neither case has a peer been slow.
   */
  private static final long HELD_UP_NANOS = Duration.ofSeconds(1).toNanos();

  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();

  private final long limit;

  /** Peers that have frames on their way. */
  private final Map<PeerId, Line> lines = new LinkedHashMap<>();

  private long used;
  private long now = System.nanoTime();

  /** Whether in this round somebody found no room. */
  private boolean refused;

  /** Whether in this round somebody found no room who has nothing on his way: he comes first. */
  private boolean blocked;

  private long pause = FIRST_PAUSE_NANOS;

  /** A frame that shows how much of it has been read. */
  static final class Frame extends Msg {
    private volatile @Nullable ByteBuffer reading;
    private volatile boolean taken;

    Frame(ByteBuffer bytes) {
      super(bytes);
    }

    /** JeroMQ begins to write it to a connection. */
    @Override
    public ByteBuffer buf() {
      ByteBuffer bytes = super.buf();
      reading = bytes;
      return bytes;
    }

    /** A peer in this JVM takes it. */
    @Override
    public byte[] data() {
      taken = true;
      return super.data();
    }

    int left() {
      ByteBuffer bytes = reading;
      return taken ? 0 : bytes == null ? size() : bytes.remaining();
    }
  }

  private static final class Share extends WeakReference<Frame> {
    private final long bytes;

    Share(Frame frame, long bytes) {
      super(frame);
      this.bytes = bytes;
    }

    int left() {
      Frame frame = get();
      return frame == null ? 0 : frame.left();
    }
  }

  /** The frames that are on their way to one peer, in order. */
  private final class Line {
    private final Deque<Share> frames = new ArrayDeque<>(4);
    private int leftOfFirst;
    private long movedAt = now;

    void add(Share share) {
      frames.addLast(share);
      used += share.bytes;
    }

    /** Drops what is written; tells whether anything is left. */
    boolean settle() {
      Share first = frames.peekFirst();
      int left = first == null ? 0 : first.left();
      while (first != null && left == 0) {
        frames.removeFirst();
        movedAt = now;
        used -= first.bytes;
        pause = FIRST_PAUSE_NANOS;
        first = frames.peekFirst();
        left = first == null ? 0 : first.left();
      }
      if (left != leftOfFirst) {
        leftOfFirst = left;
        movedAt = now;
      }
      return first != null;
    }
  }

  /**
   * Counts against a limit.
   *
   * @param limit how many bytes of the heap all frames together may take
   * @param maxFrameBytes the longest frame with one message
   */
  OutgoingFrames(long limit, int maxFrameBytes) {
    this.limit = Math.max(limit, HeapCost.ofArray(maxFrameBytes));
  }

  /** All sessions are about to send what they have. */
  void beginRound(long time) {
    if (time - now > HELD_UP_NANOS) {
      long heldUp = time - now;
      lines.values().forEach(line -> line.movedAt += heldUp);
    }
    now = time;
    boolean awaited = refused;
    pause = awaited ? Math.min(pause * 2, LONGEST_PAUSE_NANOS) : FIRST_PAUSE_NANOS;
    refused = false;
    blocked = false;
    if (awaited || used > limit / 4) {
      settle();
    }
  }

  private void settle() {
    lines.values().removeIf(line -> !line.settle());
  }

  /** How many bytes of the heap the next frame to a peer may take. */
  long room(PeerId peer) {
    if (blocked) {
      return 0;
    }
    // Half of it is for those who have nothing yet.
    return (hasNothing(peer) ? limit : limit / 2) - used;
  }

  private boolean hasNothing(PeerId peer) {
    Line line = lines.get(peer);
    if (line == null) {
      return true;
    }
    boolean empty = !line.settle();
    if (empty) {
      lines.remove(peer);
    }
    return empty;
  }

  /** Whether a frame of some length fits into that much room. */
  static boolean fits(int bytes, long room) {
    return bytes <= SMALL_BYTES || HeapCost.ofArray(bytes) <= room;
  }

  /** A peer's next frame found no room, and waits. */
  void refuse(PeerId peer) {
    refused = true;
    blocked |= hasNothing(peer);
  }

  /** How long until the next look for room, in nanoseconds; without end when nobody waits. */
  long untilLook() {
    return refused ? pause : Long.MAX_VALUE;
  }

  /** A frame to a peer, which counts from now on. */
  Msg frame(PeerId peer, ByteBuffer bytes) {
    int length = bytes.array().length - bytes.arrayOffset(); // the buffer may be longer
    if (length <= SMALL_BYTES) {
      return new Msg(bytes);
    }
    Frame frame = new Frame(bytes);
    lines
        .computeIfAbsent(peer, absent -> new Line())
        .add(new Share(frame, HeapCost.ofArray(length)));
    return frame;
  }

  /** The last frame to a peer does not leave any more. */
  void takeBack(PeerId peer, Msg message) {
    Line line = lines.get(peer);
    Share last = line == null ? null : line.frames.peekLast();
    if (line != null && last != null && last.get() == message) {
      line.frames.removeLast();
      used -= last.bytes;
      if (line.frames.isEmpty()) {
        lines.remove(peer);
      }
    }
  }

  /** A peer's connection is gone, with all that was on its way. */
  void forget(PeerId peer) {
    Line line = lines.remove(peer);
    if (line != null) {
      line.frames.forEach(share -> used -= share.bytes);
    }
  }

  /**
   * While somebody waits who has nothing on his way: the peer that has taken nothing for the
   * longest time, if its patience is over.
   *
   * @param can whether its connection can be cut
   */
  Optional<PeerId> stalled(Predicate<PeerId> can) {
    if (!blocked) {
      return Optional.empty();
    }
    settle(); // a peer that has a frame waiting here has not been looked at for some time
    PeerId found = null;
    long longest = PATIENCE.toNanos();
    for (Map.Entry<PeerId, Line> each : lines.entrySet()) {
      long still = now - each.getValue().movedAt;
      if (still >= longest && can.test(each.getKey())) {
        found = each.getKey();
        longest = still;
      }
    }
    return Optional.ofNullable(found);
  }

  long used() {
    return used;
  }
}
