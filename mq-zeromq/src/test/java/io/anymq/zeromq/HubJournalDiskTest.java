package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose disk is full, or fails. */
@Timeout(30)
class HubJournalDiskTest {

  @TempDir private Path directory;

  @Test
  void aFullDiskRefusesAndGoesOnWhenThereIsRoom() throws Exception {
    AtomicLong usable = new AtomicLong(DiskSpace.RESERVE_BYTES);
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    try (KeptHub full = new KeptHub(new JournalSettings(directory, 1_000, usable::get, clock))) {
      full.queue("q");
      assertThatThrownBy(() -> full.content().storage().requireRoom(1))
          .isInstanceOfSatisfying(
              Refusal.class, e -> assertThat(e.error()).isEqualTo(WireError.QUEUE_FULL));
      full.queue("q").purge();
      full.write();
      usable.addAndGet(1 << 20);
      full.content().storage().requireRoom(1);
    }
  }

  /** On a full disk consuming makes room: waste is not tolerated for long. */
  @Test
  void whatIsConsumedMakesRoomOnAFullDisk() throws Exception {
    AtomicLong usable = new AtomicLong(Long.MAX_VALUE);
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    Path full = directory.resolve("full");
    try (KeptHub kept = new KeptHub(new JournalSettings(full, 100_000, usable::get, clock))) {
      MessageQueue keeper = kept.queue("keeper");
      MessageQueue passing = kept.queue("passing");
      String kilobyte = "x".repeat(1_000);
      for (int i = 0; i < 400; i++) {
        KeptHub.send(keeper, kilobyte);
        KeptHub.send(passing, kilobyte);
        kept.write();
      }
      usable.set(DiskSpace.RESERVE_BYTES);
      assertThatThrownBy(() -> kept.content().storage().requireRoom(9L << 20))
          .isInstanceOf(Refusal.class);
      HubConsumer consumer = kept.consume(passing, 400);
      for (int i = 1; i <= 400; i++) {
        consumer.accept(new TagRange(i, 1));
        kept.content().storage().sync();
      }
      assertThat(sizeOf(full)).isLessThan(750_000);
      assertThat(keeper.ready()).isEqualTo(400);
    }
  }

  private static long sizeOf(Path directory) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  /** Whatever goes wrong in a write, the journal counts as broken. */
  @Test
  void aFaultInAWriteIsAFailureOfTheJournal() throws Exception {
    Path broken = directory.resolve("broken");
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    AtomicBoolean faulty = new AtomicBoolean();
    JournalSettings settings =
        new JournalSettings(
            broken,
            1_000,
            () -> {
              if (faulty.get()) {
                throw new IllegalStateException("a fault, for the test");
              }
              return Long.MAX_VALUE;
            },
            clock);
    KeptHub faultyHub = new KeptHub(settings);
    String kilobyte = "x".repeat(1_000);
    MessageQueue queue = faultyHub.queue("q");
    for (int i = 0; i < 200; i++) {
      KeptHub.send(queue, kilobyte, kilobyte);
    }
    faultyHub.write();
    faultyHub.crash();
    faulty.set(true);
    faultyHub.queue("other");
    assertThat(faultyHub.content().storage().write()).isFalse();
    assertThat(faultyHub.content().storage().failure()).contains("a fault, for the test");
    faultyHub.content().storage().abandon();
  }

  @Test
  void whatTogetherIsTooMuchToBeReadAgainIsRefused() {
    try (KeptHub hub = new KeptHub(directory)) {
      assertThatThrownBy(() -> hub.content().storage().requireRoom((1L << 30) + 1))
          .isInstanceOfSatisfying(
              Refusal.class, e -> assertThat(e.error()).isEqualTo(WireError.MESSAGE_TOO_LARGE));
    }
  }

  /** What cannot be written is neither confirmed nor forgotten in silence. */
  @Test
  void aJournalThatCannotBeWrittenSaysSo() throws IOException, Refusal {
    KeptHub broken = new KeptHub(directory);
    MessageQueue queue = broken.queue("q");
    broken.write();
    broken.content().storage().abandon();
    KeptHub.send(queue, "a");
    assertThat(broken.content().storage().write()).isFalse();
    assertThat(broken.content().storage().failure()).contains("cannot be written");
    assertThat(broken.content().storage().write()).isFalse();
  }
}
