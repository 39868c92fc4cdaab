package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.OutboundMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is unsettled and what is unconfirmed on a channel. */
final class BookkeepingTest {

  /** Plays the broker: a settlement with {@code multiple} takes all outstanding up to its tag. */
  private static final class Broker {
    final Set<Long> outstanding = new HashSet<>();
    final Set<Long> settled = new HashSet<>();
    int frames;

    void settle(long tag, boolean multiple) {
      frames++;
      List<Long> covered =
          outstanding.stream().filter(each -> multiple ? each <= tag : each == tag).toList();
      outstanding.removeAll(covered);
      settled.addAll(covered);
    }
  }

  private static final class Held extends UnsettledDeliveries.Entry {
    final long tag;

    Held(long tag) {
      super(tag);
      this.tag = tag;
    }
  }

  @Test
  void aRunAtTheHeadIsOneFrame() throws IOException {
    Broker broker = new Broker();
    UnsettledDeliveries unsettled = new UnsettledDeliveries();
    List<Held> held = deliver(broker, unsettled, 100);
    unsettled.settle(held.subList(0, 64), broker::settle);
    assertThat(broker.frames).isEqualTo(1);
    assertThat(broker.settled).hasSize(64);
  }

  @Test
  void settlingAgainDoesNothing() throws IOException {
    Broker broker = new Broker();
    UnsettledDeliveries unsettled = new UnsettledDeliveries();
    List<Held> held = deliver(broker, unsettled, 3);
    unsettled.settle(List.of(held.get(1)), broker::settle);
    unsettled.settle(List.of(held.get(1), held.get(1)), broker::settle);
    assertThat(broker.frames).isEqualTo(1);
    assertThat(broker.outstanding).containsExactlyInAnyOrder(1L, 3L);
  }

  @Test
  void whateverTheOrderJustTheSettledOnesAreSettled() throws IOException {
    Random random = new Random(42);
    for (int round = 0; round < 500; round++) {
      Broker broker = new Broker();
      UnsettledDeliveries unsettled = new UnsettledDeliveries();
      List<Held> held = deliver(broker, unsettled, 1 + random.nextInt(40));
      Collections.shuffle(held, random);
      Set<Long> expected = new HashSet<>();
      while (!held.isEmpty()) {
        List<Held> some = List.copyOf(held.subList(0, 1 + random.nextInt(held.size())));
        some.forEach(each -> expected.add(each.tag));
        unsettled.settle(some, broker::settle);
        assertThat(broker.settled).as("round %d", round).isEqualTo(expected);
        held.removeAll(some);
      }
    }
  }

  @Test
  void whatIsSettledIsCountedByTheMarkItCameBefore() throws IOException {
    Broker broker = new Broker();
    UnsettledDeliveries unsettled = new UnsettledDeliveries();
    List<Held> held = deliver(broker, unsettled, 9);
    unsettled.settle(List.of(held.get(1)), broker::settle);
    assertThat(unsettled.settledSinceMark()).isEqualTo(1);
    unsettled.mark(3);
    unsettled.mark(6);
    assertThat(unsettled.mark()).isEqualTo(6);
    assertThat(unsettled.olderRuns()).isEqualTo(2);
    unsettled.settle(held.subList(5, 8), broker::settle);
    assertThat(unsettled.settledSinceMark()).isEqualTo(2);
    assertThat(unsettled.settled()).isEqualTo(4);
    unsettled.settle(List.of(held.get(4), held.get(3)), broker::settle);
    assertThat(unsettled.olderRuns()).as("all between the marks are settled").isEqualTo(1);
    unsettled.settle(List.of(held.get(2), held.get(0), held.get(2)), broker::settle);
    assertThat(unsettled.olderRuns()).isZero();
    assertThat(unsettled.settledSinceMark()).isEqualTo(2);
    unsettled.settle(List.of(held.get(8)), broker::settle);
    unsettled.mark(9);
    assertThat(unsettled.olderRuns()).as("nothing was left at the mark").isZero();
    assertThat(unsettled.settledSinceMark()).isZero();
  }

  private static List<Held> deliver(Broker broker, UnsettledDeliveries unsettled, int count) {
    List<Held> held = new ArrayList<>();
    for (long tag = 1; tag <= count; tag++) {
      Held delivery = new Held(tag);
      broker.outstanding.add(tag);
      unsettled.add(delivery);
      held.add(delivery);
    }
    return held;
  }

  /** A message that nothing is told of. */
  private record Quiet(Message message) implements OutboundMessage {
    @Override
    public void confirmed() {
      throw new AssertionError("Nothing is to be told");
    }

    @Override
    public void failed(MessagingException cause) {
      throw new AssertionError("Nothing is to be told", cause);
    }
  }

  @Test
  void sendsAreTakenOnceByNumberOrUpToIt() {
    UnconfirmedSends sends = new UnconfirmedSends();
    List<OutboundMessage> sent = send(sends, 1000);
    assertThat(sends.take(500)).contains(sent.get(499));
    assertThat(sends.take(500)).isEmpty();
    assertThat(sends.takeUpTo(600))
        .hasSize(599)
        .startsWith(sent.get(0))
        .endsWith(sent.get(599))
        .doesNotContain(sent.get(499));
    assertThat(sends.takeUpTo(600)).isEmpty();
    assertThat(sends.take(1001)).isEmpty();
    assertThat(sends.takeAll()).isEqualTo(sent.subList(600, 1000));
    assertThat(sends.takeAll()).isEmpty();
  }

  @Test
  void theRingGoesRoundAndGrowsWithWhatIsOpen() {
    UnconfirmedSends sends = new UnconfirmedSends();
    List<OutboundMessage> first = send(sends, 200);
    assertThat(sends.takeUpTo(150)).isEqualTo(first.subList(0, 150));
    List<OutboundMessage> second = send(sends, 5000);
    List<OutboundMessage> all = new ArrayList<>(first.subList(150, 200));
    all.addAll(second);
    assertThat(sends.takeAll()).isEqualTo(all);
  }

  @Test
  void anIdFindsOneMessageAtATime() {
    UnconfirmedSends sends = new UnconfirmedSends();
    OutboundMessage message = new Quiet(Message.builder().id("i").build());
    long first = sends.add(message);
    assertThat(sends.claimId("i", first)).isTrue();
    long second = sends.add(message);
    assertThat(sends.claimId("i", second)).isFalse();
    assertThat(sends.take(second)).contains(message);
    assertThat(sends.takeById("i")).contains(message);
    assertThat(sends.takeById("i")).isEmpty();
    long third = sends.add(message);
    assertThat(sends.claimId("i", third)).isTrue();
    assertThat(sends.takeAll()).hasSize(1);
    assertThat(sends.takeById("i")).isEmpty();
  }

  @Test
  void theFirstOfALengthIsFound() {
    UnconfirmedSends sends = new UnconfirmedSends();
    send(sends, 3);
    OutboundMessage large = new Quiet(Message.bytes(new byte[77]));
    sends.add(large);
    sends.add(new Quiet(Message.bytes(new byte[77])));
    assertThat(sends.takeFirstOfLength(77)).contains(large);
    assertThat(sends.takeFirstOfLength(78)).isEmpty();
    assertThat(sends.takeAll()).hasSize(4);
  }

  private static List<OutboundMessage> send(UnconfirmedSends sends, int count) {
    List<OutboundMessage> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      OutboundMessage message = new Quiet(Message.text("m" + i));
      sent.add(message);
      sends.add(message);
    }
    return sent;
  }
}
