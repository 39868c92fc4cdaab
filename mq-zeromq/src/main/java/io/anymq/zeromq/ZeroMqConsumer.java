package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A consumer of the hub. */
final class ZeroMqConsumer implements LinkConsumer, DelayedRelease {

  private static final long NANOS_BELOW_A_MILLI = 999_999;

  private final LinkLoop loop;
  private final int id;
  private final @Nullable Destination destination;
  private final NativeNames names;
  private final DeliverySink sink;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What the frame that is being read holds for it. For the I/O thread. */
  private List<ZeroMqDelivery> arrived = new ArrayList<>();

  /**
   * A consumer.
   *
   * @param destination what it consumes; null for a pattern, where each delivery tells its topic
   */
  ZeroMqConsumer(
      LinkLoop loop,
      int id,
      @Nullable Destination destination,
      NativeNames names,
      DeliverySink sink) {
    this.loop = loop;
    this.id = id;
    this.destination = destination;
    this.names = names;
    this.sink = sink;
  }

  int id() {
    return id;
  }

  Destination destination() throws MalformedFrameException {
    if (destination == null) {
      throw new MalformedFrameException("a delivery to a pattern, without its topic");
    }
    return destination;
  }

  /** The topic that has a name in the hub. */
  Topic topic(String name) throws MalformedFrameException {
    for (Map.Entry<Destination, String> entry : names.names().entrySet()) {
      if (entry.getKey() instanceof Topic topic && entry.getValue().equals(name)) {
        return topic;
      }
    }
    try {
      return Topic.of(name);
    } catch (InvalidDestinationException e) {
      throw new MalformedFrameException("a delivery from the topic '" + name + "'");
    }
  }

  /**
   * Takes a delivery, to be passed on by {@link #passOn}.
   *
   * @return whether it is the first since then
   */
  boolean arrived(ZeroMqDelivery delivery) {
    arrived.add(delivery);
    return arrived.size() == 1;
  }

  void passOn() {
    List<ZeroMqDelivery> deliveries = arrived;
    arrived = new ArrayList<>();
    if (!closed.get()) {
      sink.deliver(deliveries);
    }
  }

  /** The hub has ended it. */
  void broken(MessagingException cause) {
    if (closed.compareAndSet(false, true)) {
      sink.broken(cause);
    }
  }

  @Override
  public boolean releasesNatively() {
    return true;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    if (!closed.get()) {
      int wire = outcome == Outcome.ACCEPT ? Wire.ACCEPT : Wire.RELEASE;
      loop.submit(
          protocol -> {
            for (InboundDelivery delivery : deliveries) {
              protocol.writer().settle(id, wire, ((ZeroMqDelivery) delivery).tag());
            }
          });
    }
  }

  @Override
  public void release(InboundDelivery delivery, Duration delay) {
    if (!closed.get()) {
      TagRange range = new TagRange(((ZeroMqDelivery) delivery).tag(), 1);
      loop.submit(
          protocol ->
              protocol
                  .writer()
                  .begin(Wire.RELEASE_LATER)
                  .i32(id)
                  .i64(wholeMillis(delay))
                  .ranges(List.of(range)));
    }
  }

  /** Rounded up: never early. */
  private static long wholeMillis(Duration delay) {
    return delay.plusNanos(NANOS_BELOW_A_MILLI).toMillis();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      loop.closeConsumer(this);
    }
  }
}
