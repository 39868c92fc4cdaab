package io.anymq.tck.scenario;

import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionOptions;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Destination;
import io.anymq.InvalidOptionException;
import io.anymq.Message;
import io.anymq.MessageListener;
import io.anymq.Option;
import io.anymq.Producer;
import io.anymq.ProducerOptions;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.Session;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.TopicPattern;
import io.anymq.tck.Scenario;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** ERR and CONF: arguments that mean nothing. */
final class ArgumentScenarios {

  private static final String CHECK =
      "that each argument is checked on the caller's thread, before anything is done with it";

  private ArgumentScenarios() {}

  @Scenario(
      id = "ERR-50",
      title = "A null is refused where it is passed, and disturbs nobody",
      intent = "A mistake in one line does not take the connection from all others.")
  static void nulls(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Messages.send(connection, queue, "a");
    Consumer consumer = connection.createConsumer(queue);
    Delivery delivery = Messages.take(consumer);
    Map<Class<?>, Object> values = values(queue);
    refusesNulls(Connection.class, connection, values);
    refusesNulls(Producer.class, connection.createProducer(queue), values);
    refusesNulls(Consumer.class, consumer, values);
    refusesNulls(Delivery.class, delivery, values);
    if (t.supports(Capability.TRANSACTIONS)) {
      refusesNulls(Session.class, connection.createSession(), values);
    }
    delivery.accept();
    Messages.send(connection, queue, "b");
    Check.equal("b", Messages.takeText(consumer), "the next message", CHECK);
  }

  private static Map<Class<?>, Object> values(Queue queue) {
    Map<Class<?>, Object> values = new HashMap<>();
    values.put(Destination.class, queue);
    values.put(Queue.class, queue);
    values.put(Topic.class, Topic.of(queue.name()));
    values.put(TopicPattern.class, TopicPattern.of("a.*"));
    values.put(Message.class, Message.text("x"));
    values.put(String.class, "x");
    values.put(Duration.class, Duration.ofMillis(1));
    values.put(Class.class, String.class);
    values.put(int.class, 1);
    values.put(ConsumerOptions.class, ConsumerOptions.DEFAULT);
    values.put(ProducerOptions.class, ProducerOptions.DEFAULT);
    values.put(QueueOptions.class, QueueOptions.DEFAULT);
    values.put(SubscriptionOptions.class, SubscriptionOptions.DEFAULT);
    MessageListener listener = delivery -> {};
    values.put(MessageListener.class, listener);
    return values;
  }

  private static void refusesNulls(Class<?> type, Object target, Map<Class<?>, Object> values) {
    for (Method method : type.getMethods()) {
      Class<?>[] kinds = method.getParameterTypes();
      for (int i = 0; i < kinds.length; i++) {
        if (!kinds[i].isPrimitive()) {
          refusesNull(method, target, arguments(kinds, i, values), i);
        }
      }
    }
  }

  private static Object[] arguments(Class<?>[] kinds, int without, Map<Class<?>, Object> values) {
    Object[] arguments = new Object[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      arguments[i] = i == without ? null : values.get(kinds[i]);
      Check.that(
          i == without || arguments[i] != null, "a value of " + kinds[i], null, "this scenario");
    }
    return arguments;
  }

  private static void refusesNull(Method method, Object target, Object[] arguments, int position) {
    String what = "%s with null as parameter %d".formatted(method.toGenericString(), position);
    NullPointerException refusal =
        Check.refused(
            NullPointerException.class, () -> call(method, target, arguments), what, CHECK);
    String text = String.valueOf(refusal.getMessage());
    Check.that(text.endsWith(" must not be null"), "a name, and 'must not be null'", text, what);
  }

  private static void call(Method method, Object target, Object[] arguments) throws Exception {
    try {
      method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  @Scenario(
      id = "ERR-51",
      title = "A negative time-out is refused",
      intent = "A difference of two moments that came out wrong is not an empty queue.")
  static void negativeTimeouts(ScenarioContext t) {
    Connection connection = t.connect();
    Queue queue = t.queue();
    Consumer consumer = connection.createConsumer(queue);
    Producer producer = connection.createProducer(queue);
    Duration negative = Duration.ofMillis(-1);
    Map<String, Check.Action> calls =
        Map.of(
            "receive", () -> consumer.receive(negative),
            "receiveBatch", () -> consumer.receiveBatch(1, negative),
            "flush", () -> producer.flush(negative),
            "close", () -> connection.close(negative));
    calls.forEach(
        (name, call) -> Check.refused(InvalidOptionException.class, call, name + "(-1 ms)", CHECK));
    Messages.send(connection, queue, "a");
    Check.equal("a", Messages.takeText(consumer), "the message", CHECK);
  }

  @Scenario(
      id = "CONF-50",
      title = "A typed option is checked like its text",
      intent = "An option means the same, however it is given.")
  static void typedOptions(ScenarioContext t) {
    refused(() -> t.factory().option(ConnectionOptions.PREFETCH, -1), "a prefetch of -1");
    refused(
        () -> t.factory().option(ConnectionOptions.SEND_TIMEOUT, Duration.ofSeconds(-5)),
        "a send time-out of -5 s");
    Option<String> foreign = Option.text("option-of-nobody", null, "an option of another adapter");
    refused(() -> t.factory().option(foreign, "x").build(), "an option of another adapter");
  }

  @Scenario(
      id = "CONF-51",
      title = "Of two values none is silently dropped",
      intent = "What was said first is not forgotten.")
  static void twice(ScenarioContext t) {
    String url = t.harness().url(t.broker());
    String query = url + (url.contains("?") ? "&" : "?") + "prefetch=1&prefetch=2";
    refused(() -> io.anymq.ConnectionFactory.of(query), "an option twice in a URL");
    refused(() -> t.factory().option("prefetch", "1").option("prefetch", "2"), "an option twice");
    refused(
        () ->
            t.factory().option(ConnectionOptions.PREFETCH, 1).option(ConnectionOptions.PREFETCH, 2),
        "a typed option twice");
    refused(
        () -> SubscriptionOptions.builder().durable("x").shared("y"),
        "two names of one subscription");
    refused(
        () -> SubscriptionOptions.builder().replayFrom(Instant.EPOCH).replayAfter("1"),
        "two places to begin at");
    refused(
        () -> SubscriptionOptions.builder().replayAfter("1").replayFrom(Instant.EPOCH),
        "two places to begin at, the other way round");
    twoUsers(t, url.contains("//") ? url : url.replaceFirst(":", "://"));
  }

  /** An adapter may refuse a URL with a user for another reason; so the reason is looked at. */
  private static void twoUsers(ScenarioContext t, String url) {
    String user = url.replaceFirst("//([^/@]*@)?", "//somebody:secret@");
    Map<String, String> others = Map.of("user", "another", "password", "other");
    others.forEach(
        (option, other) -> {
          String what = "a " + option + " in the URL and another one as an option";
          String text =
              String.valueOf(
                  refused(() -> t.factory(user, Map.of(option, other)).build(), what).getMessage());
          String names = "a message that names the option '" + option + "'";
          Check.that(text.contains("the option '" + option + "'"), names, text, what);
        });
  }

  private static InvalidOptionException refused(Check.Action action, String what) {
    return Check.refused(InvalidOptionException.class, action, what, "the checks of options");
  }
}
