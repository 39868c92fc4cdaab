package io.anymq;

/** Where a {@link Connection} is in its life. */
public enum ConnectionState {
  /** The first connection is being made. */
  OPENING,
  /** Connected. */
  OPEN,
  /** The connection broke and is being made again; calls wait, up to their time limits. */
  RECOVERING,
  /** Closing: listeners finish, windows are flushed. */
  CLOSING,
  /** Closed for good, by the application or because recovery was given up. */
  CLOSED
}
