package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.ConnectFailedException;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.DestinationNotFoundException;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MissingDestination;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.tck.Scenario;
import io.anymq.tck.broker.BrokerControl;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** ERR: bad input and what goes wrong. */
final class ErrorScenarios {

  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** What a connect may take beyond its time-out. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  private static final String TRANSLATED = "how the adapter translates what it did not understand";

  private ErrorScenarios() {}

  @Scenario(
      id = "ERR-01",
      title = "A wrong port fails in time, with a sentence",
      intent = "The commonest mistake is found at once.")
  static void wrongPort(ScenarioContext t) throws Exception {
    int port = FreePort.closed();
    MessagingException failure = connectFails(t, port);
    String text = String.valueOf(failure.getMessage());
    Check.that(
        text.contains(Integer.toString(port)), "a message that names the address", text, "ERR");
    Check.that(failure.isTransient(), "a transient failure", failure.code(), "the error's code");
  }

  @Scenario(
      id = "ERR-02",
      title = "A peer that says nothing fails in time",
      intent = "A port that takes connections is not yet a broker.")
  static void silentPeer(ScenarioContext t) throws Exception {
    try (ServerSocket silent = FreePort.open()) {
      connectFails(t, silent.getLocalPort());
    }
  }

  @Scenario(
      id = "ERR-03",
      title = "A peer that speaks another protocol fails in time",
      intent = "A web server on the port is named as what it is: no broker of this kind.")
  static void otherProtocol(ScenarioContext t) throws Exception {
    try (ServerSocket server = FreePort.open()) {
      var unused = t.inThread(() -> answerAsWebServer(server));
      int port = server.getLocalPort();
      String text = String.valueOf(connectFails(t, port).getMessage());
      boolean addressed = t.harness().urlOfPort(port).contains(":" + port);
      Check.that(
          !addressed || (text.contains(":" + port) && text.contains("answers")),
          "a message that says what answers where",
          text,
          TRANSLATED);
      Check.that(
          !text.contains("Exception") && !text.contains("frame"),
          "a message without the native client's text",
          text,
          TRANSLATED);
    }
  }

  @Scenario(
      id = "ERR-04",
      title = "Wrong credentials are refused as such",
      intent = "A password that is wrong is not a network that is down.")
  static void credentials(ScenarioContext t) {
    String url = t.harness().url(t.broker()).replaceFirst("//[^/@]*@", "//");
    ConnectionFactory.Builder builder =
        t.factory(
            url, Map.of("user", "anymq-nobody", "password", "wrong", "connect-timeout", "5s"));
    ErrorCode[] codes =
        t.harness().authenticates()
            ? new ErrorCode[] {ErrorCode.AUTHENTICATION_FAILED}
            : new ErrorCode[] {
              ErrorCode.AUTHENTICATION_FAILED, ErrorCode.INVALID_OPTION, ErrorCode.CONNECT_FAILED
            };
    Check.refused(
        () -> t.connect(builder),
        "connecting with a user and a password that the broker does not know",
        "that credentials reach the broker, or are refused where they cannot",
        codes);
  }

  @Scenario(
      id = "ERR-05",
      title = "A broker that is not up fails in time, and works once it is",
      intent = "Start order is not a matter of luck.",
      controls = {BrokerControl.STOP, BrokerControl.RESTART},
      limitSeconds = 180)
  static void notUp(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Messages.send(t.connect(), queue, "before");
    t.onClose(t.broker()::ensureUp);
    t.broker().stop();
    Check.within(
        CONNECT.plus(SLACK),
        () ->
            Check.refused(
                ConnectFailedException.class,
                () -> t.connect(o -> o.option("connect-timeout", CONNECT.toSeconds() + "s")),
                "connecting to a broker that is down",
                "the connect time-out"),
        "a connect with a time-out of " + CONNECT.toSeconds() + " s",
        "the connect time-out");
    t.broker().restart();
    Connection connection = t.connect();
    Consumer consumer = connection.createConsumer(queue);
    if (connection.capabilities().supports(Capability.PERSISTENCE)) {
      Check.equal("before", Messages.takeText(consumer), "what was accepted before", "the restart");
    }
    Messages.send(connection, queue, "after");
    Check.equal("after", Messages.takeText(consumer), "what is sent after it", "the restart");
  }

  @Scenario(
      id = "ERR-06",
      title = "Bytes that are no protocol's disturb nobody",
      intent = "A port scanner is no denial of service.")
  static void garbage(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    t.harness().sendGarbage(t.broker());
    Messages.send(connection, queue, "a");
    Check.equal("a", Messages.takeText(consumer), "the message", "what garbage does to the broker");
    Messages.send(t.connect(), queue, "b");
    Check.equal("b", Messages.takeText(consumer), "the message", "what garbage does to the broker");
  }

