package io.anymq.tck.scenario;

import io.anymq.Capabilities;
import io.anymq.Capability;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionListener;
import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * What a scenario works with: connections to the backend under test, destinations that nobody else
 * has, and threads. Takes away what it has given when it is closed. Used by the scenario's threads.
 */
public final class ScenarioContext {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  private final BackendHarness harness;
  private final BrokerHandle broker;
  private final Connection janitor;
  private final OldQueues oldQueues;
  private final String prefix;
  private final UnaryOperator<ConnectionFactory> api;
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private final Set<Destination> destinations = new LinkedHashSet<>();
  private final List<AutoCloseable> subscriptions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Makes a context for one scenario.
   *
   * @param harness the backend
   * @param broker its broker
   * @param janitor a connection of the run, which removes destinations
   * @param oldQueues queues that were made at the beginning of the run
   * @param prefix begins the names of destinations; unique for run and rule
   * @param api what every factory passes through, as for {@link io.anymq.tck.TckRun#open}
   */
  public ScenarioContext(
      BackendHarness harness,
      BrokerHandle broker,
      Connection janitor,
      OldQueues oldQueues,
      String prefix,
      UnaryOperator<ConnectionFactory> api) {
    this.harness = harness;
    this.broker = broker;
    this.janitor = janitor;
    this.oldQueues = oldQueues;
    this.prefix = prefix.toLowerCase(Locale.ROOT);
    this.api = api;
  }

  /** The backend under test. */
  public BackendHarness harness() {
    return harness;
  }

  /** Its broker. */
  public BrokerHandle broker() {
    return broker;
  }

  /** What it declares. */
  public Capabilities capabilities() {
    return janitor.capabilities();
  }

  /** Whether it declares that. */
  public boolean supports(Capability capability) {
    return capabilities().supports(capability);
  }

  /** A connection of the run, to look at destinations with; not for closing. */
  public Connection observer() {
    return janitor;
  }

  /** A portable name that nobody else has. */
  public synchronized String freshName() {
    return prefix + "." + destinations.size();
  }

  /** A queue that nobody else has; it does not exist yet, and is deleted at the end. */
  public synchronized Queue newQueue() {
    Queue queue = Queue.of(freshName());
    adopt(queue);
    return queue;
  }

  /** A queue that nobody else has; it exists and is empty. */
  public Queue queue() {
    Queue queue = newQueue();
    janitor.declare(queue);
    return queue;
  }

  /** A queue that nobody else has, made some seconds ago, for rules that kill the broker. */
  public synchronized Queue oldQueue() {
    Queue queue = oldQueues.take();
    adopt(queue);
    return queue;
  }

  /** Waits until all that was made so far is as old as {@link #oldQueue}. */
  void growOld() {
    OldQueues.awaitAge(System.nanoTime());
  }

  /** A topic that nobody else has; it does not exist yet, and is deleted at the end. */
  public synchronized Topic newTopic() {
    Topic topic = Topic.of(freshName());
    adopt(topic);
    return topic;
  }

  /** A topic that nobody else has; it exists. */
  public Topic topic() {
    Topic topic = newTopic();
    janitor.declare(topic);
    return topic;
  }

  /** Has a destination deleted at the end, with its dead-letter queue. */
  public synchronized void adopt(Destination destination) {
    destinations.add(destination);
  }

  /** Has a durable subscription removed at the end. */
  public synchronized void removeAtEnd(Topic topic, String subscription) {
    subscriptions.add(() -> unsubscribe(topic, subscription));
  }

  /**
   * A broker may take its time to notice that a consumer was cut off, and until then it holds on.
   */
  private void unsubscribe(Topic topic, String subscription) {
    Check.eventually(
        harness.patience(),
        () -> {
          try {
            janitor.unsubscribe(topic, subscription);
            return true;
          } catch (MessagingException e) {
            if (e.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
              return false;
            }
            throw e;
          }
        },
        "the subscription to be let go by the consumers that were closed or cut off",
        () -> "that it is still in use",
        "how the backend notices consumers that are gone");
  }

  /** A factory for the backend under test, before it is built. */
  public ConnectionFactory.Builder factory() {
    return factory(harness.url(broker), Map.of());
  }

  /** A factory for a URL, with the harness's options but for these, which go before them. */
  ConnectionFactory.Builder factory(String url, Map<String, String> own) {
    ConnectionFactory.Builder builder = ConnectionFactory.builder().url(url);
    Map<String, String> options = new LinkedHashMap<>(harness.options());
    options.putAll(own);
    options.forEach(builder::option);
    return builder;
  }

  /** The factory as the API under test has it; scenarios connect by no other. */
  public ConnectionFactory under(ConnectionFactory factory) {
    return api.apply(factory);
  }

  /** A connection of a factory that the scenario has set up, closed at the end. */
  public Connection connect(ConnectionFactory.Builder factory) {
    return keep(under(factory.build()).connect());
  }

  /** A connection, closed at the end. */
  public Connection connect() {
    return connect(UnaryOperator.identity());
  }

  /** A connection with options, closed at the end. */
  public Connection connect(UnaryOperator<ConnectionFactory.Builder> options) {
    return connect(options.apply(factory()));
  }

  /** A connection that is watched, closed at the end. */
  public Connection connect(ConnectionListener listener) {
    return keep(under(factory().build()).connect(listener));
  }

  /** A connection that is watched and notices soon that its broker is silent; closed at the end. */
  public Connection connectAttentive(ConnectionListener listener) {
    ConnectionFactory.Builder builder = factory();
    harness.attentive().forEach(builder::option);
    return keep(under(builder.build()).connect(listener));
  }

  /** A connection through the proxy, whose network can be cut; closed at the end. */
  public Connection connectProxied(
      UnaryOperator<ConnectionFactory.Builder> options, ConnectionListener listener) {
    return keep(
        under(options.apply(factory(broker.proxiedUrl(), Map.of())).build()).connect(listener));
  }

  /** A native client, closed at the end. */
  public NativeClient nativeClient() {
    return keep(harness.openNativeClient(broker));
  }

  /** Closes it at the end, in the opposite order of the calls. */
  public synchronized <T extends AutoCloseable> T keep(T resource) {
    resources.push(resource);
    return resource;
  }

  /** Does it at the end, in the opposite order of the calls. */
  public void onClose(AutoCloseable action) {
    keep(action);
  }

  /** Runs something in a thread of its own. */
  public synchronized <T> Future<T> inThread(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.call());
              } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
              }
            },
            "tck-scenario-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return result;
  }

  /** Runs something in a thread of its own. */
  public Future<Boolean> inThread(Check.Action work) {
    return inThread(
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * Closes what is open and deletes what there is.
   *
   * @throws Exception the first thing that went wrong, after all has been tried
   */
  public void close() throws Exception {
    List<AutoCloseable> all;
    synchronized (this) {
      threads.forEach(Thread::interrupt);
      all = new ArrayList<>(resources);
      all.addAll(subscriptions);
      destinations.forEach(destination -> all.add(() -> delete(destination)));
    }
    Exception first = null;
    for (AutoCloseable resource : all) {
      try {
        close(resource);
      } catch (Exception e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static void close(AutoCloseable resource) throws Exception {
    if (resource instanceof Connection connection) {
      connection.close(CLOSE_LIMIT);
    } else {
      resource.close();
    }
  }

  private void delete(Destination destination) {
    janitor.delete(destination);
    String suffix =
        destination instanceof Queue ? Queue.DEAD_LETTER_SUFFIX : Topic.DEAD_LETTER_SUFFIX;
    String deadLetters = destination.name() + suffix;
    if (deadLetters.length() <= Destination.MAX_NAME_LENGTH) {
      janitor.delete(Queue.of(deadLetters));
    }
  }
}
