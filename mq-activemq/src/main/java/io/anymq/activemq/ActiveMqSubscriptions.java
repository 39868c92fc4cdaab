package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.LinkRequest;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.activemq.command.RemoveSubscriptionInfo;

/**
 * Durable subscriptions. Natively one belongs to the client id of a connection, which only one
 * connection may have at a time: so each gets a connection of its own, with an id made of the topic
 * and the name, and the broker itself refuses a second consumer.
 */
final class ActiveMqSubscriptions {

  private final LinkRequest request;
  private final ActiveMqDestinations names;

  ActiveMqSubscriptions(LinkRequest request, ActiveMqDestinations names) {
    this.request = request;
    this.names = names;
  }

  /**
   * Connects as a subscription.
   *
   * @param topic the topic
   * @param name the subscription's name
   * @param onLost is told when the connection breaks
   * @return the connection
   */
  OpenWire connect(Topic topic, String name, Consumer<MessagingException> onLost) {
    try {
      return OpenWire.open(request, Optional.of(clientId(topic, name)), onLost);
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        throw new MessagingException(
            ErrorCode.SUBSCRIPTION_IN_USE,
            "The subscription '%s' to %s has a consumer already".formatted(name, topic),
            e.getCause());
      }
      throw e;
    }
  }

  void unsubscribe(Topic topic, String name) {
    OpenWire wire = connect(topic, name, lost -> {});
    try {
      RemoveSubscriptionInfo info = new RemoveSubscriptionInfo();
      info.setConnectionId(wire.connectionId());
      info.setClientId(clientId(topic, name));
      info.setSubscriptionName(name);
      wire.request("The subscription '%s' to %s could not be removed".formatted(name, topic), info);
    } catch (MessagingException e) {
      if (!(e.getCause() instanceof jakarta.jms.InvalidDestinationException)) {
        throw e;
      }
      // There is no such subscription, which is no failure.
    } finally {
      wire.close(request.operationTimeout());
    }
  }

  /** No portable name holds a colon, so that no two subscriptions have one id. */
  private String clientId(Topic topic, String name) {
    return "anymq:" + names.toNative(topic).getPhysicalName() + ":" + name;
  }
}
