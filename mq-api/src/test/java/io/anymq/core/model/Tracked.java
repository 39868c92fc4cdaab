package io.anymq.core.model;

import io.anymq.Destination;

/** A message that a program sends, and what is known of it. */
final class Tracked {

  /** What the application was told. */
  enum State {
    PENDING,
    CONFIRMED,
    NOT_SENT,
    IN_DOUBT
  }

  final String text;
  final Sender sender;
  final int number;
  final Destination to;
  final Unit unit;
  State state = State.PENDING;
  boolean ended;

  /** How often the core handed it to a link, and how often the broker refused it. */
  int attempts;

  int refused;
  int stored;

  /** Whether it lives for a while only. */
  boolean expires;

  /** How often the application got a copy of it. */
  int seen;

  Tracked(String text, Sender sender, int number, Destination to, Unit unit) {
    this.text = text;
    this.sender = sender;
    this.number = number;
    this.to = to;
    this.unit = unit;
  }

  boolean isHeldBack() {
    return unit != Unit.NONE && unit.state == Unit.State.OPEN;
  }

  @Override
  public String toString() {
    return "message '%s' to %s (%s)".formatted(text, to, state);
  }
}
