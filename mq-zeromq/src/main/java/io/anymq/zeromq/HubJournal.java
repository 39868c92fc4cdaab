package io.anymq.zeromq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a hub must remember, in a journal. For the hub's thread. */
final class HubJournal implements Storage {

  private static final Logger LOG = LoggerFactory.getLogger(HubJournal.class);

  /** What a message needs in the journal beside its bytes and its places. */
  private static final int RECORD_BYTES = 64;

  /** What goes into one batch is read in one piece, which Java can read up to twice as large. */
  private static final long MOST_TOGETHER_BYTES = 1L << 30;

  private final JournalDirectory directory;
  private final HubMemory memory;
  private final DiskSpace space;
  private final Clock clock;

  /** What was declared, as the journal has it, by its numbers. */
  private final Map<Integer, ByteBuffer> declared;

  private final Journal journal;
  private int lastNumber;
  private long lastWaiting;
  private @Nullable Exception failure;
  private boolean closed;

  /**
   * Goes on with a journal that was read.
   *
   * @throws IOException when its next file cannot be begun
   */
  HubJournal(
      JournalSettings settings, JournalDirectory directory, HubRecovery read, HubMemory memory)
      throws IOException {
    this.directory = directory;
    this.memory = memory;
    this.space = new DiskSpace(settings.usable());
    this.clock = settings.clock();
    this.declared = read.declared();
    this.lastNumber = read.lastNumber();
    this.lastWaiting = read.lastWaiting();
    this.journal =
        new Journal(directory, read.reader(), this::account, settings.segmentBytes(), space);
  }

