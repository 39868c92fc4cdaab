package io.anymq.core.script;

import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import java.time.Duration;
import java.util.Optional;

/** Is told what the core does with the link, before it takes effect. */
public interface Observer {

  /** The core says that the application gets a delivery now. */
  void reported(ScriptedDelivery delivery);

  /** The core settles a delivery. */
  void settling(ScriptedDelivery delivery, Outcome outcome, Duration delay);

  /** The core hands a message to a producer. */
  void sending(String to, OutboundMessage message);

  /** The broker stores a message, in a queue or for a topic's subscriptions. */
  void storing(String to, Message message, boolean repeated, Optional<InboundDelivery> origin);

  /** The broker has refused a message for good. */
  void refused(String to, Message message);

  /** The core uses the link against its contract. */
  void misused(String what);
}
