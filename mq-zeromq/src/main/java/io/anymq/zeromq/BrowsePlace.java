package io.anymq.zeromq;

/**
 * Where a look at a queue has come to: behind one message, and not beyond what was there first.
 *
 * @param end the first position that is not looked at; negative: not begun
 * @param rank the rank of the message seen last
 * @param position its position
 */
record BrowsePlace(long end, int rank, long position) {

  /** Above all ranks. */
  private static final int NO_RANK = 0xFF;

  static final BrowsePlace START = new BrowsePlace(-1, NO_RANK, -1);

  static BrowsePlace read(WireReader in) throws MalformedFrameException {
    return new BrowsePlace(in.i64(), in.u8(), in.i64());
  }

  void write(WireWriter out) {
    out.i64(end).u8(rank).i64(position);
  }

  boolean isBefore(Queued message) {
    return message.position() < end
        && (message.rank() < rank || (message.rank() == rank && message.position() > position));
  }
}
