package io.anymq.rabbit;

import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DeliverCallback;
import java.io.IOException;
import java.util.function.IntSupplier;

/** How a consumer ends before its channel is closed, while its connection goes on. */
enum Ending {
  /** It is cancelled. What it held comes back with the channel's end, in no sure order. */
  CANCEL {
    @Override
    void end(Channel channel, String queue, int place, IntSupplier onTheirWay) throws IOException {
      channel.basicCancel(tag(place));
    }
  },

  /**
   * As a consumer of a quorum queue that leaves what it held to the next, in order. The channel's
   * end gives all of that back in one step and in order, but a {@code basic.nack} of more than 32
   * messages does not. What is on its way to the consumer when it is cancelled goes back at once,
   * and would come before what it held. So another consumer of the same channel takes that again:
   * at the channel's end the queue takes back what the first of them held, and then what the second
   * has. So it does with up to {@link #MOST} of them.
   */
  CANCEL_IN_ORDER {
    @Override
    void end(Channel channel, String queue, int place, IntSupplier onTheirWay) throws IOException {
      channel.basicCancel(tag(place));
      int most = onTheirWay.getAsInt();
      if (most > 0) {
        channel.queueDeclarePassive(queue); // the channel has seen what the queue sent it before
        channel.basicQos(most);
        channel.basicConsume(queue, false, tag(place + 1), DROPPING, ENDED);
      }
    }
  },

  /**
   * As a consumer of a classic queue that leaves what it held to the next, in order: by the
   * channel's end alone, which does not overtake acknowledgements there.
   */
  CLOSE {
    @Override
    void end(Channel channel, String queue, int place, IntSupplier onTheirWay) {}
  };

  /**
   * How many consumers of one channel a quorum queue takes back in order, those that are cancelled
   * and hold something among them. It keeps them in an Erlang map, whose keys are sorted up to 32
   * of them, and beyond that as a hash table has them.
   */
  static final int MOST = 32;

  private static final DeliverCallback DROPPING = (tag, delivery) -> {};
  private static final CancelCallback ENDED = tag -> {};

  /**
   * What a consumer is called.
   *
   * @param place which one of its channel it is, from 1 on; later ones come behind it in the order
   *     of bytes, by which quorum queues take back
   */
  static String tag(int place) {
    return "anymq-%09d".formatted(place);
  }

  /**
   * Ends a channel's consumer.
   *
   * @param place which one of its channel it is
   * @param onTheirWay how many messages may have been on their way to it when it was cancelled
   */
  abstract void end(Channel channel, String queue, int place, IntSupplier onTheirWay)
      throws IOException;

  /** The ending that leaves the order as it was. */
  static Ending inOrder(boolean classic) {
    return classic ? CLOSE : CANCEL_IN_ORDER;
  }
}
