package io.anymq.zeromq;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zmq.Msg;
import zmq.msg.MsgAllocator;

/**
 * Allocates the frames that peers send to a hub, and counts them until the hub has done with them,
 * so that what comes in never takes more than its share of the heap.
 *
 * <p>When there is no room, JeroMQ's I/O thread waits in {@link #allocate} as long as the hub has
 * complete frames to work on: meanwhile nothing is read, and TCP holds the peers back. When the hub
 * has none left, what takes the room are frames that are still coming in, and nothing would free
 * it: then the frame is refused, which ends its session.
 *
 * <p>A frame whose connection breaks before it is complete never reaches the hub; its count goes
 * when the collector has found that it is gone.
 *
 * <p>{@link #allocate} is for JeroMQ's one I/O thread, the rest for the hub's.
 */
final class IncomingFrames implements MsgAllocator {

  private static final Logger LOG = LoggerFactory.getLogger(IncomingFrames.class);

  /**
   * What is smaller is not counted: with ZeroMQ's own commands, which never reach the hub, it is
   * bounded by the number of frames that may wait.
   */
  private static final int SMALL_BYTES = 4096;

  /** The hub may be held up by its disk for so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(10);

  private final int maxBytes;
  private final long limit;
  private final Runnable wakeUp;
  private final Set<Share> shares = new LinkedHashSet<>();
  private long used;
  private boolean waiting;

  /** How often the hub has found nothing to read since somebody waits. */
  private int idleRounds;

  private boolean closed;
  private long collectedAt = System.nanoTime() - BETWEEN_COLLECTIONS.toNanos();

  /** A frame that is counted, or one that is refused and empty. */
  static final class Frame extends Msg {
    private final boolean refused;
    private @Nullable Share share;

    private Frame(int size, boolean refused) {
      super(size);
      this.refused = refused;
    }
  }

  private static final class Share extends WeakReference<Frame> {
    private final long bytes;

    Share(Frame frame, long bytes) {
      super(frame);
      this.bytes = bytes;
    }
  }

  /**
   * An allocator.
   *
   * @param maxBytes the longest frame
   * @param limit what all frames together may take; one of the longest always may
   * @param wakeUp makes the hub's thread look
   */
  IncomingFrames(int maxBytes, long limit, Runnable wakeUp) {
    this.maxBytes = maxBytes;
    this.limit = Math.max(limit, HeapCost.ofArray(maxBytes));
    this.wakeUp = wakeUp;
  }

  /**
   * Allocates what a peer announces, if it is allowed. JeroMQ 0.6.0 compares the announced length
   * with the maximum as a signed number and then cuts it to 32 bits: a length with the highest bit
   * set passes, and would be an array of any size, or of a negative one. Such a frame becomes an
   * empty one here, which the hub refuses like any other.
   */
  @Override
  public Msg allocate(int size) {
    if (size < 0 || size > maxBytes) {
      return new Msg(0);
    }
    if (size <= SMALL_BYTES) {
      return new Msg(size);
    }
    long bytes = HeapCost.ofArray(size);
    if (!reserve(bytes)) {
      return new Frame(0, true);
    }
    Frame frame = new Frame(size, false);
    share(frame, bytes);
    return frame;
  }

  private synchronized void share(Frame frame, long bytes) {
    Share share = new Share(frame, bytes);
    frame.share = share;
    shares.add(share);
  }

  private synchronized boolean reserve(long bytes) {
    if (!fits(bytes)) {
      awaitRoom(bytes);
    }
    boolean room = !closed && (fits(bytes) || (collect() && fits(bytes)));
    used += room ? bytes : 0;
    return room;
  }

  private boolean fits(long bytes) {
    if (used + bytes > limit) {
      dropCollected();
    }
    return used + bytes <= limit;
  }

  private void awaitRoom(long bytes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    waiting = true;
    idleRounds = 0;
    wakeUp.run();
    try {
      // What was completed a moment ago may come to the hub only in its next round.
      while (!fits(bytes) && idleRounds < 2 && !closed && deadline - System.nanoTime() > 0) {
        wait(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting = false;
    }
  }

  private void dropCollected() {
    Iterator<Share> all = shares.iterator();
    while (all.hasNext()) {
      Share share = all.next();
      if (share.get() == null) {
        used -= share.bytes;
        all.remove();
      }
    }
  }

  /** Has the collector look for frames whose connections are gone; tells whether it was asked. */
  private boolean collect() {
    long now = System.nanoTime();
    if (now - collectedAt < BETWEEN_COLLECTIONS.toNanos()) {
      return false;
    }
    collectedAt = now;
    LOG.debug("Unfinished frames take {} bytes: collecting those whose connections are gone", used);
    System.gc();
    return true;
  }

  /** Whether a frame was refused for want of room. */
  static boolean isRefused(Msg message) {
    return message instanceof Frame frame && frame.refused;
  }

  /** The hub has done with a message. */
  synchronized void done(Msg message) {
    if (message instanceof Frame frame && frame.share != null && shares.remove(frame.share)) {
      used -= frame.share.bytes;
      notifyAll();
    }
  }

  /** Whether the I/O thread waits for room. */
  synchronized boolean isAwaited() {
    return waiting;
  }

  /** The hub has read all that there is. */
  synchronized void nothingLeft() {
    idleRounds++;
    notifyAll();
  }

  synchronized long used() {
    return used;
  }

  /** Nobody reads any more; whoever waits goes on. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
