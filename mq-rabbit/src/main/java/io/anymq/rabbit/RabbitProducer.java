package io.anymq.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.anymq.ConnectionLostException;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.MessagingException;
import io.anymq.SendInDoubtException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;

/**
 * Publishes to one destination on a channel of its own, in confirm mode. The core sends with one
 * thread at a time; confirmations, returns and the channel's end come on the thread that reads the
 * connection.
 */
final class RabbitProducer implements LinkProducer {

  private final Destination destination;
  private final RabbitTarget target;
  private final Channel channel;
  private final FrameBudget frame;
  private final RabbitMapper mapper;
  private final ProducerListener listener;
  private final Runnable atFirstConfirmation;
  private final RabbitDelays delays;
  private final RabbitDelays.Destined delayed;
  private boolean confirmedBefore;
  private final UnconfirmedSends unconfirmed = new UnconfirmedSends();

  private RabbitProducer(
      RabbitTarget target,
      Channel channel,
      RabbitMapper mapper,
      RabbitDelays delays,
      ProducerListener listener,
      Runnable atFirstConfirmation) {
    this.delays = delays;
    this.target = target;
    this.destination = target.destination();
    this.delayed = delays.destined(destination);
    this.channel = channel;
    this.frame = new FrameBudget(channel.getConnection().getFrameMax());
    this.mapper = mapper;
    this.listener = listener;
    this.atFirstConfirmation = atFirstConfirmation;
  }

  /**
   * Opens a producer on a channel, which it then owns.
   *
   * @param atFirstConfirmation is run when the destination has confirmed something for the first
   *     time, before that is told
   */
  static RabbitProducer open(
      RabbitTarget target,
      Channel channel,
      RabbitMapper mapper,
      RabbitDelays delays,
      ProducerListener listener,
      Runnable atFirstConfirmation) {
    RabbitProducer producer =
        new RabbitProducer(target, channel, mapper, delays, listener, atFirstConfirmation);
    try {
      channel.confirmSelect();
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.closeQuietly(channel);
      throw RabbitErrors.translate(
          e, "Opening a producer for " + target.destination().describe(), target.names());
    }
    channel.addReturnListener(producer::returned);
    channel.addConfirmListener(producer::acknowledged, producer::refused);
    channel.addShutdownListener(producer::shutDown);
    return producer;
  }

  @Override
  public void send(OutboundMessage outbound) {
    Message message = outbound.message();
    Map<String, Object> way = new LinkedHashMap<>();
    String entry = target.exchange();
    try {
      target.prepare(message);
      if (message.deliveryDelay().isPresent()) {
        entry = delay(message, message.deliveryDelay().get(), way);
      }
      requireFits(outbound, way);
    } catch (ConnectionLostException e) {
      throw e; // the next link sends it
    } catch (MessagingException e) {
      outbound.failed(e);
      return;
    }
    publish(outbound, entry, way);
  }

  /** A dead letter has its marks already, and what it is the copy of may have filled a frame. */
  private void requireFits(OutboundMessage outbound, Map<String, Object> way) {
    Message message = outbound.message();
    Optional<RabbitDelivery> origin = NativeCopy.origin(outbound);
    if (origin.isPresent()) {
      Map<String, Object> all = new LinkedHashMap<>(way);
      all.put(RabbitMapper.SEQUENCE, Long.MAX_VALUE); // in bytes as long as any other
      all.put(DeliveryHistory.REPEATED, true);
      frame.requireCopy(NativeCopy.deadLetter(origin.get(), message, all), destination.describe());
    } else {
      frame.require(message, destination.describe(), () -> encoded(message, way));
    }
  }

  private BasicProperties encoded(Message message, Map<String, Object> way) {
    return mapper.encode(message, OptionalLong.of(Long.MAX_VALUE), way, target.prioritized());
  }

  /** Makes the way that a delayed message takes, and tells where it begins. */
  private String delay(Message message, Duration delay, Map<String, Object> way) {
    boolean urgent = target.prioritized() && message.priority() > Message.DEFAULT_PRIORITY;
    DelayPath path = DelayPath.of(delay, urgent);
    delayed.prepare(path);
    delayed.describe(path, way);
    return RabbitDelays.exchange(path);
  }

  private void publish(OutboundMessage outbound, String entry, Map<String, Object> way) {
    long sequence = unconfirmed.add(outbound);
    boolean back = target.mandatory() || !way.isEmpty();
    BasicProperties properties = encode(outbound, sequence, back, way);
    try {
      channel.basicPublish(
          entry,
          target.routingKey(),
          back,
          false,
          properties,
          outbound.message().bodyBuffer(),
          null);
    } catch (IOException | ShutdownSignalException e) {
      // The channel's or the link's end has been told, or will be, with all that is unconfirmed.
      NativeConnection.LOG.debug("Sending to {}", destination, e);
    } catch (IllegalArgumentException e) {
      metadataTooLarge(sequence, e);
    }
  }

