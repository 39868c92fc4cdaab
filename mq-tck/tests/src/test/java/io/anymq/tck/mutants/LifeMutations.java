package io.anymq.tck.mutants;

import io.anymq.AuthenticationException;
import io.anymq.Capability;
import io.anymq.ConnectFailedException;
import io.anymq.Destination;
import io.anymq.MessagingTimeoutException;
import io.anymq.QueueOptions;
import io.anymq.Support;
import io.anymq.spi.Link;
import io.anymq.spi.LinkListener;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
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

  /** Does not take the silence of its broker for an answer. */
  static final class AsksAgain extends Mutation {
    private static final int TIMES = 20;

    @Override
    void declare(Link link, Destination destination, QueueOptions options) {
      boolean answered = false;
      for (int i = 0; i < TIMES && !answered; i++) {
        answered = answers(link, destination, options);
      }
    }

    private static boolean answers(Link link, Destination destination, QueueOptions options) {
      try {
        link.declare(destination, options);
        return true;
      } catch (MessagingTimeoutException e) {
        return false;
      }
    }
  }

  /** Leaves a thread behind, which ends when the rule has been judged. */
  static final class LeaksThread extends Mutation {
    private static final Queue<CountDownLatch> LEAKS = new ConcurrentLinkedQueue<>();

    @Override
    void closed() {
      CountDownLatch end = new CountDownLatch(1);
      LEAKS.add(end);
      Thread leak =
          new Thread(() -> KillGate.await(end, "the end of the rule that looks"), "anymq-leak");
      leak.setDaemon(true);
      leak.start();
    }

    static void endAll() {
      LEAKS.forEach(CountDownLatch::countDown);
      LEAKS.clear();
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

  /** What the native client says is the sentence. */
  static final class PassesNativeTextOn extends Mutation {
    @Override
    Link connect(LinkRequest request, Function<LinkRequest, Link> connecting) {
      try {
        return connecting.apply(request);
      } catch (ConnectFailedException e) {
        throw new ConnectFailedException("java.io.IOException: frame size out of bounds", e);
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