  @Scenario(
      id = "ERR-07",
      title = "A call that asks the broker ends within its time limit",
      intent = "A silent broker holds nobody for ever.",
      controls = {BrokerControl.PAUSE, BrokerControl.CUT_NETWORK})
  static void operationTimeout(ScenarioContext t) throws Exception {
    Queue queue = t.queue();
    Queue missing = t.newQueue();
    Connection direct = t.connect(o -> o.option("operation-timeout", "1s"));
    Connection proxied =
        t.connectProxied(o -> o.option("operation-timeout", "1s"), (which, state, cause) -> {});
    t.onClose(t.broker()::resume);
    t.broker().pause();
    endsInTime(() -> direct.declare(missing), "declare with a broker that is silent");
    endsInTime(() -> direct.exists(queue), "exists with a broker that is silent");
    t.broker().resume();
    t.onClose(t.broker()::restoreNetwork);
    t.broker().cutNetwork();
    endsInTime(() -> proxied.declare(missing), "declare without a network");
  }

  private static void endsInTime(Check.Action call, String what) throws Exception {
    MessagingException failure =
        Check.within(
            Duration.ofSeconds(5),
            () ->
                Check.refused(
                    call,
                    what,
                    "the operation time-out",
                    ErrorCode.TIMEOUT,
                    ErrorCode.CONNECTION_LOST),
            what + " and a time limit of 1 s",
            "the operation time-out");
    Check.that(failure.isTransient(), "a transient failure", failure.code(), "the error's code");
  }

  @Scenario(
      id = "ERR-08",
      title = "A connection that cannot be made leaves nothing behind",
      intent = "Trying again a thousand times uses nothing up.")
  static void leavesNothing(ScenarioContext t) {
    ThreadWatch.noneLeftBy(() -> connectInVain(t));
  }

  private static void connectInVain(ScenarioContext t) {
    for (int i = 0; i < 3; i++) {
      ConnectionFactory factory =
          ConnectionFactory.builder()
              .url(t.harness().urlOfPort(FreePort.closed()))
              .option("connect-timeout", "1s")
              .build();
      Check.refused(
          MessagingException.class,
          () -> t.keep(t.under(factory).connect()),
          "connecting where nobody listens",
          "connect");
    }
  }

  @Scenario(
      id = "ERR-52",
      title = "A missing queue is missing in one wording, whatever is asked of it",
      intent = "Who searches a log for the sentence finds every place.")
  static void missingQueue(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.newQueue();
    ProducerOptions producer =
        ProducerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    ConsumerOptions consumer =
        ConsumerOptions.builder().missingDestination(MissingDestination.FAIL).build();
    saysMissing(queue, () -> connection.createProducer(queue, producer), "a producer");
    saysMissing(queue, () -> connection.createConsumer(queue, consumer), "a consumer");
    if (t.supports(Capability.QUEUE_DEPTH)) {
      saysMissing(queue, () -> connection.depth(queue), "the depth");
    }
    if (t.supports(Capability.BROWSE)) {
      saysMissing(queue, () -> connection.createBrowser(queue).close(), "a browser");
    }
    if (t.supports(Capability.PURGE)) {
      saysMissing(queue, () -> connection.purge(queue), "purge");
    }
    connection.declare(queue);
    Producer late = connection.createProducer(queue, producer);
    late.send("before");
    t.observer().delete(queue);
    saysMissing(queue, () -> late.send("after"), "a send after the deletion");
  }

  private static void saysMissing(Queue queue, Check.Action action, String what) {
    String text =
        String.valueOf(
            Check.refused(DestinationNotFoundException.class, action, what, TRANSLATED)
                .getMessage());
    String words = "queue '%s' does not exist".formatted(queue.name());
    Check.that(text.contains(words), what + " to say: " + words, text, TRANSLATED);
  }

  private static MessagingException connectFails(ScenarioContext t, int port) throws Exception {
    ConnectionFactory.Builder builder =
        t.factory(
            t.harness().urlOfPort(port), Map.of("connect-timeout", CONNECT.toSeconds() + "s"));
    return Check.within(
        CONNECT.plus(SLACK),
        () ->
            Check.refused(
                ConnectFailedException.class,
                () -> t.connect(builder),
                "connecting to a port without a broker",
                "what the native client does until its time-out, and the error translator"),
        "a connect with a time-out of " + CONNECT.toSeconds() + " s",
        "that the connect time-out covers the handshake too");
  }

  private static void answerAsWebServer(ServerSocket server) throws IOException {
    byte[] answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    while (!server.isClosed()) {
      answer(server.accept(), answer);
    }
  }

  private static boolean answer(Socket client, byte[] answer) {
    try (client) {
      client.getOutputStream().write(answer);
      return true;
    } catch (IOException e) {
      return false; // the client hung up first
    }
  }
}
