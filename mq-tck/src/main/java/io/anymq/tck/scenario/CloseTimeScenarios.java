package io.anymq.tck.scenario;

import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** LIFE: how long a close takes. */
final class CloseTimeScenarios {

  private static final int CONSUMERS = 12;

  private static final Duration TIME_OUT = Duration.ofSeconds(2);

  /** The time-out for each consumer would be 24 s; a native client may take some on its way out. */
  private static final Duration AT_MOST = Duration.ofSeconds(12);

  private static final String CHECK =
      "that close waits for all consumers at the same time, and then closes the link all the same";

  private CloseTimeScenarios() {}

  @Scenario(
      id = "LIFE-18",
      title = "The time limit of close holds for all consumers together",
      intent = "A program that must end, ends, however much it has open.",
      controls = BrokerControl.PAUSE)
  static void manyConsumers(ScenarioContext t) {
    Connection connection = t.connect();
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < CONSUMERS; i++) {
      Queue queue = t.queue();
      Consumer consumer = connection.createConsumer(queue, Messages.MANUAL);
      Messages.send(connection, queue, "m");
      held.add(Messages.take(consumer));
    }
    t.onClose(t.broker()::resume);
    t.broker().pause();
    Future<Boolean> closing =
        t.inThread(
            () -> {
              held.forEach(Delivery::accept);
              connection.close(TIME_OUT);
            });
    Check.eventually(
        AT_MOST,
        closing::isDone,
        "close(2 s) with " + CONSUMERS + " consumers to return",
        () -> "that it goes on",
        CHECK);
    Check.completes(closing, "close(2 s) while the broker is silent", CHECK);
  }
}
