package io.anymq.tck.mutants;

import io.anymq.Capability;
import io.anymq.Support;
import io.anymq.spi.LinkListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Faults of what a link says of itself, and of its end. */
final class LifeMutations {

  private LifeMutations() {}

  static final class HidesLinkLoss extends Mutation {
    @Override
    LinkListener listener(LinkListener listener) {
      return cause -> {};
    }
  }

  /** Leaves a thread behind; it ends by itself after a while, so that the tests stay clean. */
  static final class LeaksThread extends Mutation {
    @Override
    void closed() {
      CountDownLatch never = new CountDownLatch(1);
      Thread leak =
          new Thread(
              () -> {
                try {
                  boolean unused = never.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "anymq-leak");
      leak.setDaemon(true);
      leak.start();
    }
  }

  /** Declares what it does not do. */
  static final class Declares extends Mutation {
    private final Capability capability;

    Declares(Capability capability) {
      this.capability = capability;
    }

    @Override
    Map<Capability, Support> capabilities(Map<Capability, Support> declared) {
      Map<Capability, Support> more = new EnumMap<>(declared);
      more.put(capability, Support.NATIVE);
      return more;
    }
  }
}
