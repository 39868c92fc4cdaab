package io.anymq.tck.mutants;

import io.anymq.DeadLetter;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessageTooLargeException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;

/** Faults of dead letters. */
final class LetterMutations {

  private LetterMutations() {}

  /** Has no room for the marks of the largest messages. */
  static final class NoRoomForMarks extends Mutation {
    private static final int MOST = 1_000_000;

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      if (size(message.message()) > MOST) {
        message.failed(new MessageTooLargeException("The message does not fit into a frame"));
      } else {
        producer.send(message);
      }
    }

    private static long size(Message message) {
      return message.bodyLength()
          + message.properties().entrySet().stream()
              .mapToLong(each -> each.getKey().length() + each.getValue().toString().length())
              .sum();
    }
  }

  /** Takes a dead letter that its queue refuses for one that is stored. */
  static final class DropsRefused extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message.origin().isPresent() ? Outcomes.alwaysConfirmed(message) : message);
    }
  }

  /** Repeats each dead letter, as if the answer to the first one had been lost. */
  static final class WritesTwice extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message);
      if (message.origin().isPresent()) {
        producer.send(Outcomes.unasked(message));
      }
    }
  }

  /** Puts the dead letters of a topic beside those of the queue of its name. */
  static final class TopicsAmongQueues extends Mutation {
    @Override
    Destination named(Destination destination) {
      String name = destination.name();
      return destination instanceof Queue && name.endsWith(Topic.DEAD_LETTER_SUFFIX)
          ? Queue.of(name.replace(Topic.DEAD_LETTER_SUFFIX, Queue.DEAD_LETTER_SUFFIX))
          : destination;
    }
  }

  /** Does not say whose dead letter it is. */
  static final class Nameless extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message nameless =
          message.message().toBuilder().property(DeadLetter.SUBSCRIPTION_PROPERTY, null).build();
      producer.send(Outcomes.changed(message, nameless));
    }
  }

  /** Makes dead letters of what could be read alone. */
  static final class ForgetsTheOrigin extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(message.origin().isPresent() ? Outcomes.withoutOrigin(message) : message);
    }
  }

  /** Takes the dead letter of a foreign message for one of its own: it has the library's marks. */
  static final class ForgetsWhatCame extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      producer.send(
          message.origin().flatMap(origin -> DeadLetter.of(origin.message())).isPresent()
              ? Outcomes.withoutOrigin(message)
              : message);
    }
  }

  /** Leaves the marks of the first burial as they are. */
  static final class TellsTheFirstReason extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message marked =
          message
              .origin()
              .flatMap(origin -> DeadLetter.of(origin.message()))
              .map(first -> first.mark(message.message()))
              .orElse(message.message());
      producer.send(Outcomes.changed(message, marked));
    }
  }
}
