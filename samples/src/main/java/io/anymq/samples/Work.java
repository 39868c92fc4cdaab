package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Work distribution: a ventilator puts tasks into a queue, workers compete for them, and a sink
 * collects the results from another queue. Each task is to count the primes in a range.
 *
 * <p>A worker accepts a task only when its result is sent. Should it crash in between, the task
 * comes again and there are two results: the sink keeps one for each task.
 */
public final class Work {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TASKS = 100;
  private static final int RANGE = 1_000;
  private static final int WORKERS = 4;

  /** Small, so that a slow worker does not hold tasks that a fast one could do. */
  private static final ConsumerOptions ONE_BY_ONE = ConsumerOptions.builder().prefetch(1).build();

  private Work() {}

  /**
   * Runs the ventilator, the workers and the sink.
   *
   * @param args {@code --url URL}
   */
  public static void main(String... args) {
    ConnectionFactory backend = Arguments.of(args).backend();
    Queue tasks = Queue.of(Names.unique("samples.work.tasks"));
    Queue results = Queue.of(Names.unique("samples.work.results"));

    try (Connection connection = backend.connect()) {
      ventilate(connection, tasks);
      System.out.printf(
          "ventilator: %d tasks sent, %d wait in the queue%n",
          TASKS, connection.depth(tasks).atRest());
      List<Consumer> workers = hire(connection, tasks, results);
      collect(connection, results);
      workers.forEach(Consumer::close);
      connection.delete(tasks);
      connection.delete(results);
    }
  }

  private static void ventilate(Connection connection, Queue tasks) {
    try (Producer producer = connection.createProducer(tasks)) {
      for (int task = 0; task < TASKS; task++) {
        producer.send(Message.builder().property("from", task * RANGE).build());
      }
    }
  }

  private static List<Consumer> hire(Connection connection, Queue tasks, Queue results) {
    List<Consumer> workers = new ArrayList<>();
    for (int number = 1; number <= WORKERS; number++) {
      String name = "worker " + number;
      workers.add(
          connection.createConsumer(
              tasks, ONE_BY_ONE, task -> connection.send(results, solve(name, task.message()))));
    }
    return workers;
  }

  private static Message solve(String worker, Message task) {
    int from = task.property("from", Integer.class).orElseThrow();
    long primes = IntStream.range(from, from + RANGE).filter(Work::isPrime).count();
    return Message.builder()
        .property("from", from)
        .property("primes", primes)
        .property("worker", worker)
        .build();
  }

  private static boolean isPrime(int number) {
    return number > 1
        && IntStream.rangeClosed(2, (int) Math.sqrt(number)).noneMatch(d -> number % d == 0);
  }

  private static void collect(Connection connection, Queue results) {
    Map<Integer, Long> primes = new TreeMap<>();
    Map<String, Integer> done = new TreeMap<>();
    try (Consumer sink = connection.createConsumer(results)) {
      while (primes.size() < TASKS) {
        Delivery delivery =
            sink.receive(PATIENCE)
                .orElseThrow(() -> new IllegalStateException("No result within " + PATIENCE));
        Message result = delivery.message();
        primes.put(
            result.property("from", Integer.class).orElseThrow(),
            result.property("primes", Long.class).orElseThrow());
        done.merge(result.property("worker", String.class).orElseThrow(), 1, Integer::sum);
        delivery.accept();
      }
    }
    done.forEach((worker, count) -> System.out.printf("%s: %d tasks%n", worker, count));
    long total = primes.values().stream().mapToLong(Long::longValue).sum();
    System.out.printf("sink: %d results, %d primes below %d%n", TASKS, total, TASKS * RANGE);
  }
}
