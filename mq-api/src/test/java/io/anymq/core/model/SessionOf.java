package io.anymq.core.model;

import io.anymq.Session;

/** A session of a program. */
final class SessionOf {
  final int connection;
  Session session;
  boolean closed;
  Unit unit = new Unit();

  SessionOf(int connection) {
    this.connection = connection;
  }
}
