package io.anymq;

/** What went wrong, in words that mean the same on every backend. */
public enum ErrorCode {
  /**
   * No connection could be made: nobody answers, the host is unknown, or the peer is not a broker
   * of this kind.
   */
  CONNECT_FAILED(true),
  /** The connection broke, and did not come back in time. */
  CONNECTION_LOST(true),
  /** The broker refused the credentials. */
  AUTHENTICATION_FAILED(false),
  /** The broker refuses this user that operation. */
  ACCESS_REFUSED(false),
  /** The destination does not exist, and the options forbid to make it. */
  DESTINATION_NOT_FOUND(false),
  /** The destination's name, or its use, is not allowed. */
  INVALID_DESTINATION(false),
  /** The queue is full, and refuses. */
  QUEUE_FULL(true),
  /** The message is larger than this connection, or the broker, allows. */
  MESSAGE_TOO_LARGE(false),
  /** The message cannot be sent as it is, or was received and could not be decoded. */
  INVALID_MESSAGE(false),
  /** The selector is malformed. */
  INVALID_SELECTOR(false),
  /** It is not known whether the backend has the message. */
  SEND_IN_DOUBT(true),
  /** The time limit ran out, and nothing was done. */
  TIMEOUT(true),
  /** This backend, as it is configured, cannot do what was asked. */
  UNSUPPORTED_CAPABILITY(false),
  /** An option, a URL or a property is unknown or has a bad value. */
  INVALID_OPTION(false),
  /** The object is closed, or closes. */
  CLOSED(false),
  /** The unit of work was rolled back; nothing of it was done. */
  ROLLED_BACK(true),
  /**
   * Another consumer holds this subscription, which is not shared; or it holds this queue or shared
   * subscription in order by key, and this one does not ask for that, or the other way round.
   */
  SUBSCRIPTION_IN_USE(true),
  /** The calling thread was interrupted; its interrupt flag is set again. */
  INTERRUPTED(false),
  /**
   * Used in a way that its contract forbids: two threads in a session, receive on a consumer with a
   * listener.
   */
  ILLEGAL_USE(false),
  /** The backend failed in a way that has no portable word; the cause tells more. */
  BACKEND_FAILURE(false);

  private final boolean temporary;

  ErrorCode(boolean temporary) {
    this.temporary = temporary;
  }

  /**
   * Whether the same call may succeed later, with nothing changed by the application.
   *
   * @return whether the failure is transient
   */
  public boolean isTransient() {
    return temporary;
  }
}
