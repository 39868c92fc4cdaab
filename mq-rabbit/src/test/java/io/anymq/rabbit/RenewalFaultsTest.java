package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.DestinationNotFoundException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.NativeNames;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes wrong while one native consumer of a key-ordered one takes the place of another. The
 * broker is a real one; the answer to the second consumer is held back.
 */
@Timeout(120)
final class RenewalFaultsTest extends OneLink {

  /** Shorter than anything that the test holds back. */
  private static final Duration IMPATIENCE = Duration.ofMillis(50);

  /** In which what must not happen would happen, on most machines. */
  private static final Duration A_WHILE = Duration.ofMillis(500);

  private static final int PREFETCH = 4;
  private static final int COUNT = 20;

  private final RabbitNames names = new RabbitNames(NativeNames.none());
  private final Queue queue = Links.newQueue(link);
  private final Change change = new Change();
  private final NativeConnection altered = AlteredConnection.open(broker.url(), change);
  private final Links.Received received = new Links.Received();

  /** When the broker hears of the second consumer. */
  private enum Heard {
    BEFORE,
    AFTERWARDS
  }

  /** Holds back the second call that begins a native consumer. */
  private static final class Change implements AlteredConnection.Change {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);
    final AtomicInteger consumes = new AtomicInteger();
    final AtomicInteger cancels = new AtomicInteger();
    volatile Heard heard = Heard.BEFORE;
    volatile boolean fails;

    @Override
    public @Nullable Object apply(String method, AlteredConnection.Call call) throws Throwable {
      if (method.equals("basicCancel")) {
        cancels.incrementAndGet();
      }
      if (!method.equals("basicConsume") || consumes.incrementAndGet() != 2) {
        return call.make();
      }
      Object made = heard == Heard.BEFORE ? call.make() : null;
      begun.countDown();
      RenewalFaultsTest.await(goesOn);
      if (fails) {
        throw new IOException("As when no answer comes in time", new TimeoutException());
      }
      return heard == Heard.BEFORE ? made : call.make();
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void goOn() {
    change.goesOn.countDown();
    altered.close(Links.PATIENCE);
  }

  /** A consumer that changes its place, and holds what its first place holds. */
  private List<InboundDelivery> changing(RabbitConsumer consumer) throws Exception {
    List<InboundDelivery> held = received.next(PREFETCH);
    ((Parking) consumer).park(held.get(0));
    ((Parking) consumer).park(held.get(1));
    await(change.begun);
    return held;
  }

  private RabbitConsumer open(Duration patience) throws Exception {
    return open(patience, COUNT);
  }

  private RabbitConsumer open(Duration patience, int count) throws Exception {
    return open(patience, count, () -> altered);
  }

  private RabbitConsumer open(Duration patience, int count, Supplier<NativeConnection> publisher)
      throws Exception {
    Links.send(link, queue, count);
    String name = names.queue(queue);
    RabbitSource source =
        new RabbitSource(
            name,
            queue.describe(),
            key -> queue,
            true,
            false,
            RabbitSource.Upkeep.HAND_OUTS_AND_DELAYS,
            () -> {});
    Turn turn = new Turn(altered, new SubscriptionLocks(altered, names), names, name, "Consuming");
    turn.begin();
    RabbitConsumers consumers =
        new RabbitConsumers(
            altered,
            publisher,
            names,
            new RabbitMapper(names),
            new RabbitDelays(altered, names),
            patience);
    return consumers.open(
        source.atTurn(turn, Ending.CANCEL_IN_ORDER), PREFETCH, received, each -> {});
  }

  /** What the next consumer gets, up to the last one sent. */
  private List<String> inherited() throws Exception {
    ConsumerRequest request =
        new ConsumerRequest(Links.queue(queue), COUNT, Optional.empty(), true);
    Links.Received heir = Links.consumeWhenFree(link, request);
    List<String> came = new ArrayList<>();
    do {
      came.add(heir.next().message().text());
    } while (!came.contains(String.valueOf(COUNT - 1)));
    heir.consumer().close();
    return came;
  }

  private static List<String> all() {
    return IntStream.range(0, COUNT).mapToObj(String::valueOf).toList();
  }

  private static List<String> allBut(String... settled) {
    return all().stream().filter(each -> !List.of(settled).contains(each)).toList();
  }

  /** Each of the threads of a circle begins the next before it ends. */
  private static void assertNoChangeGoesOn() {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (changes() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(changes()).as("threads that change the place").isZero();
  }

  private static long changes() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().endsWith("-renew"))
        .count();
  }

  /** It would come behind what the next native consumer has, and is before that. */
  @Test
  void noChangeBeginsWhileSomethingMayBeOnItsWay() throws Exception {
    RabbitConsumer consumer = open(Links.PATIENCE, PREFETCH - 1);
    received.next(PREFETCH - 1).forEach(((Parking) consumer)::park);
    assertThat(change.begun.await(A_WHILE.toMillis(), TimeUnit.MILLISECONDS))
        .as("a change with a place free")
        .isFalse();
    Links.send(link, queue, 1);
    await(change.begun);
  }

  @ParameterizedTest
  @EnumSource(Heard.class)
  void aLinkThatIsLostMeanwhileEndsTheChangeAndTheHeirGetsAllInOrder(Heard heard) throws Exception {
    change.heard = heard;
    changing(open(Links.PATIENCE));
    if (heard == Heard.BEFORE) {
      received.next(PREFETCH);
    }
    altered.connection().abort();
    change.goesOn.countDown();
    assertNoChangeGoesOn();
    assertThat(inherited()).isEqualTo(all());
  }

