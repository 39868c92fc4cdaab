package io.anymq.zeromq;

/** What a message can be sent to. */
sealed interface Target permits MessageQueue, HubTopic {

  /** How many queues a message sent now goes into. */
  int copies();

  /** Takes a message. Room for it has been seen to. */
  void add(Payload payload);

  /**
   * Sees to it that it may hold more messages.
   *
   * @throws Refusal when it may not
   */
  default void requireRoom(int messages) throws Refusal {}

  /** What a message costs here, in bytes. */
  default long cost(int length) {
    int copies = copies();
    return copies == 0 ? 0 : Payload.cost(length) + (long) copies * Queued.COST_BYTES;
  }
}
