package io.anymq.tck.guide;

import java.io.Serial;

/** What the post office's client library throws. */
final class PostException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong. */
  enum Why {
    /** The office does not exist, or the door is shut. */
    SHUT,
    /** The visit is over: left, or thrown out. */
    GONE,
    /** There is no such box or list, or not any more. */
    UNKNOWN_ADDRESS
  }

  private final Why why;

  PostException(Why why, String message) {
    super(message);
    this.why = why;
  }

  Why why() {
    return why;
  }
}
