package io.anymq.zeromq;

import java.nio.ByteBuffer;

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
  Sent send(PeerId peer, ByteBuffer frame);
}
