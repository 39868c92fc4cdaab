package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Parking;
import java.io.IOException;

/**
 * A consumer of a classic queue whose prefetch is the limit of its channel, which can be changed
 * while it consumes: it is raised by one for each parked message. (The prefetch of a consumer
 * cannot be changed, and only classic queues heed that of a channel.)
 *
 * <p>A broker that does not permit {@code global_qos} takes the limit for the consumer's, and
 * raises nothing: there a parked message takes a place.
 */
final class LimitedConsumer extends RabbitConsumer implements Parking {

  private final Channel channel;
  private int prefetch;

  /** How many are parked; guarded by the lock under which settlements are written. */
  private int parked;

  LimitedConsumer(Setup setup) {
    super(setup);
    channel = setup.channel();
  }

  /** The consumer's own limit first: to set that takes the channel's away. */
  @Override
  void limit(int atMost) throws IOException {
    prefetch = atMost;
    channel.basicQos(0);
    channel.basicQos(atMost, true);
  }

  @Override
  public void park(InboundDelivery delivery) {
    raise(1);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    raise(-1);
  }

  /**
   * Does not wait for the broker's answer, nor for that to the change before, as the client's other
   * requests would: a silent broker holds up no settlement. The broker has the new limit before it
   * sees what is settled from now on.
   */
  private void raise(int by) {
    synchronized (unsettled) {
      parked += by;
      int limit = Math.min(MAX_PREFETCH, prefetch + parked);
      try {
        if (channel.isOpen()) {
          channel.asyncRpc(new AMQP.Basic.Qos.Builder().prefetchCount(limit).global(true).build());
        }
      } catch (IOException | ShutdownSignalException e) {
        // With the channel its limit has ended.
        NativeConnection.LOG.debug("Changing the limit of a channel to {}", limit, e);
      }
    }
  }
}
