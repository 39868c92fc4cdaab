package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
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
   * @param state whether the link lives
   */
  record Setup(
      Destination destination,
      String topic,
      boolean keepsTimestamps,
      SharedProducer shared,
      Delays delays,
      LinkState state) {}

  private final Setup setup;
  private final KafkaTopology topology;
  private final ProducerListener listener;
  private final Consumer<TopicProducer> onClosed;
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();
  private volatile boolean deleted;

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
      ProducerRecord<byte[], byte[]> entry = toRecord(message);
      Future<RecordMetadata> unused =
          setup.shared().get().send(entry, (metadata, failure) -> callback.done(failure));
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
        outbound
            .origin()
            .filter(KafkaDelivery.class::isInstance)
            .map(KafkaDelivery.class::cast)
            .map(of -> KafkaMapper.withOrigin(plain, of.record(), of.undecodable().isEmpty()))
            .orElse(plain);
    if (outbound.repeated()) {
      KafkaMapper.markRepeated(entry);
    }
    if (message.deliveryDelay().isEmpty()) {
      return entry;
    }
    setup.delays().prepare();
    return DelayedRecord.waiting(entry, message.deliveryDelay().get());
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
        message.failed(KafkaErrors.sendFailure(failure, setup.topic(), handedOver));
      }
    }
  }
}
