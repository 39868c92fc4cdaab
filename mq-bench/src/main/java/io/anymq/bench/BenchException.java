package io.anymq.bench;

import org.jspecify.annotations.Nullable;

/** A measurement that is worth nothing: a message was lost or doubled, or a client failed. */
public final class BenchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
