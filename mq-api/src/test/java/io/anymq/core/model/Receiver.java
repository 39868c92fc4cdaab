package io.anymq.core.model;

import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A consumer of a program, and what it holds. */
final class Receiver {

  final int index;
  final Destination source;
  final int connection;
  final Taste taste;
  final boolean listens;
  final SessionOf session;

  /** How often each message came again without the broker's doing. */
  final Map<String, Integer> times = new HashMap<>();

  final List<Delivery> held = new ArrayList<>();
  Consumer consumer;
  boolean closed;

  /** Whether it begins with the first message of its topic. */
  boolean replays;

  /** The time of the message that it got last, and all that it got. */
  Instant reached = Instant.EPOCH;

  /** Where that came from. */
  Object visit;

  final List<String> seen = new ArrayList<>();

  Receiver(
      int index,
      Destination source,
      int connection,
      Taste taste,
      boolean listens,
      SessionOf session) {
    this.index = index;
    this.source = source;
    this.connection = connection;
    this.taste = taste;
    this.listens = listens;
    this.session = session;
  }

  /** Whether its queue is prioritized by the core, which consumes ten in its place. */
  boolean banded;

  /** How many the core may ask its link for. */
  int asked() {
    return banded ? 2 * taste.prefetch() : taste.asked();
  }

  boolean isAutomatic() {
    return session == null && (listens ? !taste.manual() : taste.automatic());
  }

  @Override
  public String toString() {
    return "consumer %d of %s (%s%s%s)"
        .formatted(
            index,
            source,
            taste,
            listens ? ", a listener" : "",
            session == null ? "" : ", session");
  }
}
