package io.anymq.tck.guide;

import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/** What the client library throws, in portable words. */
final class PostErrors {

  private PostErrors() {}

  static MessagingException translate(Throwable thrown) {
    if (!(thrown instanceof PostException e)) {
      return new MessagingException(ErrorCode.BACKEND_FAILURE, "The post office failed", thrown);
    }
    return switch (e.why()) {
      case SHUT, GONE -> new ConnectionLostException("The post office threw us out", e);
      case UNKNOWN_ADDRESS ->
          new DestinationNotFoundException(e.getMessage() + "; declare the destination first", e);
    };
  }

  /** As {@link #translate(Throwable)}; what is missing is named as the application calls it. */
  static MessagingException translate(Throwable thrown, Destination missing) {
    MessagingException failure = translate(thrown);
    return failure instanceof DestinationNotFoundException
        ? new DestinationNotFoundException(missing.describe() + " does not exist", thrown)
        : failure;
  }

  /** Does what asks the broker, with its failure translated. */
  static <T> T ask(PostVisit.Errand<T> errand) {
    try {
      return errand.run();
    } catch (PostException e) {
      throw translate(e);
    }
  }

  /** As {@link #ask(PostVisit.Errand)}, of a destination that may be missing. */
  static <T> T ask(Destination about, PostVisit.Errand<T> errand) {
    try {
      return errand.run();
    } catch (PostException e) {
      throw translate(e, about);
    }
  }
}
