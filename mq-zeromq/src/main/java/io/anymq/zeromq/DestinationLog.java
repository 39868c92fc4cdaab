package io.anymq.zeromq;

/**
 * What a queue, a topic or a subscription's backlog tells of itself to whoever must remember it.
 * {@link #NONE} remembers nothing. For the hub's thread.
 */
interface DestinationLog {

  /** Of what goes with the hub's process. */
  DestinationLog NONE = new DestinationLog() {};

  /** A message has got a place here. */
  default void placed(Queued message) {}

  /** A message's counts have changed. */
  default void counted(Queued message) {}

  /** A message is not here any more; it need not have been placed. */
  default void gone(Queued message) {}

  /** A message that was sent with a delay waits here. */
  default void waits(Payload payload) {}

  /** What has waited is about to get its places. */
  default void isDue(Payload payload) {}

  /** What has waited has got its places, if there are any. */
  default void wasDue(Payload payload) {}

  /** What has waited goes with its destination. */
  default void dropped(Payload payload) {}

  /** The destination is deleted, with all that is in it. */
  default void deleted() {}
}