  /**
   * Opens a hub's content as it was kept in a directory.
   *
   * @throws MessagingException when another hub has it, it is damaged, or it is newer
   */
  static HubContent open(JournalSettings settings, long memoryLimit) {
    JournalDirectory directory = JournalDirectory.open(settings.directory(), settings.opener());
    HubContent content = null;
    try {
      content = open(settings, directory, new HubMemory(memoryLimit));
    } catch (IOException e) {
      throw JournalDirectory.unusable(settings.directory(), e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(settings.directory(), e);
    } finally {
      // Whatever it was, even that the memory does not hold it: the next try must not find a lock.
      if (content == null) {
        closeQuietly(directory, directory.path());
      }
    }
    return content;
  }

  private static HubContent open(
      JournalSettings settings, JournalDirectory directory, HubMemory memory) throws IOException {
    HubRecovery recovery = new HubRecovery(directory);
    recovery.read();
    HubJournal journal = new HubJournal(settings, directory, recovery, memory);
    boolean restored = false;
    try {
      HubContent content = new HubContent(memory, journal);
      recovery.restore(content, journal, settings.clock().millis());
      requireRoomToWork(settings.directory(), memory.used());
      restored = true;
      return content;
    } finally {
      if (!restored) {
        journal.abandon();
      }
    }
  }

  /** With a heap that is full already it would start, and end at the first message. */
  private static void requireRoomToWork(Path directory, long used) {
    if (used > Runtime.getRuntime().maxMemory() / 4 * 3) {
      throw tooLarge(directory, null);
    }
  }

  private static MessagingException tooLarge(Path directory, @Nullable OutOfMemoryError cause) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "What is kept in %s does not fit into this JVM's heap of %d MiB: start the hub with a larger one (-Xmx)"
            .formatted(directory, Runtime.getRuntime().maxMemory() >> 20),
        cause);
  }

  private static void closeQuietly(Closeable resource, Path directory) {
    try {
      resource.close();
    } catch (IOException e) {
      LOG.warn("A file in {} could not be closed", directory, e);
    }
  }

  private void account(JournalBatch batch) {
    batch.out().u8(JournalCodec.NUMBERS).i32(lastNumber).i64(lastWaiting);
    declared.values().forEach(record -> batch.out().raw(record.duplicate()));
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  public DestinationLog queue(String name, QueueTerms terms) {
    int number = ++lastNumber;
    return declare(number, JournalCodec.queue(number, name, terms));
  }

  @Override
  public DestinationLog topic(String name) {
    int number = ++lastNumber;
    return declare(number, JournalCodec.topic(number, name));
  }

  @Override
  public DestinationLog subscription(int kind, String source, String name) {
    int number = ++lastNumber;
    return declare(number, JournalCodec.subscription(number, kind, source, name));
  }

  private DestinationLog declare(int number, ByteBuffer record) {
    declared.put(number, record);
    journal.add(batch -> batch.out().raw(record.duplicate()));
    journal.await();
    return log(number);
  }

  /** The log of what was declared under a number. */
  DestinationLog log(int number) {
    return new JournalLog(this, journal, number);
  }

  @Override
  public long cost(Payload payload) {
    return payload.isPersistent() ? StoredMessage.COST_BYTES : 0;
  }

  /** Counts what was read, as it would have been when it came. */
  void countStored() {
    journal.forEachRecord(record -> memory.take(StoredMessage.COST_BYTES));
  }

  @Override
  public void requireRoom(long bytes) throws Refusal {
    if (bytes > MOST_TOGETHER_BYTES) {
      throw new Refusal(
          WireError.MESSAGE_TOO_LARGE,
          "A durable hub takes %d bytes in one message or commit, not %d"
              .formatted(MOST_TOGETHER_BYTES, bytes));
    }
    if (!space.take(bytes + RECORD_BYTES)) {
      throw new Refusal(
          WireError.QUEUE_FULL,
          "The disk of the hub's data directory has less than %d MB free: make room there, or consume"
              .formatted(DiskSpace.RESERVE_BYTES >> 20));
    }
  }

  @Override
  public void beginTogether() {
    journal.beginTogether();
  }

  @Override
  public void endTogether() {
    journal.endTogether();
  }

  @Override
  public void await() {
    journal.await();
  }

  @Override
  public boolean write() {
    if (failure == null) {
      try {
        journal.write();
      } catch (IOException | RuntimeException e) {
        // Whatever it was, nobody knows what is on the disk now.
        LOG.error("The journal in {} cannot be written", directory.path(), e);
        failure = e;
      }
    }
    return failure == null;
  }

  @Override
  public String failure() {
    return failure == null ? "" : "The hub's journal cannot be written: " + failure;
  }

  @Override
  public void sync() {
    journal.awaitAll();
    write();
  }

  @Override
  public void close() {
    if (!closed) {
      sync();
      abandon();
    }
  }

  @Override
  public void abandon() {
    if (!closed) {
      closed = true;
      // What was confirmed is on the disk already: nothing depends on how its file is closed.
      closeQuietly(journal, directory.path());
      closeQuietly(directory, directory.path());
    }
  }

  /** A destination is no more. */
  void forget(int number) {
    declared.remove(number);
  }

  /** Nothing needs a message any more. */
  void finish(StoredMessage stored) {
    Journal.remove(stored);
    stored.payload().stored(null);
    memory.give(StoredMessage.COST_BYTES);
  }

  /** A message waits for its time before a destination. */
  StoredMessage.Waiting waiting(int number, long millis) {
    return new StoredMessage.Waiting(++lastWaiting, number, dueIn(millis));
  }

  /** The clock tells whole milliseconds, of which the present one may be nearly over. */
  private long dueIn(long millis) {
    return clock.millis() + 1 + Math.min(millis, Agenda.LONGEST_MILLIS);
  }

  /** Keeps a message, which waits for its time or not. */
  StoredMessage store(Payload payload, StoredMessage.@Nullable Waiting waiting) {
    StoredMessage stored = new StoredMessage(payload, waiting);
    payload.stored(stored);
    memory.take(StoredMessage.COST_BYTES);
    journal.add(stored);
    journal.await();
    return stored;
  }
}
