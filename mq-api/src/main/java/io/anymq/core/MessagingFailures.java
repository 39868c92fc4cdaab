package io.anymq.core;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/** Finds the portable failure in the ExecutionException or CompletionException of a future. */
final class MessagingFailures {

  private MessagingFailures() {}

  static MessagingException of(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause instanceof MessagingException failure
        ? failure
        : new MessagingException(
            ErrorCode.BACKEND_FAILURE, "The operation failed: " + cause, cause);
  }
}
