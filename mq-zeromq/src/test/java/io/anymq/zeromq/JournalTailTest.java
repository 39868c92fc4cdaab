package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.MessagingException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A journal whose last batches were written and not forced, for nobody waited for them: of those a
 * power failure may take any page, of the others none.
 */
@Timeout(60)
class JournalTailTest {

  private static final int UNFORCED = 4;

  @TempDir private Path directory;

  private byte[] whole;

  /** Where batches begin; the last one is where the file ends. */
  private List<Integer> batches;

  /** What may be found where a page was not written. */
  private enum Instead {
    ZEROS {
      @Override
      void fill(byte[] bytes, int from, int to) {
        Arrays.fill(bytes, from, to, (byte) 0);
      }
    },
    GARBAGE {
      @Override
      void fill(byte[] bytes, int from, int to) {
        byte[] garbage = new byte[to - from];
        new Random(from).nextBytes(garbage);
        System.arraycopy(garbage, 0, bytes, from, garbage.length);
      }
    };

    abstract void fill(byte[] bytes, int from, int to);
  }

  private KeptHub open() {
    return new KeptHub(KeptHub.settings(directory, Journal.SEGMENT_BYTES, Instant.EPOCH));
  }

  private Path first() {
    return directory.resolve("journal-000000000001");
  }

  /** Six messages, of which the first four are accepted one by one. */
  @BeforeEach
  void write() throws Exception {
    KeptHub hub = open();
    MessageQueue queue = hub.queue("q");
    for (int i = 0; i < 6; i++) {
      KeptHub.send(queue, "m" + i);
      hub.write();
    }
    HubConsumer consumer = hub.consume(queue, 6);
    hub.content().storage().sync();
    for (int tag = 1; tag <= UNFORCED; tag++) {
      consumer.accept(new TagRange(tag, 1));
      hub.write();
    }
    hub.content().storage().abandon();
    whole = Files.readAllBytes(first());
    batches = batches(whole);
  }

  private static List<Integer> batches(byte[] segment) {
    ByteBuffer bytes = ByteBuffer.wrap(segment);
    List<Integer> found = new ArrayList<>();
    int at = JournalFormat.SEGMENT_HEADER_BYTES;
    while (at < segment.length) {
      found.add(at);
      int body = (int) bytes.getLong(at + 4);
      at += JournalFormat.BATCH_HEADER_BYTES + body + JournalFormat.CHECK_BYTES;
    }
    found.add(at);
    return found;
  }

  /** Where the unforced batch begins that is so many behind the first of them. */
  private int unforced(int index) {
    return batches.get(batches.size() - 1 - UNFORCED + index);
  }

  private void leave(byte[] bytes) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.write(first(), bytes);
  }

  private List<String> texts() throws Exception {
    KeptHub hub = open();
    try {
      return hub.texts("q");
    } finally {
      hub.content().storage().abandon();
    }
  }

  /** What is there when so many acceptances are. */
  private static String[] without(int accepted) {
    return IntStream.range(accepted, 6).mapToObj(i -> "m" + i).toArray(String[]::new);
  }

  @ParameterizedTest
  @EnumSource
  void ofWhatWasNotForcedAnyPartMayBeMissingThoughLaterOnesAreThere(Instead instead)
      throws Exception {
    for (int index = 0; index < UNFORCED; index++) {
      for (int last = index + 1; last <= UNFORCED; last++) {
        byte[] torn = whole.clone();
        instead.fill(torn, unforced(index), unforced(last));
        leave(torn);
        assertThat(texts())
            .as("without the unforced batches %d to %d", index, last - 1)
            .containsExactly(without(index));
        assertThat(Files.size(first())).as("length afterwards").isEqualTo(unforced(index));
        assertThat(texts()).as("when read again").containsExactly(without(index));
      }
    }
  }

  @Test
  void whatWasNotForcedMayEndAnywhere() throws Exception {
    for (int length = unforced(0); length < whole.length; length++) {
      leave(Arrays.copyOf(whole, length));
      int end = length;
      int there = (int) IntStream.rangeClosed(1, UNFORCED).filter(i -> unforced(i) <= end).count();
      assertThat(texts()).as("cut off at %d", length).containsExactly(without(there));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasForcedIsDamagedWhereAnythingBehindTellsThatItWas(Instead instead) throws Exception {
    for (int index = 0; index < batches.size() - 1 - UNFORCED; index++) {
      byte[] damaged = whole.clone();
      instead.fill(damaged, batches.get(index), batches.get(index + 1));
      // Any one header tells it.
      instead.fill(damaged, unforced(0), unforced(UNFORCED - 1));
      leave(damaged);
      assertThatThrownBy(this::open)
          .as("without batch %d", index)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining(first() + " at byte " + batches.get(index));
      assertThat(Files.readAllBytes(first())).as("is left alone").isEqualTo(damaged);
    }
  }

  /** A file has its name when its first batch is on the disk. */
  @Test
  void aFileWithoutItsFirstBatchIsDamaged() throws Exception {
    for (int length : new int[] {0, 10, JournalFormat.SEGMENT_HEADER_BYTES, batches.get(1) - 1}) {
      leave(Arrays.copyOf(whole, length));
      assertThatThrownBy(this::open)
          .as("%d bytes", length)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void whatAnOlderHubHasWrittenIsRefused() throws Exception {
    byte[] older = whole.clone();
    older[5] = 1;
    leave(older);
    assertThatThrownBy(this::open)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("an older hub: it has format 1, and this hub reads format 2 alone");
  }
}
