package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message from the hub. It is decoded by the thread that first looks at it, and not by the I/O
 * thread, which has all consumers to serve.
 */
final class ZeroMqDelivery implements InboundDelivery {

  private final @Nullable ZeroMqConsumer consumer;
  private final Destination destination;
  private final long tag;
  private final Counts counts;
  private final long position;
  private final byte[] frame;
  private final int offset;
  private final int length;

  /** Two threads may decode at once; either result is as good, and immutable. */
  private @Nullable Decoded decoded;

  /**
   * How often it was delivered.
   *
   * @param deliveries the count, with this one
   * @param inDoubt how many of them nobody knows of
   * @param redelivered whether it may have been delivered before
   */
  record Counts(int deliveries, int inDoubt, boolean redelivered) {
    static final Counts FIRST = new Counts(1, 0, false);
  }

  private record Decoded(Message message, @Nullable InvalidMessageException failure) {}

  /**
   * A delivery.
   *
   * @param consumer whose it is; null for one that was only looked at
   */
  ZeroMqDelivery(
      @Nullable ZeroMqConsumer consumer,
      Destination destination,
      long tag,
      Counts counts,
      long position,
      WireReader bytes) {
    this.consumer = consumer;
    this.position = position;
    this.destination = destination;
    this.tag = tag;
    this.counts = counts;
    this.frame = bytes.bytes();
    this.offset = bytes.position();
    this.length = bytes.remaining();
  }

  /** Its number among the deliveries of its consumer. */
  long tag() {
    return tag;
  }

  @Override
  public Message message() {
    return decoded().message();
  }

  @Override
  public Destination destination() {
    return destination;
  }

  @Override
  public boolean redelivered() {
    return counts.redelivered() || MessageCodec.isRepeated(frame, offset, length);
  }

  @Override
  public int deliveryCount() {
    return counts.deliveries();
  }

  /** Whether an earlier delivery of it may have ended its receiver before the hub was told. */
  boolean isInDoubt() {
    return counts.inDoubt() > 0;
  }

  /** The hub is told at once where the message has come before, and otherwise at the close. */
  @Override
  public void handedOut() {
    if (consumer != null) {
      consumer.handedOut(this);
    }
  }

  @Override
  public int earlierHandOuts() {
    return counts.deliveries() - 1 - counts.inDoubt();
  }

  @Override
  public Optional<String> position() {
    return position == 0 ? Optional.empty() : Optional.of(Long.toString(position));
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return Optional.ofNullable(decoded().failure());
  }

  private Decoded decoded() {
    Decoded known = decoded;
    if (known == null) {
      known = decode();
      decoded = known;
    }
    return known;
  }

  private Decoded decode() {
    try {
      return new Decoded(MessageCodec.decode(new WireReader(frame, offset, length)), null);
    } catch (MalformedFrameException e) {
      Message raw = Message.bytes(Arrays.copyOfRange(frame, offset, offset + length));
      return new Decoded(
          raw,
          new InvalidMessageException(
              "The message is not encoded as the hub protocol says: " + e.getMessage(), e));
    }
  }
}
