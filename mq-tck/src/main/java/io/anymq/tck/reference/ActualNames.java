package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Source;

/**
 * What configuration means by the destinations that an application names. Immutable.
 *
 * @param names the configured names
 */
record ActualNames(NativeNames names) {

  Queue of(Queue queue) {
    return names.of(queue).map(Queue::of).orElse(queue);
  }

  Topic of(Topic topic) {
    return names.of(topic).map(Topic::of).orElse(topic);
  }

  Destination of(Destination destination) {
    return destination instanceof Queue queue ? of(queue) : of((Topic) destination);
  }

  /** A pattern means what it says. */
  Source of(Source source) {
    if (source instanceof Source.OfQueue of) {
      return new Source.OfQueue(of(of.queue()));
    }
    return source instanceof Source.OfTopic of
        ? new Source.OfTopic(of(of.topic()), of.terms())
        : source;
  }
}
