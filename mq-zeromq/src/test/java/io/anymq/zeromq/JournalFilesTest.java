package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of a hub's journal: whole, half-written, damaged, somebody else's. */
@Timeout(60)
class JournalFilesTest {

  private static final int SEGMENT = 2_000;

  @TempDir private Path directory;

  private static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("journal-"))
          .sorted()
          .toList();
    }
  }

  private Path lastSegment() throws IOException {
    List<Path> all = segments(directory);
    return all.get(all.size() - 1);
  }

  private KeptHub open() {
    return new KeptHub(KeptHub.settings(directory, Journal.SEGMENT_BYTES, Instant.EPOCH));
  }

  /** Ends as a crash would, so that the last batch is the last thing in the last file. */
  private void leave(KeptHub hub) {
    hub.content().storage().abandon();
  }

  private List<String> textsNow() throws Exception {
    KeptHub hub = open();
    try {
      return hub.texts("q");
    } finally {
      leave(hub);
    }
  }

  /** Each text in a batch of its own. */
  private void sendEach(String... texts) throws Exception {
    KeptHub hub = open();
    MessageQueue queue = hub.queue("q");
    hub.write();
    for (String text : texts) {
      KeptHub.send(queue, text);
      hub.write();
    }
    leave(hub);
  }

  @Test
  void whatIsHalfWrittenAtTheEndIsCutOffWhereverItEnds() throws Exception {
    sendEach("one", "two");
    Path file = lastSegment();
    byte[] whole = Files.readAllBytes(file);
    for (int length = withoutLastBatch(whole).length; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(textsNow()).as("cut off at %d of %d", length, whole.length).containsExactly("one");
      Files.delete(lastSegment());
    }
    Files.write(file, whole);
    assertThat(textsNow()).containsExactly("one", "two");
  }

  /** A batch's header tells how long it is, so they can be walked over. */
  private static byte[] withoutLastBatch(byte[] segment) {
    ByteBuffer bytes = ByteBuffer.wrap(segment);
    int at = JournalFormat.SEGMENT_HEADER_BYTES;
    int before = at;
    while (at < segment.length) {
      before = at;
      at +=
          JournalFormat.BATCH_HEADER_BYTES
              + (int) bytes.getLong(at + 4)
              + JournalFormat.CHECK_BYTES;
    }
    return Arrays.copyOf(segment, before);
  }

  @Test
  void aCommitThatIsHalfWrittenWasNotDone() throws Exception {
    sendEach("one", "two");
    KeptHub hub = open();
    MessageQueue queue = hub.queue("q");
    HubConsumer consumer = hub.consume(queue, 1);
    hub.write();
    Path file = lastSegment();
    long before = Files.size(file);
    hub.content().storage().beginTogether();
    KeptHub.send(queue, "three", "four");
    consumer.accept(new TagRange(1, 1));
    hub.content().storage().endTogether();
    hub.content().storage().await();
    hub.write();
    leave(hub);
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) before; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(textsNow()).as("cut off at %d", length).containsExactly("one", "two");
      Files.delete(lastSegment());
    }
    Files.write(file, whole);
    assertThat(textsNow()).containsExactly("two", "three", "four");
  }

  @Test
  void garbageBehindTheEndIsCutOff() throws Exception {
    sendEach("one");
    Path file = lastSegment();
    byte[] whole = Files.readAllBytes(file);
    byte[] more = Arrays.copyOf(whole, whole.length + 5_000);
    Arrays.fill(more, whole.length, more.length, (byte) 0x41);
    Files.write(file, more);
    assertThat(textsNow()).containsExactly("one");
    assertThat(Files.size(file)).isEqualTo(whole.length);
    assertThat(textsNow()).containsExactly("one");
  }

  @Test
  void oneWrongBitBeforeTheLastBatchIsDamageThatIsNamed() throws Exception {
    sendEach("one", "two", "three");
    Path file = lastSegment();
    byte[] whole = Files.readAllBytes(file);
    int end = withoutLastBatch(whole).length;
    for (int at = 0; at < end; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      assertThatThrownBy(this::open)
          .as("bit %d", at * 8 + 4)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
    damage(file, whole, end - 10);
    assertThatThrownBy(this::open)
        .hasMessageContaining("damaged")
        .hasMessageContaining(
            file + " at byte " + withoutLastBatch(withoutLastBatch(whole)).length);
    Files.write(file, whole);
    assertThat(textsNow()).containsExactly("one", "two", "three");
  }

  private static void damage(Path file, byte[] whole, int at) throws IOException {
    byte[] damaged = whole.clone();
    damaged[at] ^= 1;
    Files.write(file, damaged);
  }

  @Test
  void damageAtTheEndOfAFileThatIsNotTheLastIsNoUnfinishedWrite() throws Exception {
    sendEach("one");
    Path file = lastSegment();
    byte[] whole = Files.readAllBytes(file);
    sendEach("two");
    damage(file, whole, whole.length - 3);
    assertThatThrownBy(this::open).hasMessageContaining(file.getFileName().toString());
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(this::open).hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void aMissingFileIsMissed() throws Exception {
    sendEach("one");
    sendEach("two");
    sendEach("three");
    List<Path> files = segments(directory);
    Files.delete(files.get(1));
    assertThatThrownBy(this::open)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining(files.get(0).toString());
  }

  @Test
  void anotherJournalsFileIsRefused(@TempDir Path other) throws Exception {
    sendEach("one");
    sendEach("two");
    try (KeptHub hub = new KeptHub(other)) {
      KeptHub.send(hub.queue("q"), "one");
    }
    try (KeptHub hub = new KeptHub(other)) {
      hub.queue("p");
    }
    Path second = segments(directory).get(1);
    Files.copy(segments(other).get(1), second, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(this::open)
        .hasMessageContaining(second.toString())
        .hasMessageContaining("another journal");
  }

  @Test
  void whatANewerHubHasWrittenIsRefused() throws Exception {
    sendEach("one");
    Path file = lastSegment();
    byte[] bytes = Files.readAllBytes(file);
    bytes[5]++;
    Files.write(file, bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("newer hub")
        .hasMessageContaining("has format 3, and this hub reads format 2");
  }

  @Test
  void oneHubAtATimeHasADirectory() {
    KeptHub first = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("Another hub uses the data directory " + directory);
    leave(first);
    assertThatCode(() -> open().close()).doesNotThrowAnyException();
  }

  @Test
  void aDirectoryThatCannotBeIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "no directory");
    assertThatThrownBy(() -> new KeptHub(file.resolve("data")))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
        .hasMessageContaining("data directory");
  }

  @Test
  void aMessageThatLooksLikeABatchIsNone() throws Exception {
    sendEach("one");
    byte[] journal = Files.readAllBytes(lastSegment());
    KeptHub hub = open();
    hub.queue("q").take(new Payload(journal));
    hub.write();
    leave(hub);
    Path file = lastSegment();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(textsNow()).containsExactly("one");
  }

  @Test
  void steadyTrafficTakesAsMuchRoomAsWhatIsKept() throws Exception {
    KeptHub hub = new KeptHub(KeptHub.settings(directory, SEGMENT * 10, Instant.EPOCH));
    MessageQueue keeper = hub.queue("keeper");
    IntStream.range(0, 20).forEach(i -> KeptHub.send(keeper, "kept " + i));
    MessageQueue queue = hub.queue("q");
    HubConsumer consumer = hub.consume(queue, 10);
    long most = 0;
    for (int i = 1; i <= 3_000; i++) {
      KeptHub.send(queue, "passes " + i);
      hub.write();
      hub.content().dispatch();
      consumer.accept(new TagRange(i, 1));
      most = Math.max(most, size());
    }
    hub.write();
    // Half a megabyte was written.
    assertThat(most).isLessThan(6 * SEGMENT * 10);
    leave(hub);
    assertThat(textsNow()).isEmpty();
    KeptHub again = open();
    assertThat(again.texts("keeper"))
        .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "kept " + i).toList());
    leave(again);
  }

  private long size() throws IOException {
    long size = 0;
    for (Path file : segments(directory)) {
      size += Files.size(file);
    }
    return size;
  }

  @Test
  void manyShortLivesLeaveFewFiles() throws Exception {
    for (int i = 0; i < 50; i++) {
      sendEach();
    }
    assertThat(segments(directory)).hasSizeLessThan(60);
    KeptHub hub = new KeptHub(KeptHub.settings(directory, SEGMENT, Instant.EPOCH));
    hub.queue("other");
    hub.write();
    hub.write();
    assertThat(segments(directory)).hasSizeLessThan(4);
    leave(hub);
    assertThat(textsNow()).isEmpty();
  }
}
