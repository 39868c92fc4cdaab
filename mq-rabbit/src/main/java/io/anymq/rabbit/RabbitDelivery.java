package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message as a consumer received it. It belongs to the one channel that its tag is of, and is an
 * entry of that channel's {@link UnsettledDeliveries}.
 *
 * <p>The broker counts deliveries, those included that no application ever saw. What was handed to
 * an application is written into the {@link HandOutLog}: of a redelivered message before it is
 * handed out, of any other when it goes back.
 */
final class RabbitDelivery extends UnsettledDeliveries.Entry implements InboundDelivery {

  private final Destination destination;
  private final String routingKey;
  private final BasicProperties properties;
  private final RabbitMapper.Decoded decoded;
  private final DeliveryHistory history;
  private final boolean comesBack;
  private final int deliveryCount;
  private final Optional<String> position;
  private final @Nullable HandOutLog log;
  private final long arrivedAt;
  private final AtomicBoolean handedOut = new AtomicBoolean();
  private volatile HandOutLog.@Nullable Entry recorded;
  private volatile boolean buried;
  private volatile boolean copied;

  /**
   * A delivery.
   *
   * @param arrivedAt when it had arrived at the latest, by {@link System#nanoTime}
   * @param destinations the destination, by the routing key that the message was sent with
   * @param log knows what was handed out; null where nobody else gets what its consumer leaves
   */
  RabbitDelivery(
      Delivery arrived,
      long arrivedAt,
      RabbitMapper.Decoded decoded,
      Function<String, Destination> destinations,
      Optional<String> position,
      @Nullable HandOutLog log) {
    super(arrived.getEnvelope().getDeliveryTag());
    Envelope envelope = arrived.getEnvelope();
    this.arrivedAt = arrivedAt;
    this.properties = arrived.getProperties();
    this.history = DeliveryHistory.of(properties);
    String sentWith = history.routingKey();
    this.routingKey = sentWith == null ? envelope.getRoutingKey() : sentWith;
    this.destination = destinations.apply(routingKey);
    this.decoded = decoded;
    this.position = position;
    this.log = log;
    this.comesBack = envelope.isRedeliver();
    this.deliveryCount = history.delivered() + (comesBack ? count() : 1);
  }

  /** A queue that does not count tells only that there was a delivery before; the log may know. */
  private int count() {
    OptionalLong counted = RabbitMapper.deliveriesBefore(properties);
    if (counted.isPresent() || log == null) {
      long before = Math.max(1, counted.orElse(1));
      return (int) Math.min(Integer.MAX_VALUE / 2, before + 1);
    }
    return 2 + log.repeated(key(), history.delivered(), arrivedAt);
  }

  @Override
  public Message message() {
    return decoded.message();
  }

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public boolean redelivered() {
    return comesBack || history.repeated() || history.delivered() > 0;
  }

  @Override
  public int deliveryCount() {
    return deliveryCount;
  }

  @Override
  public void handedOut() {
    if (handedOut.compareAndSet(false, true) && comesBack) {
      record();
    }
  }

  /** It goes back to the queue: a first hand-out, which was not recorded, is now. */
  void goesBack() {
    if (handedOut.get() && recorded == null) {
      record();
    }
  }

  /** Its dead letter is kept. */
  void buried() {
    buried = true;
  }

  /** A copy of it waits in its place: what is recorded of the message goes on to count. */
  void copied() {
    copied = true;
  }

  /**
   * The broker was told that it is done with. A program may send it once more, with the same id,
   * and its hand-outs are counted from here on then. Nothing is recorded of what was delivered
   * once, so nothing is written for it either.
   */
  void accepted() {
    if (mayHaveEntries() && !copied && log != null) {
      log.end(key());
    }
  }

  /** Whether a hand-out of this delivery is recorded, or may be of one before it. */
  private boolean mayHaveEntries() {
    boolean copyOfRecorded = history.delivered() > history.handedOut();
    return recorded != null || comesBack || copyOfRecorded || (buried && deliveryCount > 1);
  }

  private void record() {
    if (log != null) {
      HandOutLog.Entry entry = log.entry(key(), comesBack, history.delivered());
      recorded = entry;
      log.record(entry);
    }
  }

  @Override
  public int earlierHandOuts() {
    int most = deliveryCount - 1;
    return log == null ? most : Math.min(most, log.earlier(this, history.handedOut(), most));
  }

  /** How often it was handed out, by what the copy that waits for its next delivery tells. */
  int handOutsOfCopy() {
    boolean unrecorded = handedOut.get() && recorded == null;
    return history.handedOut() + (unrecorded ? 1 : 0);
  }

  /** When it had arrived at the latest, by {@link System#nanoTime}. */
  long arrivedAt() {
    return arrivedAt;
  }

  /** Its own entry in the log, or null. */
  HandOutLog.@Nullable Entry recorded() {
    return recorded;
  }

  /** What tells the message from others of its queue. */
  String key() {
    return HandOutLog.key(properties, message());
  }

  /** The native properties, as they came. */
  BasicProperties properties() {
    return properties;
  }

  /** The routing key that the message was sent with. */
  String routingKey() {
    return routingKey;
  }

  /** When a broker would have dropped it by its native expiration, where it knows no other end. */
  OptionalLong expiryByBroker() {
    Message message = message();
    return message.expiresAt().isEmpty() && message.timeToLive().isPresent()
        ? OptionalLong.of(System.currentTimeMillis() + message.timeToLive().get().toMillis())
        : OptionalLong.empty();
  }

  @Override
  public Optional<String> position() {
    return position;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return Optional.ofNullable(decoded.fault());
  }
}
