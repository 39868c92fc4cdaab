package io.anymq.spi;

import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.time.Instant;
import java.util.Optional;

/** What a consumer takes its messages from. */
public sealed interface Source {

  /**
   * A queue.
   *
   * @param queue the queue
   */
  record OfQueue(Queue queue) implements Source {}

  /**
   * A subscription to a topic.
   *
   * @param topic the topic
   * @param terms what kind of subscription
   */
  record OfTopic(Topic topic, Terms terms) implements Source {}

  /**
   * A subscription to all topics that match a pattern.
   *
   * @param pattern the pattern
   * @param terms what kind of subscription
   */
  record OfPattern(TopicPattern pattern, Terms terms) implements Source {}

  /**
   * What kind of subscription.
   *
   * @param name the name of a durable or shared one; empty for a plain one
   * @param durable whether it keeps what is sent while nobody is there
   * @param shared whether several consumers share its messages
   * @param replayFrom where in the past it begins; empty: now
   */
  record Terms(
      Optional<String> name, boolean durable, boolean shared, Optional<Instant> replayFrom) {}
}
