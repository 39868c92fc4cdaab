package io.anymq.bench;

import java.time.Duration;

/**
 * One way to use a backend, on a connection that stays open over all rounds. Used by one thread. A
 * round is {@link #prepare}, {@link #sendConfirmed}, {@link #receiveAccepted}, {@link #clear}.
 */
interface Contender extends AutoCloseable {

  /** When a confirmation or a message that does not come has failed the run. */
  Duration LIMIT = Duration.ofMinutes(2);

  /**
   * How many sends may be unconfirmed, for all contenders: more brought nothing on any backend (see
   * the decision record 0002).
   */
  int WINDOW = 1024;

  /**
   * How many deliveries may be held unsettled, for all contenders: as many as a program asks for
   * whose handlers are fast.
   */
  int PREFETCH = 1000;

  /** How many deliveries a native client accepts at once, where one frame can accept many. */
  int ACKNOWLEDGE_EVERY = PREFETCH / 4;

  /** Makes an empty queue, and all that the sends need, before the clock runs. */
  void prepare(String queue) throws Exception;

  /** Sends that many {@linkplain Payload payloads}, and returns when all are confirmed. */
  void sendConfirmed(int messages) throws Exception;

  /**
   * Receives until the tally is complete, accepts everything, and stops receiving in good order.
   */
  void receiveAccepted(Tally tally) throws Exception;

  /** How many messages are left in the queue, those not accepted included. */
  long left() throws Exception;

  /** Deletes the queue and ends what {@link #prepare} made. */
  void clear() throws Exception;

  /** Ends the connection; what fails in it is a {@link BenchException}. */
  @Override
  void close();
}
