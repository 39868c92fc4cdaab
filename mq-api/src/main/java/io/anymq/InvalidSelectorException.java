package io.anymq;

import java.io.Serial;

/** A selector is not what the grammar of Jakarta Messaging allows. */
public class InvalidSelectorException extends MessagingException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message a sentence that says where the selector is wrong, and what is expected there
   */
  public InvalidSelectorException(String message) {
    super(ErrorCode.INVALID_SELECTOR, message, null);
  }
}
