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
  private final int flags;
  private final int deliveries;
  private final long position;
  private final byte[] frame;
  private final int offset;
  private final int length;

  /** Two threads may decode at once; either result is as good, and immutable. */
  private @Nullable Decoded decoded;

  private record Decoded(Message message, @Nullable InvalidMessageException failure) {}

  /**
   * A delivery.
   *
   * @param consumer whose it is; null for one that was only looked at
   * @param flags what DELIVER says of it
   * @param deliveries the count, with this one
   */
  ZeroMqDelivery(
      @Nullable ZeroMqConsumer consumer,
      Destination destination,
      long tag,
      int flags,
      int deliveries,
      long position,
      WireReader bytes) {
    this.consumer = consumer;
    this.position = position;
    this.destination = destination;
    this.tag = tag;
    this.flags = flags;
    this.deliveries = deliveries;
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
    return (flags & Wire.REDELIVERED) != 0;
  }

  @Override
  public int deliveryCount() {
    return deliveries;
  }

  /** The application gets it now; the hub is told, at once where it has come before. */
  public void handedOut() {
    if (consumer != null) {
      consumer.handedOut(this);
    }
  }

  /** How often an application has had it before, as the hub was told. */
  public int earlierHandOuts() {
    return deliveries - 1 - ((flags & Wire.COUNT_IN_DOUBT) == 0 ? 0 : 1);
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
