package io.anymq.core.model;

import io.anymq.core.Simulation;
import io.anymq.core.script.ScriptedDelivery;
import java.util.ArrayList;
import java.util.List;

/** A session's unit of work. */
final class Unit {

  /** What the application was told of it. */
  enum State {
    OPEN,
    COMMITTING,
    COMMITTED,
    ROLLED_BACK,
    IN_DOUBT
  }

  static final Unit NONE = new Unit();

  State state = State.OPEN;
  final List<Tracked> sends = new ArrayList<>();
  final List<ScriptedDelivery> deliveries = new ArrayList<>();

  /** What it has received comes again, if it does: when its consumers or the application said. */
  void comesAgain(Simulation simulation) {
    for (ScriptedDelivery delivery : deliveries) {
      delivery.due = simulation.nanoTime() + delivery.delay.toNanos();
      delivery.givenBack = simulation.next();
    }
  }

  /** A session that closes gives back at once what the application did not release later. */
  void comesAgainAtOnce() {
    for (ScriptedDelivery delivery : deliveries) {
      delivery.due = delivery.delayAsked ? delivery.due : 0;
    }
  }

  boolean isSent() {
    return sends.stream().allMatch(send -> send.stored > 0);
  }
}
