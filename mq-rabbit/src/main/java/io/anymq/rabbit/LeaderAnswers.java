package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import java.time.Duration;

/**
 * Asks for the numbers of a queue, and knows which the broker has made up. Passive declaration asks
 * the process that leads a quorum queue; where that does not answer within 250 ms the broker says 0
 * messages and 0 consumers (seen on 3.10, and the same code in 4.3). Nothing but the time that the
 * answer took tells the two apart. Safe for use by several threads.
 */
final class LeaderAnswers {

  /** A little less than the 250 ms that the broker gives a leader to answer in. */
  private static final Duration LEADERS_TIME = Duration.ofMillis(240);

  private final NativeConnection connection;

  LeaderAnswers(NativeConnection connection) {
    this.connection = connection;
  }

  /**
   * What the broker said.
   *
   * @param messages how many are ready
   * @param consumers how many there are
   * @param inTime whether the queue's leader may have said so; else each 0 may be made up
   */
  record Answer(int messages, int consumers, boolean inTime) {}

  /**
   * Asks once. Each channel that is made tells how far away the broker is.
   *
   * @param queue its native name
   * @param doing what is tried, for the sentence of a failure
   */
  Answer ask(String queue, String doing) {
    return connection.askAlone(
        doing,
        channel -> {
          long begin = System.nanoTime();
          DeclareOk numbers = channel.queueDeclarePassive(queue);
          long took = System.nanoTime() - begin - connection.distance().atLeast();
          return new Answer(
              numbers.getMessageCount(), numbers.getConsumerCount(), took < LEADERS_TIME.toNanos());
        });
  }
}
