package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a consumer ends before its channel is closed, while its connection goes on. */
enum Ending {
  /** It is cancelled. What it held comes back with the channel's end, in no sure order. */
  CANCEL {
    @Override
    void end(Channel channel, String tag) throws IOException {
      channel.basicCancel(tag);
    }
  },

  /**
   * As a consumer of a quorum queue that leaves what it held to the next, in order. What is on its
   * way to it when it is cancelled goes back at once, before what it holds, and would come first to
   * the next one. So what it holds is given back before the broker has done with the cancellation.
   */
  CANCEL_AND_GIVE_BACK {
    @Override
    void end(Channel channel, String tag) throws IOException {
      AMQP.Basic.Cancel cancel = new AMQP.Basic.Cancel.Builder().consumerTag(tag).build();
      CompletableFuture<Command> cancelled = channel.asyncCompletableRpc(cancel);
      channel.basicNack(0, true, true);
      try {
        cancelled.get(CANCELLED.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        NativeConnection.LOG.debug("Cancelling consumer {}", tag, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  },

  /**
   * As a consumer of a classic queue that leaves what it held to the next, in order: by the
   * channel's end alone, which does not overtake acknowledgements there.
   */
  CLOSE {
    @Override
    void end(Channel channel, String tag) {}
  };

  /** How long the broker may take to cancel before the channel is closed all the same. */
  private static final Duration CANCELLED = Duration.ofSeconds(5);

  /** Ends a consumer. */
  abstract void end(Channel channel, String tag) throws IOException;

  /** The ending that leaves the order as it was. */
  static Ending inOrder(boolean classic) {
    return classic ? CLOSE : CANCEL_AND_GIVE_BACK;
  }
}
