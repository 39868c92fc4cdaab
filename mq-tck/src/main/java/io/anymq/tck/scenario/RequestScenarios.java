package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.Connection;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** REQ: requests and their replies. */
final class RequestScenarios {

  private static final Duration PATIENCE = Check.LIMIT;
  private static final Duration IMPATIENCE = Duration.ofMillis(300);
  private static final String CHECK =
      "how replies find their request, and what becomes of those that nobody waits for";

  private RequestScenarios() {}

  /** Replies to everything with "re: " and the text. */
  private static void startReplier(ScenarioContext t, Queue queue) {
    Connection connection = t.connect();
    connection.createConsumer(
        queue,
        ConsumerOptions.DEFAULT,
        delivery -> connection.reply(delivery.message(), answer(delivery.message())));
  }

  private static Message answer(Message request) {
    return Message.text("re: " + request.text());
  }

  @Scenario(
      id = "REQ-01",
      title = "A request returns its reply",
      intent = "A question and its answer are one call.",
      needs = Capability.REQUEST_REPLY)
  static void reply(ScenarioContext t) {
    Queue queue = t.queue();
    startReplier(t, queue);
    Message reply = t.connect().request(queue, Message.text("a"), PATIENCE);
    Check.equal("re: a", reply.text(), "the reply", CHECK);
  }

  @Scenario(
      id = "REQ-02",
      title = "Each of many requests under way gets its own reply",
      intent = "Replies may come in any order.",
      needs = Capability.REQUEST_REPLY)
  static void manyAtOnce(ScenarioContext t) {
    Queue queue = t.queue();
    Connection requester = t.connect();
    Map<String, CompletableFuture<Message>> replies = new HashMap<>();
    for (String number : Messages.numbers(50)) {
      replies.put(number, requester.requestAsync(queue, Message.text(number), PATIENCE));
    }
    Connection replier = t.connect();
    List<Delivery> requests =
        new ArrayList<>(Messages.take(replier.createConsumer(queue, Messages.MANUAL), 50));
    Collections.reverse(requests);
    for (Delivery request : requests) {
      replier.reply(request.message(), answer(request.message()));
      request.accept();
    }
    replies.forEach(
        (number, reply) ->
            Check.equal(
                "re: " + number,
                Check.completes(reply, "request " + number, CHECK).text(),
                "the reply to request " + number,
                CHECK));
  }

  @Scenario(
      id = "REQ-03",
      title = "A request that nobody answers ends in time, and says so",
      intent = "Nobody waits for ever.",
      needs = Capability.REQUEST_REPLY)
  static void noReply(ScenarioContext t) throws Exception {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Check.within(
        IMPATIENCE.plusSeconds(5),
        () ->
            Check.refused(
                MessagingTimeoutException.class,
                () -> connection.request(queue, Message.text("a"), IMPATIENCE),
                "a request that nobody answers",
                CHECK),
        "a request of " + IMPATIENCE,
        CHECK);
    Check.refused(
        MessagingTimeoutException.class,
        () -> Check.outcome(connection.requestAsync(queue, Message.text("a"), IMPATIENCE)),
        "an asynchronous request that nobody answers",
        CHECK);
  }

  @Scenario(
      id = "REQ-04",
      title = "A reply that comes too late is dropped, and disturbs no later one",
      intent = "An old answer is never taken for the answer to another question.",
      needs = Capability.REQUEST_REPLY)
  static void lateReply(ScenarioContext t) {
    Connection requester = t.connect();
    Connection replier = t.connect();
    Queue queue = t.queue();
    Consumer requests = replier.createConsumer(queue);
    Check.refused(
        MessagingTimeoutException.class,
        () -> requester.request(queue, Message.text("old"), IMPATIENCE),
        "a request that nobody answers in time",
        CHECK);
    Message old = Messages.take(requests).message();
    CompletableFuture<Message> next = requester.requestAsync(queue, Message.text("new"), PATIENCE);
    Message fresh = Messages.take(requests).message();
    replier.reply(old, answer(old));
    replier.reply(fresh, answer(fresh));
    Message reply = Check.completes(next, "the second request", CHECK);
    Check.equal("re: new", reply.text(), "the reply to the second request", CHECK);
  }

  @Scenario(
      id = "REQ-05",
      title = "A reply to a requester that has gone is refused, and makes nothing",
      intent = "Nobody leaves queues behind that no one will ever read.",
      needs = Capability.REQUEST_REPLY)
  static void requesterGone(ScenarioContext t) {
    Connection requester = t.connect();
    Connection replier = t.connect();
    Queue queue = t.queue();
    CompletableFuture<Message> unused = requester.requestAsync(queue, Message.text("a"), PATIENCE);
    Message request = Messages.take(replier.createConsumer(queue)).message();
    Queue replies = (Queue) request.replyTo().orElseThrow();
    requester.close();
    Check.eventually(() -> !replier.exists(replies), "the reply queue to go", () -> replies, CHECK);
    Check.refused(
        DestinationNotFoundException.class,
        () -> replier.reply(request, answer(request)),
        "a reply to a requester that has gone",
        CHECK);
    Check.that(!replier.exists(replies), "no queue of that name", replies, CHECK);
  }

  @Scenario(
      id = "REQ-06",
      title = "Closing the connection ends requests that wait",
      intent = "Close does not leave threads waiting.",
      needs = Capability.REQUEST_REPLY)
  static void close(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Future<Message> waiting =
        t.inThread(() -> connection.request(queue, Message.text("a"), PATIENCE.multipliedBy(2)));
    Messages.take(t.connect().createConsumer(queue));
    connection.close();
    Check.refused(
        ClosedException.class,
        () -> Check.outcome(waiting),
        "a request whose connection is closed",
        CHECK);
  }

