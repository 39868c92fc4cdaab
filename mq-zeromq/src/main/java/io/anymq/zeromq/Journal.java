package io.anymq.zeromq;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log of notes and records in numbered files. What is added is collected; {@link #write} appends
 * it as batches, each of which a crash leaves whole or not at all, and forces it to the disk when
 * somebody waits for that. Only the oldest file is ever deleted: what lives in it is written again
 * at the end before, so notes need not be kept longer than what they are about. Each file begins
 * with an account of what there is, so that any of them can be the oldest. For the hub's thread.
 */
final class Journal implements Closeable {

  /** A file gets no further batches when it has grown past this. */
  static final long SEGMENT_BYTES = 32L << 20;

  /** A batch gets no further records when it has grown past this, unless they belong together. */
  private static final long BATCH_BYTES = 16L << 20;

  /** How much of the oldest file is written again in one go, at least. */
  private static final long CLEAN_BYTES = 256 * 1024;

  private static final int BUFFER_BYTES = 1 << 20;

  /** Between these nothing may come apart. */
  private enum Mark implements JournalNote {
    BEGIN,
    END;

    @Override
    public void writeTo(JournalBatch batch) {}
  }

  private final JournalDirectory directory;
  private final JournalNote account;
  private final long segmentBytes;
  private final DiskSpace space;
  private final long journal;
  private final Deque<JournalSegment> segments;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private FileChannel file;
  private JournalFormat.Segment header;
  private JournalSegment current;
  private long nextBatch;

  /** The last batch that is known to be on the disk. */
  private long forced;

  private List<JournalNote> pending = new ArrayList<>();
  private boolean awaited;
  private boolean unforced;

  /** How many bytes the segments have, and what of them is needed. */
  private record Usage(long all, long live) {}

  /**
   * Goes on where the reader has come to the end, in a file of its own.
   *
   * @param account writes what there is, for the beginning of a file
   * @param segmentBytes when to begin another file
   * @param space tells when waste must go that is tolerated otherwise
   */
  Journal(
      JournalDirectory directory,
      JournalReader read,
      JournalNote account,
      long segmentBytes,
      DiskSpace space)
      throws IOException {
    this.directory = directory;
    this.account = account;
    this.segmentBytes = segmentBytes;
    this.space = space;
    this.segments = new ArrayDeque<>(read.segments());
    this.nextBatch = read.nextBatch();
    this.forced = nextBatch - 1;
    JournalSegment last = segments.peekLast();
    this.journal = last == null ? ThreadLocalRandom.current().nextLong() : read.journal();
    this.header =
        new JournalFormat.Segment(journal, last == null ? 1 : last.number() + 1, nextBatch);
    this.file = directory.begin(header.number());
    this.current = begin();
  }

  /** Begins the file that {@code header} tells of; it counts when all of its beginning is there. */
  private JournalSegment begin() throws IOException {
    long length;
    try {
      length = writeBeginning();
      directory.finish(header.number());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    JournalSegment segment =
        new JournalSegment(
            directory.segment(header.number()),
            header.number(),
            JournalFormat.SEGMENT_HEADER_BYTES + length);
    segments.addLast(segment);
    return segment;
  }

  private long writeBeginning() throws IOException {
    ByteBuffer start = JournalFormat.header(header);
    while (start.hasRemaining()) {
      file.write(start);
    }
    JournalBatch first = new JournalBatch();
    account.writeTo(first);
    long length = append(first);
    force(true);
    return length;
  }

  private long append(JournalBatch batch) throws IOException {
    return batch.writeTo(file, buffer, header, nextBatch++, forced);
  }

  private void force(boolean withMetadata) throws IOException {
    file.force(withMetadata);
    forced = nextBatch - 1;
  }

  private void roll() throws IOException {
    force(false);
    file.close();
    header = new JournalFormat.Segment(journal, header.number() + 1, nextBatch);
    file = directory.begin(header.number());
    current = begin();
  }

  /** Adds a note, or a record. */
  void add(JournalNote note) {
    pending.add(note);
  }

  /** What was added last and is not written yet. */
  @Nullable JournalNote lastAdded() {
    return pending.isEmpty() ? null : pending.get(pending.size() - 1);
  }

  /** What is added until {@link #endTogether} is in the journal together or not at all. */
  void beginTogether() {
    pending.add(Mark.BEGIN);
  }

  void endTogether() {
    pending.add(Mark.END);
  }

  /** Somebody waits until what has been added is on the disk. */
  void await() {
    awaited = true;
  }

  /** What has been written for nobody is to be on the disk too. */
  void awaitAll() {
    awaited |= unforced || !pending.isEmpty();
  }

  /** A record is to be written as it is now; what was written of it is out of date. */
  void writeAgain(JournalRecord record) {
    remove(record);
    pending.add(record);
    awaited = true;
  }

  /** A record is not needed any more. */
  static void remove(JournalRecord record) {
    if (record.home != null) {
      record.home.release(record);
    }
  }

  /** Appends what was added; on the disk, when this returns, if anybody has waited for it. */
  void write() throws IOException {
    if (oldestIsEmpty()) {
      awaited = true;
    }
    long before = current.size();
    if (!pending.isEmpty()) {
      List<JournalNote> notes = pending;
      pending = new ArrayList<>();
      append(notes);
      unforced = true;
    }
    if (awaited) {
      force(false);
      awaited = false;
      unforced = false;
      deleteEmpty();
      long written = Math.max(0, current.size() - before);
      clean(written, Math.max(CLEAN_BYTES, 2 * written));
    }
  }

  private void append(List<JournalNote> notes) throws IOException {
    int next = 0;
    while (next < notes.size()) {
      if (current.size() >= segmentBytes) {
        roll();
      }
      JournalBatch batch = new JournalBatch();
      List<JournalRecord> records = new ArrayList<>();
      next = fill(batch, notes, next, records);
      if (!batch.isEmpty()) {
        current.grow(append(batch));
      }
      // What they take was put down while they were written.
      records.forEach(record -> current.adopt(record, record.bytes));
    }
  }

  private static int fill(
      JournalBatch batch, List<JournalNote> notes, int from, List<JournalRecord> records) {
    boolean together = false;
    int next = from;
    while (next < notes.size() && (together || batch.length() < BATCH_BYTES)) {
      JournalNote note = notes.get(next++);
      together = note == Mark.BEGIN || (together && note != Mark.END);
      long before = batch.length();
      note.writeTo(batch);
      if (note instanceof JournalRecord record && batch.length() > before) {
        record.bytes = batch.length() - before;
        records.add(record);
      }
    }
    return next;
  }

  /** Tells of all that lives in the files. */
  void forEachRecord(Consumer<JournalRecord> taker) {
    for (JournalSegment segment : segments) {
      for (JournalRecord record = segment.first(); record != null; record = record.next) {
        taker.accept(record);
      }
    }
  }

  private boolean oldestIsEmpty() {
    JournalSegment oldest = segments.getFirst();
    return oldest != current && oldest.first() == null;
  }

  /** Deletes old files in which nothing lives. What was written again is on the disk. */
  private void deleteEmpty() throws IOException {
    List<Path> files = new ArrayList<>();
    while (oldestIsEmpty()) {
      files.add(segments.removeFirst().file());
    }
    if (!files.isEmpty()) {
      directory.delete(files);
    }
  }

  /** Writes some of the oldest file again, with what is added next, when that is worth it. */
  private void clean(long written, long atMost) {
    JournalSegment oldest = segments.getFirst();
    if (oldest == current || !isWorthCleaning(written)) {
      return;
    }
    long moved = 0;
    JournalRecord record = oldest.first();
    while (record != null && moved < atMost) {
      moved += record.bytes;
      oldest.release(record);
      pending.add(record);
      record = oldest.first();
    }
  }

  /** When half is waste; where the disk is nearly full, when two files' worth is. */
  private boolean isWorthCleaning(long written) {
    Usage usage = usage();
    long waste = usage.all() - usage.live() - 2 * segmentBytes;
    return waste > usage.live() || (waste > 0 && space.isShort(written));
  }

  private Usage usage() {
    long all = 0;
    long live = 0;
    for (JournalSegment segment : segments) {
      all += segment.weight();
      live += segment.live();
    }
    return new Usage(all, live);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
