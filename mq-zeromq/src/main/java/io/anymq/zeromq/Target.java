package io.anymq.zeromq;

/** What a message can be sent to. */
sealed interface Target permits MessageQueue, HubTopic {

  /** How many queues a message sent now goes into. */
  int copies();

  /** Puts a message in. Room for it has been seen to. */
  void add(Payload payload);

  /** Who must know what happens here. */
  DestinationLog log();

  /** Where messages wait that are to be put in later. */
  WaitingRoom waiting();

  /** Takes a message, to be put in at once or when it is due. Room for it has been seen to. */
  default void take(Payload payload) {
    if (payload.delayMillis() > 0) {
      log().waits(payload);
      hold(payload, payload.delayMillis());
    } else {
      add(payload);
    }
  }

  /** Keeps a message that is to be put in after a while. */
  default void hold(Payload message, long millis) {
    waiting()
        .hold(
            message,
            millis,
            payload -> {
              log().isDue(payload);
              add(payload);
              log().wasDue(payload);
            },
            log()::dropped);
  }

  /**
   * Sees to it that it may hold more messages.
   *
   * @throws Refusal when it may not
   */
  default void requireRoom(int messages) throws Refusal {}

  /** What a message costs here, in bytes; nothing where nobody will get it. */
  default long cost(Payload payload) {
    long places = costOfPlaces(payload);
    return places == 0 ? 0 : payload.cost() + places;
  }

  /** What a message costs here beside its bytes. */
  default long costOfPlaces(Payload payload) {
    return payload.delayMillis() > 0 ? WaitingRoom.COST_BYTES : (long) copies() * Queued.COST_BYTES;
  }
}