  /**
   * Both are there, and hold what they can. What was settled may come again, as the channel ends at
   * once.
   */
  @Test
  void whatIsSettledWhileAChangeFailsBringsNothingOutOfOrder() throws Exception {
    change.fails = true;
    RabbitConsumer consumer = open(Links.PATIENCE);
    List<InboundDelivery> held = changing(consumer);
    received.next(PREFETCH);
    consumer.settle(Outcome.ACCEPT, held.subList(2, 4));
    change.goesOn.countDown();
    assertThat(received.awaitBroken()).isInstanceOf(MessagingTimeoutException.class);
    assertNoChangeGoesOn();
    List<String> came = inherited();
    came.removeAll(List.of("2", "3"));
    assertThat(came).isEqualTo(allBut("2", "3"));
  }

  @Test
  void aQueueThatIsDeletedMeanwhileIsToldOf() throws Exception {
    change.heard = Heard.AFTERWARDS;
    changing(open(Links.PATIENCE));
    link.delete(queue);
    change.goesOn.countDown();
    assertThat(received.awaitBroken()).isInstanceOf(DestinationNotFoundException.class);
    assertNoChangeGoesOn();
  }

  /** What was settled meanwhile is told before the end. */
  @ParameterizedTest
  @EnumSource(Heard.class)
  void whoClosesMeanwhileWaitsForTheChange(Heard heard) throws Exception {
    change.heard = heard;
    RabbitConsumer consumer = open(Links.PATIENCE);
    List<InboundDelivery> held = changing(consumer);
    consumer.settle(Outcome.ACCEPT, held.subList(2, 4));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    awaitWait(closing(consumer, interrupted));
    change.goesOn.countDown();
    assertThat(interrupted.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
    assertThat(inherited()).isEqualTo(allBut("2", "3"));
    assertThat(received.broken).isNotDone();
  }

  @Test
  void anInterruptCutsTheChangeNotShort() throws Exception {
    RabbitConsumer consumer = open(Links.PATIENCE);
    List<InboundDelivery> held = changing(consumer);
    consumer.settle(Outcome.ACCEPT, held.subList(2, 4));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread closing = closing(consumer, interrupted);
    awaitWait(closing);
    closing.interrupt();
    change.goesOn.countDown();
    assertThat(interrupted.get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(inherited()).isEqualTo(allBut("2", "3"));
  }

  /** Closes on a thread of its own, and tells whether that has its interrupt flag afterwards. */
  private static Thread closing(RabbitConsumer consumer, CompletableFuture<Boolean> interrupted) {
    Runnable close =
        () -> {
          try {
            consumer.close();
            interrupted.complete(Thread.currentThread().isInterrupted());
          } catch (RuntimeException e) {
            interrupted.completeExceptionally(e);
          }
        };
    Thread thread = new Thread(close, "test-closing");
    thread.start();
    return thread;
  }

  /** Until a thread waits for something, for a time. */
  private static void awaitWait(Thread thread) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (thread.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(thread.getState()).as("state of %s", thread).isEqualTo(Thread.State.TIMED_WAITING);
  }

  /** The entry that ends a message's life in the log waits for a socket that is full. */
  @Test
  void anEntryThatBlocksAfterTheChangeHoldsUpNobody() throws Exception {
    CountDownLatch blocks = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch unblocked = new CountDownLatch(1);
    RabbitConsumer consumer =
        open(Links.PATIENCE, COUNT, () -> whenUnblocked(blocks, blocked, unblocked));
    try {
      List<InboundDelivery> held = changing(consumer);
      RabbitDelivery accepted = (RabbitDelivery) held.get(2);
      accepted.handedOut();
      accepted.goesBack(); // so that the log has something of it
      consumer.settle(Outcome.ACCEPT, held.subList(2, 3));
      blocks.countDown();
      change.goesOn.countDown();
      await(blocked);
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(() -> consumer.settle(Outcome.ACCEPT, held.subList(3, 4)));
      assertThat(other).as("another settlement").succeedsWithin(Links.PATIENCE);
    } finally {
      unblocked.countDown();
    }
    consumer.close();
  }

  /** The connection that writes; a thread that changes a place waits for it. */
  private NativeConnection whenUnblocked(
      CountDownLatch blocks, CountDownLatch blocked, CountDownLatch unblocked) {
    if (blocks.getCount() == 0 && Thread.currentThread().getName().endsWith("-renew")) {
      blocked.countDown();
      try {
        await(unblocked);
      } catch (InterruptedException e) {
        throw new AssertionError("Nobody interrupts it", e);
      }
    }
    return altered;
  }

  /** With its channel all its native consumers end, whichever there are. */
  @ParameterizedTest
  @EnumSource(Heard.class)
  void whoHasNoTimeForTheChangeEndsTheChannelAlone(Heard heard) throws Exception {
    change.heard = heard;
    RabbitConsumer consumer = open(IMPATIENCE);
    changing(consumer);
    consumer.close();
    assertThat(change.cancels).as("cancelled native consumers").hasValue(0);
    change.goesOn.countDown();
    assertNoChangeGoesOn();
    assertThat(inherited()).isEqualTo(all());
    assertThat(received.broken).isNotDone();
  }
}
