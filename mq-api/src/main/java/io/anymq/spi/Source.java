package io.anymq.spi;

import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import java.time.Instant;
import java.util.Optional;

/** What a consumer takes its messages from. */
public sealed interface Source {

  /**
   * The source as messages name it: {@code queue 'orders'}, {@code subscription 'audit' of topic
   * 'prices'}.
   */
  default String describe() {
    if (this instanceof OfTopic of) {
      return of.terms().describe() + " of " + of.topic().describe();
    }
    return this instanceof OfPattern of
        ? "%s of topics '%s'".formatted(of.terms().describe(), of.pattern().expression())
        : ((OfQueue) this).queue().describe();
  }

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
   * @param replayFrom the moment in the past when it begins; empty: now
   * @param replayAfter the {@linkplain InboundDelivery#position() position} behind which it begins;
   *     never together with a moment. One that cannot be a position is refused with {@link
   *     io.anymq.InvalidOptionException}
   */
  record Terms(
      Optional<String> name,
      boolean durable,
      boolean shared,
      Optional<Instant> replayFrom,
      Optional<String> replayAfter) {

    /** Terms of a subscription that begins now. */
    public Terms(Optional<String> name, boolean durable, boolean shared) {
      this(name, durable, shared, Optional.empty(), Optional.empty());
    }

    private String describe() {
      return name.map("subscription '%s'"::formatted).orElse("a plain subscription");
    }

    /** Whether it begins in the past. */
    public boolean replays() {
      return replayFrom.isPresent() || replayAfter.isPresent();
    }
  }
}
