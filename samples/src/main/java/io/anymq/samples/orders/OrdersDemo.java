package io.anymq.samples.orders;

import io.anymq.Connection;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionState;
import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import io.anymq.samples.Arguments;
import io.anymq.samples.Names;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The order-processing sample. Three parties, each with a connection of its own: the desk sends the
 * rows of a file, the workshop prices them, the office keeps the books.
 *
 * <p>The subscriptions are durable, so that they miss nothing while the broker is down.
 */
public final class OrdersDemo {

  private static final String REVENUE = "revenue";
  private static final String AUDIT = "audit";
  private static final Duration SETTLING = Duration.ofSeconds(15);

  private final OrdersOptions options;
  private final Clock clock;
  private final Console console;
  private final Queue orders = Queue.of(Names.unique("samples.orders"));
  private final Topic pricedOrders = Topic.of(Names.unique("samples.priced-orders"));
  private final Tally revenue = new Tally();
  private final Tally audit = new Tally();

  private OrdersDemo(OrdersOptions options, PrintStream out) {
    this.options = options;
    clock = new Clock(options.timeLimit());
    console = new Console(out, clock);
  }

  /**
   * Runs the demo with all defaults, and ends the process with 1 when the totals do not add up.
   *
   * @param args {@code --url URL}
   * @throws IOException when the file of orders cannot be read
   * @throws InterruptedException when the thread is interrupted
   */
  public static void main(String... args) throws IOException, InterruptedException {
    boolean addsUp = run(OrdersOptions.of(Arguments.of(args).backend()), System.out);
    System.exit(addsUp ? 0 : 1);
  }

  /**
   * Runs the demo.
   *
   * @param options how
   * @param out where to print
   * @return whether the totals add up
   * @throws IOException when the file of orders cannot be read
   * @throws InterruptedException when the thread is interrupted
   * @throws MessagingException when the backend cannot be reached, or refuses
   * @throws IllegalStateException when it does not end within its time limit
   */
  public static boolean run(OrdersOptions options, PrintStream out)
      throws IOException, InterruptedException {
    List<byte[]> rows = OrderFile.rows(options.file(), options.rows());
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("There is no order in the file");
    }
    return new OrdersDemo(options, out).run(rows);
  }

  private boolean run(List<byte[]> rows) throws InterruptedException {
    try (Connection desk = options.backend().connect(console.states("desk"));
        CleanUp cleanUp = new CleanUp(console, () -> remove(desk));
        Connection workshop = options.backend().connect(console.states("workshop"));
        Connection office = options.backend().connect(console.states("office"))) {
      cleanUp.closeBefore(workshop, office);
      console.event(
          "connected to %s %s at %s",
          desk.backend().name(), desk.backend().brokerVersion(), options.backend().url());
      Totals totals = process(rows, desk, workshop, office);
      totals.print(console);
      return conclude(totals);
    } catch (MessagingException | IllegalStateException e) {
      if (console.stopped()) {
        return false; // Ctrl-C closes the connections under the demo's hands
      }
      throw e;
    }
  }

  private Totals process(List<byte[]> rows, Connection desk, Connection workshop, Connection office)
      throws InterruptedException {
    keep(office, REVENUE, revenue);
    keep(office, AUDIT, audit);
    desk.declare(orders);
    desk.declare(orders.deadLetterQueue());
    Desk sender = new Desk(desk, orders, clock);
    Workshop workers = new Workshop(workshop, pricedOrders, clock, options.pricingTime());
    Progress progress = new Progress(console, desk, orders, rows.size(), sender, workers);
    try (progress) {
      fill(sender, desk, rows);
      empty(workers, workshop, rows.size());
    }
    long waiting = depthAtRest(desk);
    workers.close();
    clock.await(() -> heardBy(revenue, workers), "the revenue has heard of all priced orders");
    clock.await(() -> heardBy(audit, workers), "the audit has heard of all priced orders");
    DeadLetters letters =
        DeadLetters.read(office, orders.deadLetterQueue(), workers.rejected(), clock);
    return new Totals(
        rows.size(), sender.confirmed(), workers.priced(), revenue, audit, letters, waiting);
  }

  private void keep(Connection office, String name, Tally tally) {
    office.subscribe(
        pricedOrders,
        SubscriptionOptions.durable(name),
        delivery -> tally.add(PricedOrder.of(delivery.message())));
  }

  private void fill(Desk sender, Connection desk, List<byte[]> rows) throws InterruptedException {
    console.event("sending %,d rows to the queue %s", rows.size(), orders.name());
    sender.send(rows, options.readingTime());
    console.event(
        "%,d rows are confirmed, and the queue holds %,d",
        sender.confirmed(), desk.depth(orders).atRest());
  }

  private void empty(Workshop workers, Connection workshop, int rows) throws InterruptedException {
    console.event("%d workers start", options.workers());
    workers.open(workshop, orders, options.workers());
    clock.await(
        () -> workers.priced().count() + workers.rejected() >= rows,
        "all rows are priced or rejected");
    console.event("all rows are handled; the workers did %s of them", list(workers.shares()));
  }

  private static String list(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** What was accepted a moment ago may count for a moment longer. */
  private long depthAtRest(Connection desk) throws InterruptedException {
    Clock settling = new Clock(SETTLING);
    long depth = desk.depth(orders).atRest();
    while (depth > 0 && settling.elapsed().compareTo(SETTLING) < 0) {
      Clock.pass(Duration.ofMillis(100));
      depth = desk.depth(orders).atRest();
    }
    return depth;
  }

  private static boolean heardBy(Tally subscriber, Workshop workers) {
    return subscriber.count() >= workers.priced().count();
  }

  private boolean conclude(Totals totals) {
    List<String> faults = totals.faults();
    if (faults.isEmpty()) {
      console.line(
          "It adds up: %,d rows = %,d priced + %,d dead-lettered; the money agrees three times.",
          totals.rows(), totals.priced().count(), totals.deadLetters().count());
    } else {
      console.line("It does not add up: %s.", String.join("; ", faults));
    }
    return faults.isEmpty();
  }

  private void remove(Connection desk) {
    if (desk.state() != ConnectionState.OPEN) {
      throw new ConnectionLostException("there is no connection to take them away by");
    }
    for (String name : List.of(REVENUE, AUDIT)) {
      desk.unsubscribe(pricedOrders, name);
    }
    for (Destination mine : List.of(orders, orders.deadLetterQueue(), pricedOrders)) {
      desk.delete(mine);
    }
  }
}
