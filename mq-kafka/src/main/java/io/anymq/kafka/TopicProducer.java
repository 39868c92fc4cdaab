package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Sends to one topic, through the one native producer of the link, which gathers the records of all
 * producers into batches.
 */
final class TopicProducer implements LinkProducer {

  private final Destination destination;
  private final String topic;
  private final boolean keepsTimestamps;
  private final Producer<byte[], byte[]> producer;
  private final ProducerListener listener;
  private final LinkState state;
  private final Consumer<TopicProducer> onClosed;
  private final AtomicBoolean broken = new AtomicBoolean();
  private volatile @Nullable MessagingException gone;

  TopicProducer(
      Destination destination,
      String topic,
      boolean keepsTimestamps,
      Producer<byte[], byte[]> producer,
      ProducerListener listener,
      LinkState state,
      Consumer<TopicProducer> onClosed) {
    this.destination = destination;
    this.topic = topic;
    this.keepsTimestamps = keepsTimestamps;
    this.producer = producer;
    this.listener = listener;
    this.state = state;
    this.onClosed = onClosed;
  }

  String topic() {
    return topic;
  }

  /** The destination was deleted. */
  void breakUp(MessagingException cause) {
    gone = cause;
    if (broken.compareAndSet(false, true)) {
      listener.broken(cause);
    }
  }

  @Override
  public void send(OutboundMessage message) {
    MessagingException cause = gone;
    if (cause != null) {
      message.failed(cause);
      return;
    }
    SendCallback callback = new SendCallback(message);
    try {
      ProducerRecord<byte[], byte[]> entry =
          KafkaMapper.toRecord(message.message(), topic, keepsTimestamps);
      Future<RecordMetadata> unused =
          producer.send(entry, (metadata, failure) -> callback.done(failure));
      callback.handedOver = true;
    } catch (KafkaException | IllegalStateException e) {
      callback.done(e);
    }
  }

  @Override
  public void close() {
    gone = new ClosedException("The producer for " + destination + " is closed");
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
    }

    void done(@Nullable Exception failure) {
      if (!told.compareAndSet(false, true)) {
        return;
      }
      if (failure == null) {
        message.confirmed();
      } else if (state.isOpen()) {
        message.failed(KafkaErrors.sendFailure(failure, topic, handedOver));
      }
    }
  }
}