  @Scenario(
      id = "REQ-07",
      title = "A request may go to a topic; the first reply counts",
      intent = "Ask all, take the quickest.",
      needs = Capability.REQUEST_REPLY)
  static void topic(ScenarioContext t) {
    Topic topic = t.topic();
    Connection replier = t.connect();
    for (int i = 0; i < 2; i++) {
      replier.subscribe(
          topic,
          SubscriptionOptions.DEFAULT,
          delivery -> replier.reply(delivery.message(), answer(delivery.message())));
    }
    Connection requester = t.connect();
    for (String text : List.of("a", "b")) {
      Message reply = requester.request(topic, Message.text(text), PATIENCE);
      Check.equal("re: " + text, reply.text(), "the reply", CHECK);
    }
  }

  @Scenario(
      id = "REQ-08",
      title = "A listener may make a request and wait for the reply",
      intent = "A handler asks others.",
      needs = Capability.REQUEST_REPLY)
  static void fromAListener(ScenarioContext t) {
    Queue outer = t.queue();
    Queue inner = t.queue();
    startReplier(t, inner);
    Connection middle = t.connect();
    middle.createConsumer(
        outer,
        ConsumerOptions.DEFAULT,
        delivery ->
            middle.reply(
                delivery.message(), answer(middle.request(inner, Message.text("b"), PATIENCE))));
    CompletableFuture<Message> reply =
        t.connect().requestAsync(outer, Message.text("a"), PATIENCE.minusSeconds(1));
    String text = Check.completes(reply, "a request through a listener that asks", CHECK).text();
    Check.equal("re: re: b", text, "the reply through the listener", CHECK);
  }

  @Scenario(
      id = "REQ-09",
      title = "A stage behind an asynchronous request may make the next request",
      intent = "One thread for replies must not be blocked by those who wait for replies.",
      needs = Capability.REQUEST_REPLY)
  static void chained(ScenarioContext t) {
    Queue queue = t.queue();
    startReplier(t, queue);
    Connection connection = t.connect();
    CompletableFuture<Message> second =
        BlockingScenarios.behind(
            () -> connection.requestAsync(queue, Message.text("a"), PATIENCE),
            first -> connection.request(queue, answer(first), PATIENCE));
    Message reply = Check.completes(second, "a request in a stage behind another", CHECK);
    Check.equal("re: re: re: a", reply.text(), "the second reply", CHECK);
  }

  @Scenario(
      id = "REQ-10",
      title = "A request's reply-to is the library's",
      intent = "A reply that goes elsewhere is one that nobody waits for.",
      needs = Capability.REQUEST_REPLY)
  static void ownReplyTo(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message request = Message.text("a").toBuilder().replyTo(t.queue()).build();
    Check.refused(
        InvalidMessageException.class,
        () -> connection.request(queue, request, PATIENCE),
        "a request with a reply-to of its own",
        CHECK);
    Messages.empty(t, queue, "after a refused request", CHECK);
  }

  @Scenario(
      id = "REQ-11",
      title = "A correlation id of the application's own is kept, and used once at a time",
      intent = "Two questions of one name could not be told apart.",
      needs = Capability.REQUEST_REPLY)
  static void ownCorrelationId(ScenarioContext t) {
    Connection requester = t.connect();
    Connection replier = t.connect();
    Queue queue = t.queue();
    Message request = Message.text("a").toBuilder().correlationId("order-7").build();
    CompletableFuture<Message> first = requester.requestAsync(queue, request, PATIENCE);
    Check.refused(
        () -> requester.request(queue, request, PATIENCE),
        "a second request of the same correlation id",
        CHECK,
        ErrorCode.ILLEGAL_USE);
    Consumer requests = replier.createConsumer(queue);
    Message received = Messages.take(requests).message();
    Check.equal("order-7", received.correlationId().orElse(""), "the correlation id", CHECK);
    replier.reply(received, answer(received));
    Message reply = Check.completes(first, "the first request", CHECK);
    Check.equal("order-7", reply.correlationId().orElse(""), "the reply's correlation id", CHECK);
    Messages.marker(requester, queue, requests, "after a refused request", CHECK);
  }

  @Scenario(
      id = "REQ-12",
      title = "What asks for no reply cannot be replied to",
      intent = "A reply into nowhere is a fault of the program.")
  static void notARequest(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Message sent = connection.send(queue, Message.text("a"));
    Check.refused(
        InvalidMessageException.class,
        () -> connection.reply(sent, Message.text("b")),
        "a reply to a message without a reply-to",
        CHECK);
  }

  @Scenario(
      id = "REQ-13",
      title = "Requests work again after an outage",
      intent = "The way back is made again too.",
      needs = Capability.REQUEST_REPLY,
      controls = BrokerControl.CUT_NETWORK)
  static void afterAnOutage(ScenarioContext t) {
    Queue queue = t.queue();
    startReplier(t, queue);
    Outage outage = Outage.of(t);
    Connection connection = outage.connection();
    Message before = connection.request(queue, Message.text("a"), PATIENCE);
    Check.equal("re: a", before.text(), "the reply before the outage", CHECK);
    outage.cut();
    outage.restore();
    Message after = connection.request(queue, Message.text("b"), PATIENCE);
    Check.equal("re: b", after.text(), "the reply after the outage", CHECK);
  }
}
