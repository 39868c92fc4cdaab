package io.anymq.spi;

import io.anymq.TopicPattern;

/** A link whose consumers take {@link Source.OfPattern} too. */
public interface TopicPatterns {

  /**
   * Removes a durable subscription to a pattern and what it has kept; one that does not exist is no
   * failure.
   *
   * @param pattern the pattern
   * @param name the subscription's name
   */
  void unsubscribe(TopicPattern pattern, String name);
}