  /**
   * A message that comes back is told by its id. Where another with the same id is unconfirmed, it
   * carries its sequence number; not always, because a table of headers costs the broker a fifth of
   * its throughput. A dead letter carries it too: its native id may be another than the portable
   * one.
   */
  private BasicProperties encode(
      OutboundMessage outbound, long sequence, boolean back, Map<String, Object> way) {
    Message message = outbound.message();
    if (outbound.repeated()) {
      way.put(DeliveryHistory.REPEATED, true);
    }
    Optional<RabbitDelivery> origin = NativeCopy.origin(outbound);
    if (origin.isPresent()) {
      way.put(RabbitMapper.SEQUENCE, sequence);
      return NativeCopy.deadLetter(origin.get(), message, way);
    }
    boolean found =
        !back || message.id().filter(id -> unconfirmed.claimId(id, sequence)).isPresent();
    return mapper.encode(
        message,
        found ? OptionalLong.empty() : OptionalLong.of(sequence),
        way,
        target.prioritized());
  }

  @Override
  public void close() {
    try {
      if (channel.isOpen()) {
        channel.close();
      }
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      NativeConnection.LOG.debug("Closing the producer for {}", destination, e);
    }
  }

  private void acknowledged(long sequence, boolean multiple) {
    if (multiple) {
      confirm(unconfirmed.takeUpTo(sequence));
    } else {
      confirm(unconfirmed.take(sequence).map(List::of).orElse(List.of()));
    }
  }

  private void confirm(List<OutboundMessage> confirmed) {
    if (!confirmedBefore && confirmed.stream().anyMatch(RabbitProducer::isDirect)) {
      confirmedBefore = true;
      atFirstConfirmation.run();
    }
    for (OutboundMessage each : confirmed) {
      NativeCopy.origin(each).ifPresent(RabbitDelivery::buried);
      each.confirmed();
    }
  }

  /** Whether it was the destination that confirmed it, and not a queue in which it waits. */
  private static boolean isDirect(OutboundMessage outbound) {
    return outbound.message().deliveryDelay().isEmpty();
  }

  private void refused(long sequence, boolean multiple) {
    List<OutboundMessage> refused =
        multiple
            ? unconfirmed.takeUpTo(sequence)
            : unconfirmed.take(sequence).map(List::of).orElse(List.of());
    refused.forEach(outbound -> outbound.failed(target.refusal()));
  }

  /** Comes before the confirmation of the same message, which then finds it gone. */
  private void returned(Return returned) {
    OptionalLong sequence = RabbitMapper.sequence(returned.getProperties());
    Optional<OutboundMessage> found =
        sequence.isPresent()
            ? unconfirmed.take(sequence.getAsLong())
            : RabbitMapper.id(returned.getProperties()).flatMap(unconfirmed::takeById);
    found.ifPresent(outbound -> outbound.failed(reason(outbound, returned)));
  }

  private MessagingException reason(OutboundMessage outbound, Return returned) {
    if (isDirect(outbound)) {
      return target.vanished(returned);
    }
    delays.forget();
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "Somebody has deleted the queues named anymq/wait/…, in which delayed messages wait;"
            + " the next delayed send makes them again");
  }

  private void shutDown(ShutdownSignalException signal) {
    if (signal.isInitiatedByApplication() || signal.isHardError()) {
      return; // closed by us, or the link tells of its own loss
    }
    MessagingException cause =
        RabbitErrors.translate(signal, "Sending to " + destination.describe(), target.names());
    failCulprit(signal, cause);
    listener.broken(cause);
  }

  /**
   * Fails what is known to have failed. The broker refuses one message and leaves all after it
   * unread, so the last one is surely not there; of those before, some may be. They are left in
   * doubt, to be sent again, except where that would be refused for ever.
   */
  private void failCulprit(ShutdownSignalException signal, MessagingException cause) {
    OptionalLong size = RabbitErrors.tooLargeSize(signal);
    if (size.isPresent()) {
      unconfirmed.takeFirstOfLength(size.getAsLong()).ifPresent(each -> each.failed(cause));
      return;
    }
    boolean missing = RabbitErrors.replyCode(signal).orElse(0) == AMQP.NOT_FOUND;
    if (missing) {
      delays.forget();
    }
    List<OutboundMessage> left = unconfirmed.takeAll();
    for (int i = 0; i < left.size(); i++) {
      boolean surely = i == left.size() - 1;
      if (surely && (left.size() == 1 || !missing)) {
        left.get(i).failed(cause);
      } else if (!missing) {
        left.get(i).failed(new SendInDoubtException(String.valueOf(cause.getMessage()), cause));
      }
    }
  }

  /**
   * The headers do not fit into one frame, which AMQP 0-9-1 has no way around. The client has
   * counted the message nevertheless, so this channel's numbers are no longer the broker's: it is
   * given up.
   */
  private void metadataTooLarge(long sequence, IllegalArgumentException failure) {
    MessageTooLargeException cause = frame.tooLarge(destination.describe(), failure);
    unconfirmed.take(sequence).ifPresent(outbound -> outbound.failed(cause));
    close();
    listener.broken(cause);
  }
}
