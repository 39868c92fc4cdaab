package io.anymq.core.model;

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

  boolean isSent() {
    return sends.stream().allMatch(send -> send.stored > 0);
  }
}
