package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Support;
import io.anymq.spi.Link;
import java.util.EnumMap;
import java.util.Map;

/** What a link can do, and what the core adds to every link. */
final class CoreCapabilities {

  private CoreCapabilities() {}

  /** What a link implements for a capability that it declares. */
  static <T> T extension(Link link, Class<T> type) {
    if (!type.isInstance(link)) {
      throw new MessagingException(
          ErrorCode.BACKEND_FAILURE,
          "The adapter declares what needs %s, and its link does not implement it; this is a defect of the adapter"
              .formatted(type.getSimpleName()));
    }
    return type.cast(link);
  }

  static Capabilities of(Link link) {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    support.put(Capability.TRANSACTIONS, Support.EMULATED);
    support.put(Capability.DEAD_LETTER, Support.EMULATED);
    support.put(Capability.REDELIVERY_DELAY, Support.EMULATED);
    support.put(Capability.TIME_TO_LIVE, Support.EMULATED);
    support.put(Capability.TOPIC_SELECTORS, Support.EMULATED);
    support.putAll(link.capabilities());
    if (support.get(Capability.ATOMIC_TRANSACTIONS) == Support.NATIVE) {
      support.put(Capability.TRANSACTIONS, Support.NATIVE); // a commit is the backend's own
    }
    if (support.containsKey(Capability.TEMPORARY_QUEUES)) {
      support.put(Capability.REQUEST_REPLY, Support.EMULATED);
    }
    return new Capabilities(link.info().name(), support, link.advice());
  }
}
