package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power fails while a hub works, and the disk keeps what was forced and any part of the rest:
 * the next hub starts, and has what was confirmed.
 */
@Timeout(60)
class HubPowerFailureTest {

  private static final int STEPS = 1_500;
  private static final long SEGMENT_BYTES = 4_000;

  @TempDir private Path directory;

  private final UnsafeDisk disk = new UnsafeDisk();

  /** All that was confirmed, in order; what of it may not come again; what need not come again. */
  private final List<String> confirmed = new ArrayList<>();

  private final Set<String> gone = new HashSet<>();
  private final Set<String> accepted = new HashSet<>();

  private KeptHub hub;

  @BeforeEach
  void open() {
    hub =
        new KeptHub(
            new JournalSettings(
                directory,
                SEGMENT_BYTES,
                () -> Long.MAX_VALUE,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                disk));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatWasConfirmedIsThere(long seed) throws Exception {
    Random random = new Random(seed);
    hub.queue("q");
    hub.write();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(30)) {
        case 0 -> {
          hub.crash(); // its process alone: what was written is there
          gone.addAll(accepted);
        }
        case 1 -> {
          hub.content().storage().abandon();
          disk.fail(directory, random);
          open();
          check("with seed %d after step %d".formatted(seed, step));
        }
        case 2 -> {
          hub.content().storage().sync();
          gone.addAll(accepted);
        }
        case 3, 4, 5 -> send("%d %s".formatted(step, "x".repeat(random.nextInt(300))));
        default -> acceptOne();
      }
    }
    hub.close();
  }

  private void send(String text) throws Exception {
    KeptHub.send(hub.queue("q"), text);
    hub.write();
    confirmed.add(text);
    gone.addAll(accepted); // they were forced with it
  }

  /** Nobody waits for that, so it is written and not forced. */
  private void acceptOne() throws Exception {
    HubConsumer consumer = hub.consume(hub.queue("q"), 1);
    for (Queued each : consumer.unsettled()) {
      accepted.add(MessageCodec.decode(new WireReader(each.payload().bytes())).text());
    }
    consumer.accept(new TagRange(1, 1));
    consumer.close(false);
    hub.write();
  }

  private void check(String when) throws Exception {
    List<String> there = hub.texts("q");
    List<String> may = new ArrayList<>(confirmed);
    may.removeAll(gone);
    List<String> must = new ArrayList<>(may);
    must.removeAll(accepted);
    assertThat(there).as("what was confirmed, " + when).containsAll(must);
    may.retainAll(there);
    assertThat(there).as("nothing else, in order, " + when).isEqualTo(may);
    accepted.removeAll(there);
    gone.addAll(accepted); // the next hub has begun without them
  }

  /** The next hub builds upon what a killed one had written, so that must not go any more. */
  @Test
  void whatAKilledHubHasWrittenIsForcedBeforeTheNextOneGoesOn() throws Exception {
    send("a");
    send("b");
    acceptOne();
    hub.crash();
    assertThat(hub.texts("q")).containsExactly("b");
    hub.content().storage().abandon();
    for (int seed = 0; seed < 20; seed++) {
      disk.fail(directory, new Random(seed));
      open();
      assertThat(hub.texts("q")).as("with seed %d", seed).containsExactly("b");
      hub.content().storage().abandon();
    }
  }
}
