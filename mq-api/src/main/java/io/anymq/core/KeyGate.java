package io.anymq.core;

import io.anymq.spi.InboundDelivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
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

  /** It is settled, or comes back from its consumer to be handed out again. */
  void back(InboundDelivery delivery) {
    if (inHand.remove(delivery) != null) {
      Optional<String> key = delivery.message().key();
      key.ifPresent(keys::remove);
    }
  }

  /** What came over a lost link comes again; nobody waits for what is left of it in some hand. */
  void dropOf(Attachment lost) {
    List<InboundDelivery> gone = new ArrayList<>();
    inHand.forEach(
        (delivery, attachment) -> {
          if (attachment == lost) {
            gone.add(delivery);
          }
        });
    gone.forEach(this::back);
  }
}
