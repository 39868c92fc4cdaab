package io.anymq.spi;

import io.anymq.Destination;
import io.anymq.Message;
import java.util.List;
import java.util.Optional;

/** A link that can do sends and settlements in one step. */
public interface AtomicCommit {

  /**
   * One send of a unit of work.
   *
   * @param destination where to
   * @param message the message; its id and timestamp are set
   * @param origin as {@link OutboundMessage#origin()}
   */
  record Send(Destination destination, Message message, Optional<InboundDelivery> origin) {

    /** A send that is no dead letter. */
    public Send(Destination destination, Message message) {
      this(destination, message, Optional.empty());
    }
  }

  /**
   * What one consumer's deliveries become.
   *
   * @param consumer the consumer
   * @param deliveries those to accept, in order
   */
  record Accept(LinkConsumer consumer, List<? extends InboundDelivery> deliveries) {}

  /** Whether a send with a delivery delay can be part of a commit. If not, the core refuses it. */
  default boolean takesDelayedSends() {
    return true;
  }

  /**
   * Does all of it or nothing, and returns when it is done. Blocks at most for the operation
   * time-out.
   *
   * @param sends the sends, in order
   * @param accepts the deliveries to accept
   * @throws io.anymq.SendInDoubtException when it is not known whether it was done
   * @throws io.anymq.MessagingException when nothing was done
   */
  void commit(List<Send> sends, List<Accept> accepts);
}
