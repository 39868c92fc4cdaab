package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;

/** DEST: what becomes of subscriptions when their topic is deleted. */
final class TopicDeletionScenarios {

  private static final String NAME = "d";

  private TopicDeletionScenarios() {}

  @Scenario(
      id = "DEST-80",
      title = "A durable subscription to a topic that was deleted and made again gets its messages",
      intent = "Nobody waits at a topic that is no more.",
      needs = Capability.DURABLE_SUBSCRIPTIONS)
  static void durable(ScenarioContext t) {
    hearsAfterDeletion(t, Messages.manualDurable(NAME));
  }

  @Scenario(
      id = "DEST-81",
      title = "So does a durable subscription that is shared",
      intent = "The same for those that several consume.",
      needs = {Capability.DURABLE_SUBSCRIPTIONS, Capability.SHARED_SUBSCRIPTIONS})
  static void shared(ScenarioContext t) {
    hearsAfterDeletion(
        t,
        SubscriptionOptions.builder().durable(NAME).shared(NAME).consumer(Messages.MANUAL).build());
  }

  private static void hearsAfterDeletion(ScenarioContext t, SubscriptionOptions options) {
    Topic topic = t.topic();
    t.removeAtEnd(topic, NAME);
    Connection connection = t.connect();
    connection.subscribe(topic, options).close();
    connection.delete(topic);
    connection.declare(topic);
    try (Subscription subscription = connection.subscribe(topic, options)) {
      Messages.send(connection, topic, "new");
      Check.equal(
          "new",
          Messages.takeText(subscription),
          "what the subscription gets from the topic that was made again",
          "whether the broker keeps subscriptions to a topic that was deleted");
    }
  }
}
