package io.anymq.zeromq;

import zmq.Msg;

/** Where the broker's frames go: the hub's socket. */
interface Outlet {

  /** What became of a frame. */
  enum Sent {
    /** On its way. */
    YES,
    /** The peer does not read what it is sent. */
    FULL,
    /** The peer's connection is no more. */
    GONE
  }

  /** Sends without blocking; the frame belongs to the outlet from now on. */
  Sent send(PeerId peer, Msg frame);

  /** Whether {@link #cut} can end a peer's connection. */
  default boolean canCut(PeerId peer) {
    return false;
  }

  /** Ends a peer's connection, with all that is on its way. */
  default void cut(PeerId peer) {}

  /** Whether there are more connections than the hub can serve. */
  default boolean isCrowded() {
    return false;
  }
}
