package io.anymq.tck.reference;

import io.anymq.Capability;
import io.anymq.Options;
import io.anymq.Support;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** What the reference adapter declares, by its options. */
final class MemoryCapabilities {

  private static final Set<Capability> NATIVE =
      Set.of(
          Capability.PERSISTENCE,
          Capability.PRIORITY,
          Capability.DELIVERY_DELAY,
          Capability.DELIVERY_COUNT,
          Capability.DURABLE_SUBSCRIPTIONS,
          Capability.SHARED_SUBSCRIPTIONS,
          Capability.TOPIC_PATTERNS,
          Capability.BROWSE,
          Capability.PURGE,
          Capability.TEMPORARY_QUEUES,
          Capability.BOUNDED_QUEUES,
          Capability.KEY_ORDERING,
          Capability.QUEUE_SELECTORS,
          Capability.REPLAY,
          Capability.QUEUE_DEPTH,
          Capability.IN_FLIGHT_COUNT);

  private MemoryCapabilities() {}

  static Map<Capability, Support> of(Options options) {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    NATIVE.forEach(capability -> support.put(capability, Support.NATIVE));
    if (options.get(MemoryBackend.ATOMIC_COMMIT)) {
      support.put(Capability.ATOMIC_TRANSACTIONS, Support.NATIVE);
    }
    if (options.get(MemoryBackend.KEYS_BY_TURN)) {
      support.put(Capability.KEY_ORDERING, Support.EMULATED);
    }
    if (options.get(MemoryBackend.PRIORITY_BY_BANDS)) {
      support.put(Capability.PRIORITY, Support.EMULATED);
    }
    options.get(MemoryBackend.WITHHOLD).forEach(support::remove);
    return support;
  }
}
