package io.anymq.zeromq;

import io.anymq.MessagingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its first batch to its last. What a crash has left half-written at the very
 * end is cut off; damage anywhere else is a failure that says where. For one thread.
 */
final class JournalReader {

  private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);

  /** Takes what is read. */
  interface Sink {

    /**
     * A batch.
     *
     * @param segment where it is
     * @param first whether it is the first one of its segment, which tells what there is
     * @param records its records; they must be read to their end
     */
    void batch(JournalSegment segment, boolean first, JournalInput records);
  }

  private final JournalDirectory directory;
  private final Sink sink;
  private final Deque<JournalSegment> segments = new ArrayDeque<>();
  private long journal;
  private long nextBatch;

  JournalReader(JournalDirectory directory, Sink sink) {
    this.directory = directory;
    this.sink = sink;
  }

  /** The segments that were read, the oldest first. */
  Deque<JournalSegment> segments() {
    return segments;
  }

  /** The number that the journal got when it was made. */
  long journal() {
    return journal;
  }

  /** The number of the batch that would come next; 1 in an empty journal. */
  long nextBatch() {
    return Math.max(1, nextBatch);
  }

  /**
   * Reads everything.
   *
   * @throws MessagingException when the journal is damaged, or newer than this version
   */
  void read() throws IOException {
    Iterator<Map.Entry<Long, Path>> files = directory.segments().entrySet().iterator();
    while (files.hasNext()) {
      Map.Entry<Long, Path> each = files.next();
      try (FileChannel file =
          FileChannel.open(each.getValue(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        read(each.getValue(), each.getKey(), file, !files.hasNext());
      }
    }
  }

  private void read(Path path, long number, FileChannel file, boolean last) throws IOException {
    ByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
    JournalFormat.Segment header = JournalFormat.segment(bytes, path);
    requireNext(path, number, header);
    JournalSegment segment = new JournalSegment(path, number, 0);
    segments.addLast(segment);
    int end = read(segment, header, bytes);
    segment.grow(end);
    if (end < bytes.limit()) {
      if (!last || followedByAnother(bytes, end, header)) {
        throw JournalFormat.corrupt(path, end, "a batch of records is not as it was written");
      }
      LOG.warn(
          "{}: the last {} bytes, from byte {} on, are the rest of a write that was not finished; they are cut off",
          path,
          bytes.limit() - end,
          end);
      file.truncate(end);
      file.force(true);
    }
  }

  private void requireNext(Path path, long number, JournalFormat.Segment header) {
    JournalSegment before = segments.peekLast();
    if (header.number() != number) {
      throw JournalFormat.corrupt(path, 0, "this is segment " + header.number());
    }
    if (before == null) {
      journal = header.journal();
      nextBatch = header.firstBatch();
    } else if (header.journal() != journal) {
      throw JournalFormat.corrupt(path, 0, "this segment is of another journal");
    } else if (number != before.number() + 1 || header.firstBatch() != nextBatch) {
      throw JournalFormat.corrupt(
          path, 0, "what comes between %s and this segment is missing".formatted(before.file()));
    }
  }

  /** Reads batches while they are whole; tells where that ends. */
  private int read(JournalSegment segment, JournalFormat.Segment header, ByteBuffer bytes) {
    int at = JournalFormat.SEGMENT_HEADER_BYTES;
    JournalFormat.Batch batch = whole(bytes, at, header);
    while (batch != null && batch.number() == nextBatch) {
      int body = at + JournalFormat.BATCH_HEADER_BYTES;
      int length = (int) batch.length();
      JournalInput records = new JournalInput(segment.file(), bytes, body, length);
      sink.batch(segment, nextBatch == header.firstBatch(), records);
      nextBatch++;
      at = body + length + JournalFormat.CHECK_BYTES;
      batch = whole(bytes, at, header);
    }
    return at;
  }

  private static JournalFormat.@Nullable Batch whole(
      ByteBuffer bytes, int at, JournalFormat.Segment header) {
    JournalFormat.Batch batch = JournalFormat.batch(bytes, at, header);
    int body = at + JournalFormat.BATCH_HEADER_BYTES;
    if (batch == null || batch.length() > bytes.limit() - body - JournalFormat.CHECK_BYTES) {
      return null;
    }
    int length = (int) batch.length();
    int check = JournalFormat.checkOf(bytes, body, length, header.check());
    return check == bytes.getInt(body + length) ? batch : null;
  }

  /**
   * Whether a later batch is there. It was written when the one at {@code from} was on the disk, so
   * that one has been damaged since.
   */
  private boolean followedByAnother(ByteBuffer bytes, int from, JournalFormat.Segment header) {
    for (int at = from; at <= bytes.limit() - JournalFormat.BATCH_HEADER_BYTES; at++) {
      JournalFormat.Batch batch = JournalFormat.batch(bytes, at, header);
      if (batch != null && batch.number() > nextBatch) {
        return true;
      }
    }
    return false;
  }
}
