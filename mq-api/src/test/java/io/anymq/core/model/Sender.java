package io.anymq.core.model;

import io.anymq.Destination;
import io.anymq.Producer;

/** A producer of a program. */
final class Sender {

  final int index;
  final Destination to;
  final SessionOf session;
  Producer producer;
  int sent;

  /** The number of the last message that the broker has. */
  int lastStored;

  Sender(int index, Destination to, SessionOf session) {
    this.index = index;
    this.to = to;
    this.session = session;
  }

  Unit unit() {
    return session == null ? Unit.NONE : session.unit;
  }
}
