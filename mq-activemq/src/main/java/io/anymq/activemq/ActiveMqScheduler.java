package io.anymq.activemq;

import io.anymq.MessagingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the broker's scheduler is on, without scheduling anything. The scheduler keeps
 * every message for itself whose destination begins with its management's name, and does nothing
 * with one that names no action; without a scheduler such a message reaches the topic's consumer,
 * on the thread that handles it: so it is here before it is confirmed.
 */
final class ActiveMqScheduler {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveMqScheduler.class);
  private static final String WHAT = "The broker's scheduler cannot be looked for";

  private static final List<String> WHEN =
      List.of(
          ScheduledMessage.AMQ_SCHEDULED_DELAY,
          ScheduledMessage.AMQ_SCHEDULED_PERIOD,
          ScheduledMessage.AMQ_SCHEDULED_CRON);

  private ActiveMqScheduler() {}

  /**
   * Whether the broker's scheduler, where it is on, keeps a message until it is due: an
   * application's own properties of these names do that, too.
   */
  static boolean takes(ActiveMQMessage message) {
    try {
      Map<String, Object> properties = message.getProperties();
      return properties.get(ScheduledMessage.AMQ_SCHEDULED_ID) == null
          && WHEN.stream().anyMatch(name -> properties.get(name) != null);
    } catch (IOException e) {
      throw new IllegalStateException("A new message has nothing that must be read first", e);
    }
  }

  /**
   * Whether messages can be delayed; not, when the broker does not allow to find out.
   *
   * @throws MessagingException when the broker does not answer
   */
  static boolean detect(OpenWire wire) {
    try {
      return probe(wire);
    } catch (MessagingException e) {
      if (!ActiveMqProbe.isAnswer(wire, e)) {
        throw e;
      }
      LOG.info("Messages cannot be delayed: {}", e.getMessage());
      return false;
    }
  }

  private static boolean probe(OpenWire wire) {
    ActiveMQTopic topic =
        new ActiveMQTopic(
            ScheduledMessage.AMQ_SCHEDULER_MANAGEMENT_DESTINATION
                + ".anymq-probe."
                + UUID.randomUUID());
    AtomicBoolean passedOn = new AtomicBoolean();
    ConsumerInfo consumer = new ConsumerInfo(wire.newConsumerId());
    consumer.setDestination(topic);
    consumer.setPrefetchSize(1);
    consumer.setDispatchAsync(false);
    wire.addConsumer(WHAT, consumer, dispatch -> passedOn.set(true));
    ProducerId producer = wire.newProducerId();
    wire.send(WHAT, new ProducerInfo(producer));
    boolean taken = ActiveMqProbe.send(wire, WHAT, message(topic, producer));
    wire.detach(consumer.getConsumerId());
    wire.send(WHAT, consumer.createRemoveCommand());
    wire.send(WHAT, new RemoveInfo(producer));
    wire.request(
        WHAT,
        new DestinationInfo(wire.connectionId(), DestinationInfo.REMOVE_OPERATION_TYPE, topic));
    return taken && !passedOn.get();
  }

  private static ActiveMQMessage message(ActiveMQTopic topic, ProducerId producer) {
    ActiveMQMessage message = new ActiveMQMessage();
    message.setDestination(topic);
    message.setProducerId(producer);
    message.setMessageId(new MessageId(producer, 1));
    message.setPersistent(false);
    message.setTimestamp(System.currentTimeMillis());
    return message;
  }
}
