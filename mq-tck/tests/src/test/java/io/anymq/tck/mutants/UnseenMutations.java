package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.util.List;
import java.util.Optional;

/** Faults of counting what no application was given. */
final class UnseenMutations {

  private UnseenMutations() {}

  /** Takes every delivery for one that an application has had. */
  static final class CountsThem extends Mutation {
    @Override
    List<InboundDelivery> received(List<InboundDelivery> batch) {
      return batch.stream().<InboundDelivery>map(Counted::new).toList();
    }
  }

  /** A delivery whose hand-out nobody records, so that the native count has to do. */
  record Counted(InboundDelivery original) implements InboundDelivery {

    @Override
    public Message message() {
      return original.message();
    }

    @Override
    public Destination destination() {
      return original.destination();
    }

    @Override
    public boolean redelivered() {
      return original.redelivered();
    }

    @Override
    public int deliveryCount() {
      return original.deliveryCount();
    }

    @Override
    public Optional<String> position() {
      return original.position();
    }

    @Override
    public Optional<InvalidMessageException> undecodable() {
      return original.undecodable();
    }
  }
}
