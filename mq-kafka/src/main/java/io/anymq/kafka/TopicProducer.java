package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends to one topic, through the one native producer of the link, which gathers the records of all
 * producers into batches.
 */
final class TopicProducer implements LinkProducer {

  /**
   * What a producer is made with.
   *
   * @param destination where it sends to
   * @param topic the native topic
   * @param keepsTimestamps whether the topic keeps the timestamps of its records
   * @param shared the link's native producer
   * @param delays where delayed messages wait
   * @param room for dead letters that were refused for their size
   * @param state whether the link lives
   */
  record Setup(
      Destination destination,
      String topic,
      boolean keepsTimestamps,
      SharedProducer shared,
      Delays delays,
      LetterRoom room,
      LinkState state) {}

  private final Setup setup;
  private final KafkaTopology topology;
  private final ProducerListener listener;
  private final Consumer<TopicProducer> onClosed;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();
  private volatile boolean deleted;

  /** What waits for the next question for the destination; guards itself and the flag. */
  private final List<Delayed> delayed = new ArrayList<>();

  private boolean asking;

  TopicProducer(
      Setup setup,
      KafkaTopology topology,
      ProducerListener listener,
      Consumer<TopicProducer> onClosed) {
    this.setup = setup;
    this.topology = topology;
    this.listener = listener;
    this.onClosed = onClosed;
  }

  /**
   * Whether records of a topic keep the timestamps that they were sent with. Where that is not
   * known they do not, and travel with each message.
   *
   * @param settings the topic's
   */
  static boolean keepsTimestamps(Map<String, String> settings) {
    return "CreateTime".equals(settings.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG));
  }

  String topic() {
    return setup.topic();
  }

  /**
   * The topic was deleted. What is pending fails as soon as the native producer is aborted; what
   * comes later is sent when the topic is there again.
   *
   * @return whether something is pending
   */
  boolean topicDeleted() {
    deleted = true;
    return pending.get() > 0;
  }

  /**
   * The native producer is aborted for another topic's sake: the core sends again what is pending.
   */
  void breakUp(MessagingException cause) {
    if (broken.compareAndSet(false, true)) {
      listener.broken(cause);
    }
  }

  @Override
  public void send(OutboundMessage message) {
    if (deleted && !isThereAgain(message)) {
      return;
    }
    SendCallback callback = new SendCallback(message);
    try {
      if (message.message().deliveryDelay().isPresent()) {
        setup.delays().prepare();
        transmitIfThere(toRecord(message), callback);
      } else {
        transmit(toRecord(message), callback);
      }
    } catch (KafkaException | IllegalStateException | MessagingException e) {
      callback.done(e);
    }
  }

  /**
   * A delayed message goes to another topic, which says nothing of its destination. So that one is
   * asked for first, once for all messages that come while an answer is awaited.
   */
  private void transmitIfThere(ProducerRecord<byte[], byte[]> entry, SendCallback callback) {
    synchronized (delayed) {
      delayed.add(new Delayed(entry, callback));
      if (asking) {
        return;
      }
      asking = true;
    }
    ask();
  }

  private void ask() {
    List<Delayed> batch;
    synchronized (delayed) {
      if (delayed.isEmpty()) {
        asking = false;
        return;
      }
      batch = List.copyOf(delayed);
      delayed.clear();
    }
    KafkaFuture<TopicDescription> unused =
        topology
            .ask(setup.topic())
            .whenComplete(
                (found, failure) -> {
                  boolean isGone = isMissing(failure);
                  setup.delays().send(() -> answered(batch, isGone));
                });
  }

  private void answered(List<Delayed> batch, boolean isGone) {
    batch.forEach(each -> each.answered(isGone)); // any other failure they meet, too
    ask();
  }

  /** A delayed message whose destination is asked for. */
  private final class Delayed {

    private final ProducerRecord<byte[], byte[]> entry;
    private final SendCallback callback;

    Delayed(ProducerRecord<byte[], byte[]> entry, SendCallback callback) {
      this.entry = entry;
      this.callback = callback;
    }

    void answered(boolean isGone) {
      if (isGone) {
        callback.done(notFound());
      } else {
        transmit(entry, callback);
      }
    }
  }

  private void transmit(ProducerRecord<byte[], byte[]> entry, SendCallback callback) {
    try {
      Future<RecordMetadata> unused =
          setup.shared().get().send(entry, (metadata, failure) -> callback.sent(entry, failure));
      callback.handedOver = true;
    } catch (KafkaException | IllegalStateException | MessagingException e) {
      callback.done(e);
    }
  }

  private ProducerRecord<byte[], byte[]> toRecord(OutboundMessage outbound) {
    Message message = outbound.message();
    ProducerRecord<byte[], byte[]> plain =
        KafkaMapper.toRecord(message, setup.topic(), setup.keepsTimestamps());
    ProducerRecord<byte[], byte[]> entry =
        origin(outbound)
            .map(of -> KafkaMapper.withOrigin(plain, of.record(), of.undecodable().isEmpty()))
            .orElse(plain);
    if (outbound.repeated()) {
      KafkaMapper.markRepeated(entry);
    }
    if (message.deliveryDelay().isEmpty()) {
      return entry;
    }
    return DelayedRecord.waiting(entry, message.deliveryDelay().get());
  }

  /** The delivery that a message is the dead letter of. */
  private static Optional<KafkaDelivery> origin(OutboundMessage outbound) {
    return outbound.origin().filter(KafkaDelivery.class::isInstance).map(KafkaDelivery.class::cast);
  }

  /** Looked up with care, because the native producer's own look-up may make the topic. */
  private boolean isThereAgain(OutboundMessage message) {
    try {
      if (topology.find(setup.topic()).isPresent()) {
        deleted = false;
        return true;
      }
      message.failed(notFound());
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.CONNECTION_LOST) {
        message.failed(e);
      }
    }
    return false;
  }

  private static boolean isMissing(@Nullable Throwable failure) {
    return KafkaErrors.unwrapIfAny(failure) instanceof UnknownTopicOrPartitionException;
  }

  private static boolean isTooLarge(@Nullable Exception failure) {
    return failure instanceof RecordTooLargeException
        || failure instanceof RecordBatchTooLargeException;
  }

  private DestinationNotFoundException notFound() {
    return topology.notFound(setup.destination());
  }

  @Override
  public void close() {
    broken.set(true);
    onClosed.accept(this);
  }

  /** Tells of one record. */
  private final class SendCallback {

    private final OutboundMessage message;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Whether the native client has taken the record over. A failure that it reports from within
     * its send method is one from before that: of the metadata, the buffer or the record's size.
     */
    private volatile boolean handedOver;

    SendCallback(OutboundMessage message) {
      this.message = message;
      pending.incrementAndGet();
    }

    /** What the native client says of the record. */
    void sent(ProducerRecord<byte[], byte[]> entry, @Nullable Exception failure) {
      Optional<KafkaDelivery> origin = isTooLarge(failure) ? origin(message) : Optional.empty();
      if (failure != null && origin.isPresent()) {
        setup.room().make(entry, origin.get().record().topic(), failure, this::done);
      } else {
        done(failure);
      }
    }

    void done(@Nullable Exception failure) {
      if (!told.compareAndSet(false, true)) {
        return;
      }
      pending.decrementAndGet();
      if (failure == null) {
        message.confirmed();
      } else if (deleted) {
        message.failed(notFound());
      } else if (setup.state().isOpen() && !broken.get()) {
        message.failed(
            isMissing(failure)
                ? notFound()
                : KafkaErrors.sendFailure(failure, setup.topic(), handedOver));
      }
    }
  }
}
