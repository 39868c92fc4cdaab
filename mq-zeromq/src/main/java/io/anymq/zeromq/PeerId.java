package io.anymq.zeromq;

import java.util.Arrays;

/** The routing id of a peer, as the ROUTER socket puts it before each of its frames. */
final class PeerId {

  /** An id that the ROUTER made: a zero byte and a number. */
  private static final int GENERATED_LENGTH = 5;

  private final byte[] bytes;

  PeerId(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Whether the ROUTER made the id, so that it belongs to one TCP connection only. */
  boolean isGenerated() {
    return bytes.length == GENERATED_LENGTH && bytes[0] == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerId peer && Arrays.equals(bytes, peer.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
