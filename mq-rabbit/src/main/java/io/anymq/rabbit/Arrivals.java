package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;

/**
 * Puts what arrives for one consumer into its inbox. Called by the thread that reads the
 * connection; see {@link CallerRuns}.
 */
final class Arrivals implements Consumer {

  private final Inbox inbox;
  private final String origin;

  /**
   * For one consumer.
   *
   * @param origin what it consumes, for the sentence of a failure
   */
  Arrivals(Inbox inbox, String origin) {
    this.inbox = inbox;
    this.origin = origin;
  }

  @Override
  public void handleDelivery(
      String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
    inbox.put(new Delivery(envelope, properties, body));
  }

  @Override
  public void handleCancel(String consumerTag) {
    inbox.end(
        new MessagingException(
            ErrorCode.BACKEND_FAILURE, "The broker cancelled the consumer of " + origin));
  }

  @Override
  public void handleConsumeOk(String consumerTag) {}

  @Override
  public void handleCancelOk(String consumerTag) {}

  @Override
  public void handleShutdownSignal(String consumerTag, ShutdownSignalException signal) {}

  @Override
  public void handleRecoverOk(String consumerTag) {}
}
