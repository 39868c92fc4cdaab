package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Support;
import io.anymq.spi.Link;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What a link can do, and what the core adds to every link. */
final class CoreCapabilities {

  /** What needs the core's help on every backend, and does not have it yet. */
  private static final Set<Capability> NOT_YET =
      EnumSet.of(Capability.REDELIVERY_DELAY, Capability.REQUEST_REPLY);

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
    support.putAll(link.capabilities());
    support.keySet().removeAll(NOT_YET);
    return new Capabilities(link.info().name(), support);
  }
}
