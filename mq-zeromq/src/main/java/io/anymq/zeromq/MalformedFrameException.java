package io.anymq.zeromq;

import java.io.Serial;

/** A frame, or a message in it, is not what the protocol says. Never leaves this package. */
final class MalformedFrameException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  MalformedFrameException(String message) {
    super(message);
  }
}
