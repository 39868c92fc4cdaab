package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Link;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Faults of what a message is. */
final class MessageMutations {

  private MessageMutations() {}

  static final class Reorders extends Mutation {
    @Override
    List<InboundDelivery> received(List<InboundDelivery> batch) {
      List<InboundDelivery> reversed = new ArrayList<>(batch);
      Collections.reverse(reversed);
      return reversed;
    }
  }

  static final class CorruptsBodies extends Mutation {
    @Override
    Message received(Message message) {
      byte[] body = message.body();
      if (body.length > 30) {
        body[body.length - 1] ^= 1;
      }
      return message.toBuilder().body(body).build();
    }
  }

  static final class TruncatesLargeBodies extends Mutation {
    @Override
    Message received(Message message) {
      return message.bodyLength() <= 65_535
          ? message
          : message.toBuilder().body(Arrays.copyOf(message.body(), 65_535)).build();
    }
  }

  static final class WidensBytes extends Mutation {
    @Override
    Message received(Message message) {
      Message.Builder changed = message.toBuilder();
      message
          .properties()
          .forEach(
              (name, value) -> {
                if (value instanceof Byte small) {
                  changed.property(name, small.intValue());
                }
              });
      return changed.build();
    }
  }

  static final class EmptyIsAbsent extends Mutation {
    @Override
    Message received(Message message) {
      String correlationId = message.correlationId().filter(id -> !id.isEmpty()).orElse(null);
      return message.toBuilder().correlationId(correlationId).build();
    }
  }

  static final class DropsEmptyProperties extends Mutation {
    @Override
    Message received(Message message) {
      Message.Builder changed = message.toBuilder();
      for (Map.Entry<String, Object> each : message.properties().entrySet()) {
        if (each.getValue().equals("")) {
          changed.property(each.getKey(), null);
        }
      }
      return changed.build();
    }
  }

  static final class ReplyToIsQueue extends Mutation {
    @Override
    Message received(Message message) {
      Message.Builder changed = message.toBuilder();
      message.replyTo().ifPresent(to -> changed.replyTo(Queue.of(to.name())));
      return changed.build();
    }
  }

  static final class CountsSeconds extends Mutation {
    @Override
    Message received(Message message) {
      Instant cut =
          message.timestamp().map(at -> at.truncatedTo(ChronoUnit.SECONDS)).orElse(Instant.EPOCH);
      return message.toBuilder().timestamp(cut).build();
    }
  }

  static final class AlwaysPersistent extends Mutation {
    @Override
    Message received(Message message) {
      return message.toBuilder().persistent(true).build();
    }
  }

  static final class LosesExpiry extends Mutation {
    @Override
    Message received(Message message) {
      return message.toBuilder().expiresAt(null).build();
    }
  }

  static final class OwnIds extends Mutation {
    @Override
    Message received(Message message) {
      return message.toBuilder().id("ID:" + message.id().orElse("")).build();
    }
  }

  /** Puts a frame of its own around bodies, which its other end takes away. */
  static final class WrapsBodies extends Mutation {
    private static final int FRAME = 2;

    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      byte[] body = message.message().body();
      byte[] framed = new byte[body.length + FRAME];
      System.arraycopy(body, 0, framed, FRAME, body.length);
      producer.send(Outcomes.changed(message, message.message().toBuilder().body(framed).build()));
    }

    @Override
    Message received(Message message) {
      byte[] framed = message.body();
      byte[] body = Arrays.copyOfRange(framed, Math.min(FRAME, framed.length), framed.length);
      return message.toBuilder().body(body).build();
    }
  }

  static final class LosesReplyTo extends Mutation {
    @Override
    Message received(Message message) {
      return message.toBuilder().replyTo(null).build();
    }
  }

  /** Lets dead letters expire. */
  static final class MortalDeadLetters extends Mutation {
    @Override
    void send(Link link, LinkProducer producer, Destination to, OutboundMessage message) {
      Message.Builder sent = message.message().toBuilder();
      if (to.name().endsWith(Queue.DEAD_LETTER_SUFFIX)) {
        sent.expiresAt(Instant.now().plusSeconds(3_600));
      }
      producer.send(Outcomes.changed(message, sent.build()));
    }
  }
}
