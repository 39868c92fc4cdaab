package io.anymq.rabbit;

import io.anymq.spi.OutboundMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one channel has published and the broker has not confirmed, by sequence number: a ring that
 * grows with the core's window. The lock is held for some nanoseconds, never over I/O or a
 * callback, so the sending thread and the one that reads confirmations do not hold each other up.
 */
final class UnconfirmedSends {

  private static final int FIRST_CAPACITY = 256;

  private @Nullable OutboundMessage[] ring = new @Nullable OutboundMessage[FIRST_CAPACITY];
  private final Map<String, Long> sequenceById = new HashMap<>();
  private long oldest = 1;
  private long next = 1;

  /** Adds a message and tells its sequence number; the first of a channel is 1. */
  synchronized long add(OutboundMessage message) {
    if (next - oldest == ring.length) {
      grow();
    }
    ring[index(next)] = message;
    return next++;
  }

  /**
   * Has a message found by its id, too, unless another one that is here is found by it.
   *
   * @param sequence the message's sequence number
   * @return whether it is
   */
  synchronized boolean claimId(String id, long sequence) {
    return sequenceById.putIfAbsent(id, sequence) == null;
  }

  /** Takes away the message that is found by an id; empty when there is none. */
  synchronized Optional<OutboundMessage> takeById(String id) {
    Long sequence = sequenceById.get(id);
    return sequence == null ? Optional.empty() : take(sequence);
  }

  /** Takes one away; empty when it is not there any more. */
  synchronized Optional<OutboundMessage> take(long sequence) {
    if (sequence < oldest || sequence >= next) {
      return Optional.empty();
    }
    OutboundMessage message = remove(sequence);
    skipTaken();
    return Optional.ofNullable(message);
  }

  /** Takes away all up to a sequence number, in order. */
  synchronized List<OutboundMessage> takeUpTo(long sequence) {
    List<OutboundMessage> taken = new ArrayList<>();
    while (oldest <= sequence && oldest < next) {
      OutboundMessage message = remove(oldest++);
      if (message != null) {
        taken.add(message);
      }
    }
    skipTaken();
    return taken;
  }

  /** Takes away all, in order. */
  synchronized List<OutboundMessage> takeAll() {
    return takeUpTo(next - 1);
  }

  /** Takes away the first whose body has that length; empty when there is none. */
  synchronized Optional<OutboundMessage> takeFirstOfLength(long length) {
    for (long sequence = oldest; sequence < next; sequence++) {
      OutboundMessage message = ring[index(sequence)];
      if (message != null && message.message().bodyLength() == length) {
        return take(sequence);
      }
    }
    return Optional.empty();
  }

  private @Nullable OutboundMessage remove(long sequence) {
    OutboundMessage message = ring[index(sequence)];
    ring[index(sequence)] = null;
    if (message != null && !sequenceById.isEmpty()) {
      message.message().id().ifPresent(id -> sequenceById.remove(id, sequence));
    }
    return message;
  }

  private void skipTaken() {
    while (oldest < next && ring[index(oldest)] == null) {
      oldest++;
    }
  }

  private void grow() {
    @Nullable OutboundMessage[] larger =
        new @Nullable OutboundMessage[Math.multiplyExact(ring.length, 2)];
    for (long sequence = oldest; sequence < next; sequence++) {
      larger[(int) (sequence & (larger.length - 1))] = ring[index(sequence)];
    }
    ring = Objects.requireNonNull(larger);
  }

  private int index(long sequence) {
    return (int) (sequence & (ring.length - 1));
  }
}
