package io.anymq.tck.mutants;

import io.anymq.AuthenticationException;
import io.anymq.Capability;
import io.anymq.ConnectFailedException;
import io.anymq.Destination;
import io.anymq.Support;
import io.anymq.spi.Link;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

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

  static final class MisnamesAuthentication extends Mutation {
    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      try {
        return connecting.apply(request);
      } catch (AuthenticationException e) {
        throw new ConnectFailedException("Nobody answers", e);
      }
    }
  }

  static final class TellsSecrets extends Mutation {
    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      try {
        return connecting.apply(request);
      } catch (ConnectFailedException e) {
        throw new ConnectFailedException(
            request.user() + " with " + request.password() + " is not let in", e);
      }
    }
  }

  static final class IgnoresNativeNames extends Mutation {
    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      return connecting.apply(
          new LinkRequest(
              request.url(), request.options(), NativeNames.none(), request.listener()));
    }
  }

  /** Declares more on every second link. */
  static final class DeclaresByTurns extends Mutation {
    private static final AtomicInteger LINKS = new AtomicInteger();

    private final Support browse =
        LINKS.incrementAndGet() % 2 == 0 ? Support.NATIVE : Support.EMULATED;

    @Override
    Map<Capability, Support> capabilities(Map<Capability, Support> declared) {
      Map<Capability, Support> other = new EnumMap<>(declared);
      other.put(Capability.BROWSE, browse);
      return other;
    }
  }

  /** Loses its place in the stream when bytes arrive that are not of its protocol. */
  static final class ConfusedByGarbage extends Mutation {
    private static final Set<String> CONFUSED = ConcurrentHashMap.newKeySet();

    private String url = "";

    static void garbage(String url) {
      CONFUSED.add(url);
    }

    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      url = request.url().toString();
      return connecting.apply(request);
    }

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (CONFUSED.contains(url)) {
        message.confirmed();
      } else {
        producer.send(message);
      }
    }
  }
}
