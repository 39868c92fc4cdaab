package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;

/**
 * How a queue of the hub was declared.
 *
 * @param prioritized whether higher priorities go first
 * @param maxLength how many messages it holds at most; 0: no limit
 */
record QueueTerms(boolean prioritized, long maxLength) {

  private static final int PRIORITIZED = 1;

  static final QueueTerms DEFAULT = new QueueTerms(false, 0);

  static QueueTerms read(WireReader in) throws MalformedFrameException {
    int flags = in.u8();
    long maxLength = in.i64();
    if ((flags & ~PRIORITIZED) != 0 || maxLength < 0) {
      throw new MalformedFrameException("queue flags " + flags + ", maximum " + maxLength);
    }
    return new QueueTerms(flags == PRIORITIZED, maxLength);
  }

  /** As messages tell it. */
  String describe() {
    List<String> what = new ArrayList<>();
    if (prioritized) {
      what.add("priorities");
    }
    if (maxLength > 0) {
      what.add("a maximum of %d messages".formatted(maxLength));
    }
    return what.isEmpty() ? "no options" : String.join(" and ", what);
  }

  void write(WireWriter out) {
    out.u8(prioritized ? PRIORITIZED : 0).i64(maxLength);
  }

  /** In which order a message goes: higher ones first. */
  int rankOf(Payload payload) {
    return prioritized ? payload.priority() : 0;
  }

  boolean allows(long length) {
    return maxLength == 0 || length <= maxLength;
  }
}
