package io.anymq.zeromq;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.spi.DelayedRelease;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer of the hub. */
final class ZeroMqConsumer implements LinkConsumer, DelayedRelease, Parking {

  private static final Logger LOG = LoggerFactory.getLogger(ZeroMqConsumer.class);
  private static final long NANOS_BELOW_A_MILLI = 999_999;

  private final LinkLoop loop;
  private final int id;
  private final @Nullable Destination destination;
  private final NativeNames names;
  private final DeliverySink sink;

  /** Whether the hub lets it park. */
  private final boolean parks;

  /** What was handed out or settled; null where the hub does not want to know. */
  private final @Nullable TagSet known;

  private final AtomicBoolean closed = new AtomicBoolean();

  /** What the frame that is being read holds for it. For the I/O thread. */
  private List<ZeroMqDelivery> arrived = new ArrayList<>();

  /**
   * A consumer.
   *
   * @param destination what it consumes; null for a pattern, where each delivery tells its topic
   * @param hubKnows what the hub can do beyond the first of its version
   */
  ZeroMqConsumer(
      LinkLoop loop,
      int id,
      @Nullable Destination destination,
      NativeNames names,
      Set<String> hubKnows,
      DeliverySink sink) {
    this.loop = loop;
    this.id = id;
    this.destination = destination;
    this.names = names;
    this.known = hubKnows.contains(Wire.HAND_OUTS) ? new TagSet() : null;
    this.parks = hubKnows.contains(Wire.PARKING);
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
    if (names.portable(false, name).orElse(null) instanceof Topic topic) {
      return topic;
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
      try {
        sink.deliver(deliveries);
      } catch (RuntimeException e) {
        // The hub takes back what nobody has, and the core makes the consumer anew.
        LOG.error("A consumer ends: its deliveries were not taken", e);
        loop.submit(new Ask(Wire.CLOSE_CONSUMER, out -> out.i32(id)));
        broken(new MessagingException(ErrorCode.BACKEND_FAILURE, "A fault in a consumer: " + e, e));
      }
    }
  }

  /** The hub has ended it. */
  void broken(MessagingException cause) {
    if (closed.compareAndSet(false, true)) {
      sink.broken(cause);
    }
  }

  /**
   * The application gets a delivery. What has come before may be what ends its receivers: the hub
   * is told at once. If that may have come too late before, as with a handler that halts its
   * process at its first step, this waits until the hub knows. Of a first delivery the hub hears
   * when this consumer closes.
   */
  void handedOut(ZeroMqDelivery delivery) {
    if (known != null) {
      known.add(delivery.tag());
      if (delivery.redelivered() && !closed.get()) {
        loop.submit(protocol -> tell(List.of(new TagRange(delivery.tag(), 1)), protocol.writer()));
        if (delivery.isInDoubt()) {
          awaitHub(delivery);
        }
      }
    }
  }

  /** An answer says that the hub has what was told before the question. */
  private void awaitHub(ZeroMqDelivery delivery) {
    try {
      loop.askInAnyCase(ZeroMqLink.exists(delivery.destination(), names));
    } catch (MessagingException e) {
      LOG.debug("The hub did not say that it knows of a hand-out", e);
    }
  }

  /** Tells what was handed out until now, with what is settled already. For the I/O thread. */
  void tellHandOuts(LinkWriter writer) {
    List<TagRange> ranges = known == null ? List.of() : known.ranges();
    if (!ranges.isEmpty()) {
      tell(ranges, writer);
    }
  }

  private void tell(List<TagRange> ranges, LinkWriter writer) {
    writer.begin(Wire.HANDED_OUT).i32(id).ranges(ranges);
  }

  @Override
  public boolean releasesNatively() {
    return true;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    if (!closed.get()) {
      int wire = outcome == Outcome.ACCEPT ? Wire.ACCEPT : Wire.RELEASE;
      long[] tags = tagsOf(deliveries);
      settled(tags);
      loop.submit(
          protocol -> {
            for (long tag : tags) {
              protocol.writer().settle(id, wire, tag);
            }
          });
    }
  }

  @Override
  public void release(InboundDelivery delivery, Duration delay) {
    if (!closed.get()) {
      TagRange range = new TagRange(((ZeroMqDelivery) delivery).tag(), 1);
      long millis = wholeMillis(delay);
      settled(range.first());
      loop.submit(
          protocol ->
              protocol
                  .writer()
                  .begin(Wire.RELEASE_LATER)
                  .i32(id)
                  .i64(millis)
                  .ranges(List.of(range)));
    }
  }

  /** Keeps what is known in few ranges, also where deliveries are settled that nobody got. */
  private void settled(long... tags) {
    if (known != null) {
      for (long tag : tags) {
        known.add(tag);
      }
    }
  }

  private static long[] tagsOf(List<? extends InboundDelivery> deliveries) {
    return deliveries.stream().mapToLong(delivery -> ((ZeroMqDelivery) delivery).tag()).toArray();
  }

  @Override
  public void park(InboundDelivery delivery) {
    tellOf(Wire.PARK, delivery);
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    tellOf(Wire.UNPARK, delivery);
  }

  private void tellOf(int command, InboundDelivery delivery) {
    long tag = ((ZeroMqDelivery) delivery).tag();
    if (parks && !closed.get()) {
      loop.submit(
          protocol ->
              protocol.writer().begin(command).i32(id).ranges(List.of(new TagRange(tag, 1))));
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
