package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConsumerOptions;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** REQ: what depends on the reply to an asynchronous request. */
final class RequestStageScenarios {

  private RequestStageScenarios() {}

  @Scenario(
      id = "REQ-50",
      title = "A stage behind an asynchronous request may block",
      intent = "A slow reader of one reply does not keep the others from theirs.",
      needs = Capability.REQUEST_REPLY)
  static void blockedReply(ScenarioContext t) throws InterruptedException {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Connection replier = t.connect();
    replier.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        request -> replier.reply(request.message(), Message.text("reply")));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    t.onClose(release::countDown);
    CompletableFuture<Void> blocked =
        BlockingScenarios.blockBehind(() -> ask(connection, queue), entered, release);
    Check.that(
        entered.await(Check.LIMIT.toMillis(), TimeUnit.MILLISECONDS),
        "the stage to run",
        "nothing",
        BlockingScenarios.STAGES);
    Message second =
        Check.completes(ask(connection, queue), "the next request", BlockingScenarios.STAGES);
    Check.equal("reply", second.text(), "the reply to the next request", BlockingScenarios.STAGES);
    release.countDown();
    Check.completes(blocked, "the stage", BlockingScenarios.STAGES);
  }

  private static CompletableFuture<Message> ask(Connection connection, Destination to) {
    return connection.requestAsync(to, Message.text("ask"), Check.LIMIT.multipliedBy(2));
  }
}
