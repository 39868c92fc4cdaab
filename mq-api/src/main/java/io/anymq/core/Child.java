package io.anymq.core;

import io.anymq.MessagingException;
import io.anymq.spi.Link;

/**
 * What lives on a link and moves to the next one: a producer or a consumer. Called by the thread
 * that made it, and by the connection's recovery thread.
 */
interface Child {

  /**
   * The link is lost; use it no more. Returns at once.
   *
   * @param epoch the lost link's number
   */
  void detach(long epoch);

  /**
   * Opens the native counterpart on a link. Does nothing when that has been done for this epoch, or
   * when closed.
   *
   * @param link the link
   * @param epoch its number, one higher with each link
   * @throws MessagingException when the link is lost meanwhile, or the backend refuses
   */
  void attach(Link link, long epoch);

  /**
   * The connection could not recover this one, and never will; it ends with this failure.
   *
   * @param cause why
   */
  void fail(MessagingException cause);

  /** What it is, for messages: {@code the consumer of queue 'orders'}. */
  String describe();

  /** Looks whether a time limit has passed. Called ten times a second; returns at once. */
  default void tick() {}
}
