package io.anymq.core;

import io.anymq.Connection;
import io.anymq.ConnectionListener;
import io.anymq.Delivery;
import io.anymq.Options;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.NativeNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs the core in simulated time, one step at a time, in an order that a seed chooses. It belongs
 * to one thread, its director; every other thread of it runs only while the director waits for it.
 */
public final class Simulation {

  /** Real time; a step takes microseconds, and on a busy machine milliseconds. */
  private static final long STUCK_SECONDS = 30;

  private static final long START_MILLIS = 1_800_000_000_000L;

  private final Random random;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Actor> actors = new ArrayList<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparing(Timer::due).thenComparing(Timer::number));
  private final Lane pauses = lane("pauses");
  private final Semaphore back = new Semaphore(0);
  private final List<String> failures = new ArrayList<>();
  private long nanos = TimeUnit.SECONDS.toNanos(1000);
  private long numbers;
  private volatile boolean abandoned;

  private record Timer(long due, long number, boolean background, Lane lane, Runnable task) {}

  /** A run that is its seed. */
  public Simulation(long seed) {
    random = new Random(seed);
  }

  /** Runs a body as the director of simulations; each call has a thread of its own. */
  public static void direct(Duration limit, Runnable body) throws InterruptedException {
    Thread thread =
        new CooperativeDirector(
            () -> {
              body.run();
            });
    thread.start();
    thread.join(limit.toMillis());
    if (thread.isAlive()) {
      AssertionError stuck =
          new AssertionError("The simulation did not end within %d s".formatted(limit.toSeconds()));
      stuck.setStackTrace(thread.getStackTrace());
      throw stuck;
    }
    ((CooperativeDirector) thread).rethrow();
  }

  /** Makes this thread, a director's, the director of this run. */
  public void begin() {
    ((CooperativeDirector) Thread.currentThread()).lead(this);
  }

  // --- what the program does

  /** Opens a connection of the core's, whose threads are this run's. */
  public Connection open(
      Backend backend, Options options, ConnectionListener listener, String name) {
    BrokerUrl url = new BrokerUrl("script", "//" + name, Optional.empty(), Optional.empty());
    return CoreConnection.open(
        new DefaultConnectionFactory(backend, url, options, NativeNames.none(), Set.of()),
        listener,
        new SimulatedThreads(this, name));
  }

  /** What the adapter delivered as this. */
  public static InboundDelivery inbound(Delivery delivery) {
    return BandedDelivery.unwrapped(
        delivery instanceof SessionDelivery held
            ? held.core().inbound()
            : ((CoreDelivery) delivery).inbound());
  }

  /** Whether a delivery's stay on its link is over, as far as the core knows. */
  public static boolean isStale(Delivery delivery) {
    return delivery instanceof SessionDelivery held
        ? held.core().attachment().ended()
        : ((CoreDelivery) delivery).attachment().ended();
  }

  /** A lane whose tasks do not wait for anything. */
  public Lane lane(String name) {
    return add(new Lane(this, name, false));
  }

  /** A lane whose tasks may wait. */
  public Lane blockingLane(String name) {
    return add(new Lane(this, name, true));
  }

  private Lane add(Lane lane) {
    lanes.add(lane);
    return lane;
  }

  /** A lane that is not used any more. */
  public void remove(Lane lane) {
    lanes.remove(lane);
  }

  /** Gives a lane a task, after a while. */
  public void after(Duration delay, Lane lane, Runnable task) {
    timers.add(new Timer(nanos + delay.toNanos(), ++numbers, false, lane, task));
  }

  /** As {@link #after}; but nobody waits for it. */
  void background(Duration delay, Lane lane, Runnable task) {
    timers.add(new Timer(nanos + delay.toNanos(), ++numbers, true, lane, task));
  }

  /** Numbers, each greater than the last. */
  public long next() {
    return ++numbers;
  }

  public int random(int bound) {
    return random.nextInt(bound);
  }

  /** Whether something happens that happens so often in a hundred cases. */
  public boolean chance(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  long random(long bound) {
    return (long) (random.nextDouble() * bound);
  }

  public long nanoTime() {
    return nanos;
  }

  public long epochMillis() {
    return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  // --- steps

  /** One step of somebody's who can do one; false when all wait, for time to pass at the least. */
  public boolean step() {
    runDue();
    List<Lane> ready = lanes.stream().filter(Lane::isReady).toList();
    List<Actor> woken = actors.stream().filter(Actor::isReady).toList();
    int choices = ready.size() + woken.size();
    if (choices == 0) {
      return false;
    }
    int choice = random.nextInt(choices);
    if (choice < ready.size()) {
      ready.get(choice).step();
    } else {
      resume(woken.get(choice - ready.size()));
    }
    return true;
  }

  /** Lets time pass until something is due, at most for so long. */
  public void pass(Duration most) {
    long next = nanos + most.toNanos();
    for (Actor actor : actors) {
      next = Math.min(next, actor.deadline());
    }
    Timer first = timers.peek();
    nanos = Math.max(nanos, first == null ? next : Math.min(next, first.due()));
    runDue();
  }

  private void runDue() {
    while (!timers.isEmpty() && timers.peek().due() <= nanos) {
      Timer timer = timers.remove();
      timer.lane().add(timer.task());
    }
  }

  /** Goes on until nobody can do a step, without any time. */
  public void settle() {
    for (int steps = 0; step(); steps++) {
      if (steps > 1_000_000) {
        throw new IllegalStateException("There is no end to it: " + this);
      }
    }
  }

  /** Goes on for some time. */
  public void run(Duration time) {
    long end = nanos + time.toNanos();
    settle();
    while (nanos < end) {
      pass(Duration.ofNanos(end - nanos));
      settle();
    }
  }

  void enter(Actor actor) {
    actors.add(actor);
  }

  void resume(Actor actor) {
    actor.go();
    try {
      if (!back.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
        IllegalStateException stuck =
            new IllegalStateException(
                actor.getName() + " blocks where the simulation cannot see it");
        stuck.setStackTrace(actor.getStackTrace());
        throw stuck;
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (actor.hasEnded()) {
      actors.remove(actor);
    }
  }

  /** Lets others go on, where the present thread can wait. */
  public void pause() {
    if (Thread.currentThread() instanceof Actor actor) {
      boolean[] over = new boolean[1];
      pauses.add(() -> over[0] = true);
      try {
        boolean unused = actor.await(() -> over[0], Long.MAX_VALUE);
      } catch (InterruptedException e) {
        actor.interrupt();
      }
    }
  }

  /** The actor waits or has ended; the director goes on. */
  void back() {
    back.release();
  }

  void guarded(String name, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failed("A task of " + name + " failed", e);
    }
  }

  // --- the end

  void failed(String what, Throwable why) {
    StringBuilder text = new StringBuilder(what).append(": ").append(why);
    for (StackTraceElement element : why.getStackTrace()) {
      if (element.getClassName().startsWith("io.anymq")) {
        text.append("\n      at ").append(element);
      }
    }
    failures.add(text.toString());
  }

  /** What has failed in a place where nobody would hear of it. */
  public List<String> failures() {
    return failures;
  }

  /** The threads that are still there, and what is still to be done. */
  public List<String> remains() {
    List<String> all = new ArrayList<>();
    for (Actor actor : actors) {
      if (lanes.stream().noneMatch(lane -> lane.isIdle(actor))) {
        all.add("thread " + actor.getName());
      }
    }
    lanes.stream().filter(lane -> !lane.isIdle()).forEach(lane -> all.add("lane " + lane));
    return all;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** Ends all threads, wherever they are. */
  public void abandon() {
    abandoned = true;
    while (!actors.isEmpty()) {
      resume(actors.get(0));
    }
  }

  @Override
  public String toString() {
    return "%s; waiting: %s"
        .formatted(
            lanes.stream().filter(lane -> !lane.isIdle()).toList(),
            actors.stream()
                .filter(actor -> lanes.stream().noneMatch(lane -> lane.isIdle(actor)))
                .map(Thread::getName)
                .toList());
  }
}
