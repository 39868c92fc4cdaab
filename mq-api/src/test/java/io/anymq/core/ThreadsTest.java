package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadsTest {

  private final Threads threads = new Threads("of-this-test");
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    threads.end(Deadline.in(Duration.ofSeconds(5)));
  }

  private void note() {
    Thread current = Thread.currentThread();
    seen.add(
        current.getName().replaceFirst("anymq-of-this-test-\\d+-", "")
            + (current.isDaemon() ? "" : " keeps the program alive")
            + (threads.isTelling() ? " tells" : "")
            + (threads.isCompleting() ? " completes" : ""));
  }

  private void expect(String what) {
    Eventually.until(what, () -> !seen.isEmpty());
    assertThat(seen).containsExactly(what);
    seen.clear();
  }

  @Test
  void eachKindOfTaskHasItsThread() {
    threads.maintain(this::note);
    expect("maintenance");
    threads.chore(this::note);
    expect("chores");
    threads.tell(this::note);
    expect("events tells");
    threads.complete(this::note);
    expect("completions completes");
    threads.after(Duration.ZERO, this::note);
    expect("timer");
    threads.settleAfter(Duration.ZERO, this::note);
    expect("settlements");
    threads.closer(this::note);
    expect("closer");
    threads.listenerThread(this::note).start();
    expect("listener-1 keeps the program alive");
    assertThat(threads.isTelling()).isFalse();
    assertThat(threads.isCompleting()).isFalse();
  }

  @Test
  void aTaskThatThrowsEndsNothing() {
    Runnable defect =
        () -> {
          throw new IllegalStateException("a defect");
        };
    threads.tell(defect);
    threads.tell(this::note);
    expect("events tells");
    CountDownLatch ticks = new CountDownLatch(2);
    threads.everyTick(
        () -> {
          ticks.countDown();
          defect.run();
        });
    Eventually.until("two ticks", () -> ticks.getCount() == 0);
  }

  @Test
  void aTaskRunsNoEarlierThanAsked() {
    long before = System.nanoTime();
    threads.after(Duration.ofMillis(30), this::note);
    expect("timer");
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(30_000_000);
  }

  @Test
  void afterTheEndTasksAreDropped() {
    CountDownLatch slow = new CountDownLatch(1);
    threads.chore(() -> Eventually.until("released", () -> slow.getCount() == 0));
    threads.tell(this::note);
    threads.shutdown();
    expect("events tells");
    threads.maintain(this::note);
    threads.chore(this::note);
    threads.tell(this::note);
    threads.after(Duration.ZERO, this::note);
    threads.settleAfter(Duration.ZERO, this::note);
    slow.countDown();
    threads.end(Deadline.in(Duration.ofSeconds(5)));
    assertThat(seen).isEmpty();
    Eventually.until(
        "its threads have ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(each -> each.getName().startsWith("anymq-of-this-test")));
  }

  private static final class Unstartable extends Thread {

    Unstartable(String name) {
      super(name);
    }

    @Override
    public synchronized void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  /** What nobody runs is a connection that recovers for ever, or an event that is never told. */
  @Test
  void whatNoThreadCanBeStartedForRunsInItsOrderWithALaterOne() {
    for (String kind : List.of("maintenance", "chores", "events", "burials", "settlements")) {
      AtomicInteger asked = new AtomicInteger();
      Threads scarce =
          new Threads("scarce") {
            @Override
            Thread thread(Runnable task, String name, boolean daemon) {
              return name.endsWith(kind) && asked.incrementAndGet() <= 2
                  ? new Unstartable(name)
                  : super.thread(task, name, daemon);
            }
          };
      scarce.everyTick(() -> {});
      for (int i = 0; i < 3; i++) {
        String line = kind + i;
        Runnable task = () -> seen.add(line);
        switch (kind) {
          case "maintenance" -> scarce.maintain(task);
          case "chores" -> scarce.chore(task);
          case "events" -> scarce.tell(task);
          case "burials" -> scarce.bury(task);
          default -> scarce.settleAfter(Duration.ZERO, task);
        }
      }
      Eventually.until("all three", () -> seen.size() == 3);
      assertThat(seen).containsExactly(kind + 0, kind + 1, kind + 2);
      seen.clear();
      scarce.end(Deadline.in(Duration.ofSeconds(5)));
    }
  }

  @Test
  void aCloseThatNoThreadCanBeStartedForIsDoneALittleLater() {
    AtomicInteger asked = new AtomicInteger();
    Threads scarce =
        new Threads("scarce") {
          @Override
          Thread closerThread(Runnable task) {
            return asked.incrementAndGet() == 1
                ? new Unstartable("closer")
                : super.closerThread(task);
          }
        };
    scarce.closer(() -> seen.add("closed"));
    Eventually.until("closed", () -> seen.contains("closed"));
    scarce.end(Deadline.in(Duration.ofSeconds(5)));
  }

  @Test
  void itKnowsItsOwnThreads() {
    assertThat(threads.isOwn()).isFalse();
    threads.chore(() -> seen.add("own: " + threads.isOwn()));
    Eventually.until("asked", () -> !seen.isEmpty());
    assertThat(seen).containsExactly("own: true");
  }
}
