package io.anymq.zeromq;

/**
 * Consecutive delivery tags.
 *
 * @param first the first tag
 * @param count how many
 */
record TagRange(long first, int count) {

  static final int WIRE_BYTES = 12;

  static TagRange read(WireReader in) throws MalformedFrameException {
    long first = in.i64();
    int count = in.i32();
    if (first < 1 || count < 1 || first > Long.MAX_VALUE - count) {
      throw new MalformedFrameException("a range of " + count + " tags from " + first);
    }
    return new TagRange(first, count);
  }

  long end() {
    return first + count;
  }

  boolean contains(long tag) {
    return tag >= first && tag < end();
  }
}
