package io.anymq.core;

import io.anymq.Queue;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link BandedLink} whose backend commits in one step. */
final class AtomicBandedLink extends BandedLink implements AtomicCommit {

  AtomicBandedLink(Link link, Threads threads, Duration operationTimeout) {
    super(link, threads, operationTimeout);
  }

  @Override
  public boolean takesDelayedSends() {
    return as(AtomicCommit.class).takesDelayedSends();
  }

  @Override
  public void commit(List<Send> sends, List<Accept> accepts) {
    Map<Queue, Boolean> banded = new LinkedHashMap<>();
    List<Send> routed = sends.stream().map(send -> banded(send, banded)).toList();
    as(AtomicCommit.class).commit(routed, natives(accepts));
    for (Accept accept : accepts) {
      if (accept.consumer() instanceof BandedConsumer consumer) {
        consumer.accepted(accept.deliveries());
      }
    }
  }

  private Send banded(Send send, Map<Queue, Boolean> known) {
    if (send.destination() instanceof Queue queue && known.computeIfAbsent(queue, this::isBanded)) {
      return new Send(Bands.of(queue, send.message().priority()), send.message(), send.origin());
    }
    return send;
  }

  private static List<Accept> natives(List<Accept> accepts) {
    List<Accept> natives = new ArrayList<>();
    for (Accept accept : accepts) {
      if (accept.consumer() instanceof BandedConsumer) {
        Map<LinkConsumer, List<InboundDelivery>> byBand =
            BandedDelivery.byConsumer(accept.deliveries());
        byBand.forEach((consumer, deliveries) -> natives.add(new Accept(consumer, deliveries)));
      } else {
        natives.add(accept);
      }
    }
    return natives;
  }
}
