package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.util.List;

/** RDLV: what is on its way when the network fails. */
final class SwallowScenarios {

  private static final String ONCE =
      "that an unconfirmed dead letter is not sent over the next link: its message comes again";

  private SwallowScenarios() {}

  @Scenario(
      id = "RDLV-49",
      title =
          "A rejected message whose dead letter is on its way when the network fails has one dead letter",
      intent = "Who looks through the dead letters finds each message once.",
      needs = Capability.DEAD_LETTER,
      controls = {BrokerControl.CUT_NETWORK, BrokerControl.SWALLOW})
  static void oneLetter(ScenarioContext t) {
    Queue queue = t.queue();
    Outage outage = Outage.of(t);
    Connection connection = outage.connection();
    Consumer morgue = morgue(t, connection, queue);
    Consumer consumer = connection.createConsumer(queue, Messages.manual(10));
    Messages.send(connection, queue, "1", "2", "3");
    List<Delivery> held = Messages.take(consumer, 3);
    outage.swallowRequests();
    held.forEach(each -> each.reject("nobody hears of it"));
    outage.cut();
    outage.restore();
    Messages.take(consumer, 3).forEach(each -> each.reject("everybody hears of it"));
    List<String> letters = Messages.takeTexts(morgue, 3).stream().sorted().toList();
    Check.equal(List.of("1", "2", "3"), letters, "the dead letters", ONCE);
    Messages.marker(connection, queue.deadLetterQueue(), morgue, "beside one of each", ONCE);
  }

  /** What waits for nobody to make the dead-letter queue, and a producer for it, is on its way. */
  private static Consumer morgue(ScenarioContext t, Connection connection, Queue queue) {
    Messages.send(connection, queue, "0");
    try (Consumer first = connection.createConsumer(queue, Messages.manual(1))) {
      Messages.take(first).reject("the dead-letter queue is made");
    }
    Consumer morgue = t.connect().createConsumer(queue.deadLetterQueue(), Messages.MANUAL);
    Check.equal("0", Messages.takeText(morgue), "the first dead letter", ONCE);
    return morgue;
  }
}
