package io.anymq.core.script;

import io.anymq.Destination;
import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingException;
import io.anymq.core.Lane;
import io.anymq.core.Simulation;
import io.anymq.spi.LinkProducer;
import io.anymq.spi.OutboundMessage;
import java.util.Optional;

/** A producer on a link, with the wire to the broker, and two back: answers may overtake. */
final class ScriptedProducer implements LinkProducer {

  private final ScriptedLink link;
  private final Destination destination;
  private final Lane wire;
  private final Lane answers;
  private final Lane otherAnswers;
  private boolean closed;

  ScriptedProducer(ScriptedLink link, Destination destination) {
    this.link = link;
    this.destination = destination;
    wire = link.simulation().lane(link + " producer for " + destination);
    answers = link.simulation().lane(link + " answers of " + destination);
    otherAnswers = link.simulation().lane(link + " other answers of " + destination);
  }

  @Override
  public void send(OutboundMessage message) {
    Simulation simulation = link.simulation();
    if (closed) {
      link.broker().observer().misused("sent with a closed producer: " + message.message());
    }
    link.broker().observer().sending(ScriptedBroker.whole(destination).toString(), message);
    if (simulation.chance(10)) {
      simulation.pause(); // the network pushes back
    }
    if (!link.isAlive()) {
      return;
    }
    if (wire.isIdle() && simulation.chance(30)) {
      arrive(message);
    } else {
      wire.add(() -> arrive(message));
    }
  }

  private void arrive(OutboundMessage message) {
    if (!link.broker().exists(destination)) {
      answer(() -> message.failed(new DestinationNotFoundException(destination + " is gone")));
      return;
    }
    Optional<MessagingException> refusal = link.broker().refusal(destination);
    if (refusal.isPresent()) {
      link.broker().observer().refused(destination.toString(), message.message());
      answer(() -> message.failed(refusal.get()));
    } else {
      link.broker().store(destination, message.message(), message.repeated(), message.origin());
      answer(message::confirmed);
    }
  }

  private void answer(Runnable answer) {
    Simulation simulation = link.simulation();
    if (link.swallowsAnswer()) {
      return;
    }
    if (simulation.chance(30)) {
      answer.run();
    } else {
      (simulation.chance(70) ? answers : otherAnswers).add(answer);
    }
  }

  /** What is on the wires goes with them. */
  void lost() {
    wire.clear();
    if (link.simulation().chance(70)) {
      answers.clear();
      otherAnswers.clear();
    }
  }

  @Override
  public void close() {
    closed = true;
    link.forget(this);
    link.simulation().remove(wire);
  }
}
