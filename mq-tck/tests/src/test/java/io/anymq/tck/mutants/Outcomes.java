package io.anymq.tck.mutants;

import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.OutboundMessage;
import java.util.Optional;

/** Messages that mutants send in place of, or beside, what they were given. */
final class Outcomes {

  private Outcomes() {}

  /** Another message with the outcome of this one. */
  static OutboundMessage changed(OutboundMessage original, Message message) {
    return new OutboundMessage() {
      @Override
      public Message message() {
        return message;
      }

      @Override
      public Optional<InboundDelivery> origin() {
        return original.origin();
      }

      @Override
      public boolean repeated() {
        return original.repeated();
      }

      @Override
      public void confirmed() {
        original.confirmed();
      }

      @Override
      public void failed(MessagingException cause) {
        original.failed(cause);
      }
    };
  }

  /** The same, as if it had never been sent before. */
  static OutboundMessage unmarked(OutboundMessage original) {
    return new OutboundMessage() {
      @Override
      public Message message() {
        return original.message();
      }

      @Override
      public Optional<InboundDelivery> origin() {
        return original.origin();
      }

      @Override
      public void confirmed() {
        original.confirmed();
      }

      @Override
      public void failed(MessagingException cause) {
        original.failed(cause);
      }
    };
  }

  /** The same, as if it were nobody's dead letter. */
  static OutboundMessage withoutOrigin(OutboundMessage original) {
    return new OutboundMessage() {
      @Override
      public Message message() {
        return original.message();
      }

      @Override
      public boolean repeated() {
        return original.repeated();
      }

      @Override
      public void confirmed() {
        original.confirmed();
      }

      @Override
      public void failed(MessagingException cause) {
        original.failed(cause);
      }
    };
  }

  /** A message whose refusal counts as a confirmation. */
  static OutboundMessage alwaysConfirmed(OutboundMessage original) {
    return new OutboundMessage() {
      @Override
      public Message message() {
        return original.message();
      }

      @Override
      public void confirmed() {
        original.confirmed();
      }

      @Override
      public void failed(MessagingException cause) {
        original.confirmed();
      }
    };
  }

  /** A copy whose outcome nobody asks for. */
  static OutboundMessage unasked(OutboundMessage original) {
    return unasked(original.message());
  }

  /** A message whose outcome nobody asks for. */
  static OutboundMessage unasked(Message message) {
    return new OutboundMessage() {
      @Override
      public Message message() {
        return message;
      }

      @Override
      public void confirmed() {}

      @Override
      public void failed(MessagingException cause) {}
    };
  }
}
