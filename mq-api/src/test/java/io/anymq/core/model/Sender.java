package io.anymq.core.model;

import io.anymq.Destination;
import io.anymq.Producer;

/** A producer of a program. */
final class Sender {

  final int index;
  final int connection;
  final Destination to;
  final SessionOf session;
  Producer producer;
  int sent;
  boolean closed;

  /** The number of the last message that the broker has. */
  int lastStored;

  Sender(int index, int connection, Destination to, SessionOf session) {
    this.connection = connection;
    this.index = index;
    this.to = to;
    this.session = session;
  }

  Unit unit() {
    return session == null ? Unit.NONE : session.unit;
  }
}
