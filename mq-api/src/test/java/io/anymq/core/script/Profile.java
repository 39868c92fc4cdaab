package io.anymq.core.script;

import io.anymq.Capability;
import io.anymq.Support;
import io.anymq.spi.Link;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * What kind of adapter a scripted link is.
 *
 * @param inline whether listeners may run on the thread that delivers
 * @param releases whether the broker takes single messages back
 * @param delays whether it keeps a released message for a while
 * @param parks whether parked deliveries take no place of the prefetch
 * @param atomic whether a commit is one step
 * @param counts whether its count is that of hand-outs; otherwise it counts what was prefetched
 * @param selects whether the broker selects for subscriptions
 * @param bands whether priorities are left to the core
 * @param forgets whether a first hand-out is recorded only when the message goes back in order
 */
public record Profile(
    boolean inline,
    boolean releases,
    boolean delays,
    boolean parks,
    boolean atomic,
    boolean counts,
    boolean selects,
    boolean bands,
    boolean forgets) {

  /** One that records every hand-out at once. */
  public Profile(
      boolean inline,
      boolean releases,
      boolean delays,
      boolean parks,
      boolean atomic,
      boolean counts,
      boolean selects,
      boolean bands) {
    this(inline, releases, delays, parks, atomic, counts, selects, bands, false);
  }

  /** One without priorities. */
  public Profile(
      boolean inline,
      boolean releases,
      boolean delays,
      boolean parks,
      boolean atomic,
      boolean counts,
      boolean selects) {
    this(inline, releases, delays, parks, atomic, counts, selects, false);
  }

  /** Any one. */
  public static Profile any(Random random) {
    return new Profile(
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(4) == 0,
        random.nextBoolean());
  }

  Link.Dispatch dispatch() {
    return inline ? Link.Dispatch.INLINE : Link.Dispatch.HAND_OFF;
  }

  Map<Capability, Support> capabilities() {
    Map<Capability, Support> all = new EnumMap<>(Capability.class);
    for (Capability each :
        new Capability[] {
          Capability.PERSISTENCE,
          Capability.TIME_TO_LIVE,
          Capability.DELIVERY_DELAY,
          Capability.DELIVERY_COUNT,
          Capability.DURABLE_SUBSCRIPTIONS,
          Capability.SHARED_SUBSCRIPTIONS,
          Capability.QUEUE_SELECTORS,
          Capability.BOUNDED_QUEUES,
          Capability.REPLAY,
          Capability.TEMPORARY_QUEUES,
          Capability.QUEUE_DEPTH
        }) {
      all.put(each, Support.NATIVE);
    }
    all.put(Capability.KEY_ORDERING, Support.EMULATED);
    if (atomic) {
      all.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
    }
    if (bands) {
      all.put(Capability.PRIORITY, Support.EMULATED);
    }
    if (delays) {
      all.put(Capability.REDELIVERY_DELAY, Support.NATIVE);
    }
    if (selects) {
      all.put(Capability.TOPIC_SELECTORS, Support.NATIVE);
    }
    return all;
  }
}
