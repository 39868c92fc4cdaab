package io.anymq.zeromq;

/**
 * How much of the past a hub keeps.
 *
 * @param messages of each topic, at most; 0: nothing is kept, and nobody can look back
 * @param bytes of all topics together, at most
 */
record ReplayBounds(int messages, long bytes) {

  static final ReplayBounds NONE = new ReplayBounds(0, 0);

  boolean keepsAnything() {
    return messages > 0 && bytes > 0;
  }
}
