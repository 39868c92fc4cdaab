package io.anymq.zeromq;

import zmq.Msg;
import zmq.msg.MsgAllocator;

/**
 * Allocates what a peer announces, if it is allowed. JeroMQ 0.6.0 compares the announced length
 * with the maximum as a signed number and then cuts it to 32 bits: a length with the highest bit
 * set passes, and would be an array of any size, or of a negative one, in the I/O thread that
 * serves all peers. Such a frame becomes an empty one here, which the hub refuses like any other.
 */
final class GuardedAllocator implements MsgAllocator {

  private final long maxBytes;

  GuardedAllocator(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public Msg allocate(int size) {
    return new Msg(size < 0 || size > maxBytes ? 0 : size);
  }
}
