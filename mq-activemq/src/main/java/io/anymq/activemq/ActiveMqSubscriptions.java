package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.TopicPattern;
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
    return connect(topic.toString(), clientId(topic, name), name, onLost);
  }

  /** As {@link #connect(Topic, String, Consumer)}. */
  OpenWire connect(TopicPattern pattern, String name, Consumer<MessagingException> onLost) {
    return connect(pattern.toString(), clientId(pattern, name), name, onLost);
  }

  private OpenWire connect(
      String source, String clientId, String name, Consumer<MessagingException> onLost) {
    try {
      return OpenWire.open(request, Optional.of(clientId), onLost);
    } catch (MessagingException e) {
      if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
        throw new MessagingException(
            ErrorCode.SUBSCRIPTION_IN_USE,
            "The subscription '%s' to %s has a consumer already".formatted(name, source),
            e.getCause());
      }
      throw e;
    }
  }

  void unsubscribe(Topic topic, String name) {
    remove(connect(topic, name, lost -> {}), clientId(topic, name), name);
  }

  void unsubscribe(TopicPattern pattern, String name) {
    remove(connect(pattern, name, lost -> {}), clientId(pattern, name), name);
  }

  private void remove(OpenWire wire, String clientId, String name) {
    try {
      RemoveSubscriptionInfo info = new RemoveSubscriptionInfo();
      info.setConnectionId(wire.connectionId());
      info.setClientId(clientId);
      info.setSubscriptionName(name);
      wire.request("The subscription '%s' could not be removed".formatted(name), info);
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

  /** One colon more than a topic's: a pattern may be written like a topic's name. */
  private static String clientId(TopicPattern pattern, String name) {
    return "anymq:pattern:" + pattern.expression() + ":" + name;
  }
}
