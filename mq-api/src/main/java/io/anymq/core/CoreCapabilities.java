package io.anymq.core;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.Support;
import io.anymq.spi.Link;
import java.util.EnumMap;
import java.util.Map;

/** What a link can do, and what the core adds to every link. */
final class CoreCapabilities {

  private CoreCapabilities() {}

  static Capabilities of(Link link) {
    Map<Capability, Support> support = new EnumMap<>(Capability.class);
    support.put(Capability.TRANSACTIONS, Support.EMULATED);
    support.put(Capability.DEAD_LETTER, Support.EMULATED);
    support.putAll(link.capabilities());
    return new Capabilities(link.info().name(), support);
  }
}
