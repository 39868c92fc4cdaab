package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConsumerOptions;
import io.anymq.Queue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryBufferTest {

  private final CoreConnection connection = new FakeBackend().connect();
  private final CoreConsumer consumer =
      connection.consumer(Queue.of("q"), ConsumerOptions.DEFAULT, null);
  private final DeliveryBuffer plain = new DeliveryBuffer(null);
  private final DeliveryBuffer keyed = new DeliveryBuffer(new KeyGate(2));
  private final Attachment stay = stay(1);

  private Attachment stay(long epoch) {
    return new Attachment(connection.threads(), epoch, 4, new DeliveryBuffer(null), false);
  }

  @AfterEach
  void close() {
    Eventually.returnsElsewhere("the buffer's size", plain::size);
    Eventually.returnsElsewhere("the gated buffer's size", keyed::size);
    connection.close();
  }

  private long arrivals;

  private CoreDelivery of(Attachment attachment, FakeDelivery delivery) {
    return new CoreDelivery(consumer, attachment, delivery, ++arrivals, 0);
  }

  private CoreDelivery plain(String text) {
    return of(stay, FakeDelivery.of(text));
  }

  private CoreDelivery keyed(String text, String key) {
    return of(stay, FakeDelivery.keyed(text, key));
  }

  private static @Nullable CoreDelivery take(DeliveryBuffer buffer) throws InterruptedException {
    return buffer.take(Deadline.in(Duration.ofMillis(1)));
  }

  private static AtomicReference<List<CoreDelivery>> share(DeliveryBuffer buffer, int most) {
    AtomicReference<List<CoreDelivery>> share = new AtomicReference<>();
    Eventually.waiting(
        () -> {
          try {
            share.set(buffer.takeShare(most));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return share;
  }

  @Test
  void deliveriesLeaveInTheirOrder() throws Exception {
    CoreDelivery again = plain("0");
    CoreDelivery one = plain("1");
    CoreDelivery two = plain("2");
    plain.add(List.of(one, two));
    plain.addAgain(again);
    assertThat(plain.size()).isEqualTo(3);
    assertThat(plain.isEmpty()).isFalse();
    assertThat(take(plain)).isSameAs(again);
    assertThat(plain.poll()).isSameAs(one);
    assertThat(plain.takeShare(5)).containsExactly(two);
    assertThat(plain.isEmpty()).isTrue();
    assertThat(plain.poll()).isNull();
    assertThat(take(plain)).isNull();
  }

  @Test
  void whatComesAgainIsInItsPlace() throws Exception {
    List<CoreDelivery> all = List.of(plain("1"), plain("2"), plain("3"), plain("4"));
    plain.add(all);
    List<CoreDelivery> taken = plain.takeShare(3);
    taken.forEach(plain::addAgain);
    assertThat(plain.takeShare(9)).isEqualTo(all);
    List.of(all.get(3), all.get(0), all.get(2)).forEach(plain::addAgain);
    assertThat(plain.takeShare(9)).containsExactly(all.get(0), all.get(2), all.get(3));
  }

  @Test
  void aShareIsNoLargerThanAskedFor() throws Exception {
    plain.add(List.of(plain("1"), plain("2"), plain("3")));
    assertThat(plain.takeShare(2)).hasSize(2);
    assertThat(plain.takeShare(1)).hasSize(1);
  }

  @Test
  void whoWaitsIsWokenByADelivery() throws Exception {
    AtomicReference<@Nullable CoreDelivery> seen = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> seen.set(longTake(plain)));
    CoreDelivery one = plain("1");
    plain.add(List.of(one));
    waiter.join(10_000);
    assertThat(seen.get()).isSameAs(one);
    waiter = Eventually.waiting(() -> seen.set(longTake(plain)));
    CoreDelivery again = plain("2");
    plain.addAgain(again);
    waiter.join(10_000);
    assertThat(seen.get()).isSameAs(again);
  }

  private static @Nullable CoreDelivery longTake(DeliveryBuffer buffer) {
    try {
      return buffer.take(Deadline.in(Duration.ofSeconds(30)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWorkerIsWokenByDeliveriesAndByTheEnd() {
    AtomicReference<List<CoreDelivery>> share = share(plain, 9);
    plain.add(List.of(plain("1"), plain("2")));
    Eventually.until("the worker's share", () -> share.get() != null && share.get().size() == 2);
    AtomicReference<List<CoreDelivery>> last = share(plain, 9);
    plain.close();
    Eventually.until("the worker ends", () -> last.get() != null && last.get().isEmpty());
  }

  @Test
  void aClosedBufferGivesAndTakesNothing() throws Exception {
    plain.add(List.of(plain("1")));
    plain.close();
    plain.add(List.of(plain("2")));
    plain.addAgain(plain("3"));
    assertThat(plain.size()).isZero();
    assertThat(plain.poll()).isNull();
    assertThat(longTake(plain)).isNull();
    assertThat(plain.takeShare(1)).isEmpty();
  }

  @Test
  void closingWakesWhoWaits() throws Exception {
    AtomicReference<@Nullable CoreDelivery> seen = new AtomicReference<>(plain("1"));
    Thread waiter = Eventually.waiting(() -> seen.set(longTake(plain)));
    plain.close();
    waiter.join(10_000);
    assertThat(waiter.isAlive()).isFalse();
    assertThat(seen.get()).isNull();
  }

  @Test
  void whatCameOverALostLinkIsDropped() {
    Attachment next = stay(2);
    CoreDelivery ofNext = of(next, FakeDelivery.of("2"));
    plain.add(List.of(plain("1")));
    plain.add(List.of(ofNext));
    stay.end();
    plain.dropOf(stay);
    plain.add(List.of(plain("late")));
    assertThat(plain.size()).isEqualTo(1);
    assertThat(plain.poll()).isSameAs(ofNext);
  }

  @Test
  void ofAKeyOneIsOutAtATime() {
    CoreDelivery first = keyed("a1", "a");
    CoreDelivery second = keyed("a2", "a");
    CoreDelivery other = keyed("b1", "b");
    keyed.add(List.of(first, second, other));
    assertThat(keyed.poll()).isSameAs(first);
    assertThat(keyed.poll()).as("another key overtakes").isSameAs(other);
    assertThat(keyed.poll()).isNull();
    keyed.done(first.inbound());
    assertThat(keyed.poll()).isSameAs(second);
  }

  @Test
  void noMoreAreOutThanThePrefetch() {
    keyed.add(List.of(keyed("a", "a"), keyed("b", "b"), keyed("c", "c"), plain("no key")));
    CoreDelivery a = Objects.requireNonNull(keyed.poll());
    assertThat(keyed.poll()).isNotNull();
    assertThat(keyed.poll()).isNull();
    keyed.park(a.inbound());
    CoreDelivery c = Objects.requireNonNull(keyed.poll(), "a parked one takes no place");
    assertThat(c.message().id()).contains("c");
    assertThat(keyed.poll()).isNull();
  }

  @Test
  void aParkedDeliveryKeepsItsKeyUntilItComesBack() {
    CoreDelivery first = keyed("a1", "a");
    CoreDelivery second = keyed("a2", "a");
    keyed.add(List.of(first, second));
    assertThat(keyed.poll()).isSameAs(first);
    keyed.park(first.inbound());
    assertThat(keyed.poll()).isNull();
    keyed.addAgain(first);
    assertThat(keyed.poll()).isSameAs(first);
    assertThat(keyed.poll()).isNull();
    keyed.done(first.inbound());
    assertThat(keyed.poll()).isSameAs(second);
  }

  @Test
  void settlingOneThatIsNotOutFreesNoKey() {
    CoreDelivery first = keyed("a1", "a");
    CoreDelivery second = keyed("a2", "a");
    keyed.add(List.of(first, second));
    assertThat(keyed.poll()).isSameAs(first);
    keyed.done(second.inbound());
    assertThat(keyed.poll()).as("a1 is still out").isNull();
  }

  @Test
  void whatWaitsForAKeyIsWokenWhenItIsFree() throws Exception {
    CoreDelivery first = keyed("a1", "a");
    CoreDelivery second = keyed("a2", "a");
    keyed.add(List.of(first, second));
    assertThat(keyed.poll()).isSameAs(first);
    AtomicReference<@Nullable CoreDelivery> seen = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> seen.set(longTake(keyed)));
    keyed.done(first.inbound());
    waiter.join(10_000);
    assertThat(seen.get()).isSameAs(second);
  }

  @Test
  void aPlaceThatIsParkedFreeWakesWhoWaitsForOne() throws Exception {
    CoreDelivery first = keyed("a", "a");
    CoreDelivery third = keyed("c", "c");
    keyed.add(List.of(first, keyed("b", "b"), third));
    assertThat(keyed.takeShare(2)).hasSize(2);
    AtomicReference<@Nullable CoreDelivery> seen = new AtomicReference<>();
    Thread waiter = Eventually.waiting(() -> seen.set(longTake(keyed)));
    keyed.park(first.inbound());
    waiter.join(10_000);
    assertThat(seen.get()).isSameAs(third);
  }

  @Test
  void aLostLinkFreesTheKeysOfWhatCameOverItAndOfNothingElse() throws Exception {
    CoreDelivery lost = keyed("a1", "a");
    CoreDelivery kept = of(stay(2), FakeDelivery.keyed("b1", "b"));
    CoreDelivery lostToo = keyed("c1", "c");
    keyed.add(List.of(lost, lostToo));
    assertThat(keyed.poll()).isSameAs(lost);
    keyed.park(lost.inbound());
    assertThat(keyed.poll()).isSameAs(lostToo);
    keyed.add(List.of(kept));
    assertThat(keyed.poll()).isSameAs(kept);
    AtomicReference<@Nullable CoreDelivery> seen = new AtomicReference<>();
    Attachment next = stay(3);
    CoreDelivery again = of(next, FakeDelivery.keyed("a1", "a"));
    keyed.add(List.of(again));
    Thread waiter = Eventually.waiting(() -> seen.set(longTake(keyed)));
    stay.end();
    keyed.dropOf(stay);
    waiter.join(10_000);
    assertThat(seen.get()).isSameAs(again);
    keyed.add(List.of(of(next, FakeDelivery.keyed("b2", "b"))));
    keyed.done(again.inbound());
    assertThat(keyed.poll()).as("b1 is still out").isNull();
  }
}
