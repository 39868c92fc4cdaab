package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Order by key for a link that gives all messages of a source to one consumer at a time: lets one
 * message of a key out, and the next when that one is settled. Guarded by its buffer's lock.
 */
final class KeyGate {

  /**
   * How many messages may wait behind others of their keys, so that other keys go on; taken from
   * the broker beyond the prefetch. A guess: enough for a burst of one key, and little memory.
   */
  static final int WINDOW = 256;

  private final int most;
  private final IdentityHashMap<InboundDelivery, Attachment> inHand = new IdentityHashMap<>();

  /** Released with a delay: they come back by themselves, and hold nothing but their keys. */
  private final IdentityHashMap<InboundDelivery, Attachment> parked = new IdentityHashMap<>();

  private final Set<String> keys = new HashSet<>();

  /**
   * For one consumer.
   *
   * @param most how many deliveries may be unsettled in hand
   */
  KeyGate(int most) {
    this.most = most;
  }

  boolean allows(CoreDelivery delivery) {
    return inHand.size() < most && delivery.message().key().filter(keys::contains).isEmpty();
  }

  void out(CoreDelivery delivery) {
    inHand.put(delivery.inbound(), delivery.attachment());
    delivery.message().key().ifPresent(keys::add);
  }

  /** It is out of its consumer's hand, and comes back later. */
  void park(InboundDelivery delivery) {
    Attachment attachment = inHand.remove(delivery);
    if (attachment != null) {
      parked.put(delivery, attachment);
    }
  }

  /** It is settled, or comes back to be handed out again. */
  void back(InboundDelivery delivery) {
    boolean wasInHand = inHand.remove(delivery) != null;
    boolean wasParked = parked.remove(delivery) != null;
    if (wasInHand || wasParked) {
      Optional<String> key = delivery.message().key();
      key.ifPresent(keys::remove);
    }
  }

  /** What came over a lost link comes again; nobody waits for what is left of it in some hand. */
  void dropOf(Attachment lost) {
    List<InboundDelivery> gone = new ArrayList<>();
    for (Map<InboundDelivery, Attachment> each : List.of(inHand, parked)) {
      each.forEach(
          (delivery, attachment) -> {
            if (attachment == lost) {
              gone.add(delivery);
            }
          });
    }
    gone.forEach(this::back);
  }
}
