package io.anymq.zeromq;

import io.anymq.MessagingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its first batch to its last. What was never forced to the disk is cut off
 * where a crash has not left it whole; damage anywhere else is a failure that says where. For one
 * thread.
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
   * Reads everything. What was read is on the disk when this returns, though the hub before may
   * have been killed before it had seen to that.
   *
   * @throws MessagingException when the journal is damaged, or of another version
   */
  void read() throws IOException {
    Iterator<Map.Entry<Long, Path>> files = directory.segments().entrySet().iterator();
    while (files.hasNext()) {
      Map.Entry<Long, Path> each = files.next();
      try (FileChannel file = directory.reopen(each.getValue())) {
        read(each.getValue(), each.getKey(), new JournalFile(file));
        if (!files.hasNext()) {
          cutOff(file, segments.getLast());
          file.force(true);
        }
      }
    }
  }

  private void read(Path path, long number, JournalFile file) throws IOException {
    JournalFormat.Segment header = JournalFormat.segment(file, path);
    requireNext(path, number, header);
    JournalSegment segment = new JournalSegment(path, number, 0);
    segments.addLast(segment);
    long end = read(segment, header, file);
    segment.grow(end);
    if (nextBatch <= lastForced(header, file, end)) {
      throw damaged(segment);
    }
  }

  private static MessagingException damaged(JournalSegment segment) {
    return JournalFormat.corrupt(
        segment.file(), segment.size(), "a batch of records is not as it was written");
  }

  /**
   * Cuts off what was never forced. Of that a crash leaves whatever it likes: all of it, other
   * bytes in its place, or later pages without earlier ones.
   */
  private static void cutOff(FileChannel file, JournalSegment segment) throws IOException {
    long end = segment.size();
    if (end < file.size()) {
      LOG.warn(
          "{}: the last {} bytes, from byte {} on, are the rest of writes that were not finished; they are cut off",
          segment.file(),
          file.size() - end,
          end);
      file.truncate(end);
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
    } else if (number != before.number() + 1) {
      throw JournalFormat.corrupt(
          path, 0, "what comes between %s and this segment is missing".formatted(before.file()));
    } else if (header.firstBatch() != nextBatch) {
      throw damaged(before); // it was forced to its end before this one began
    }
  }

  /** Reads batches while they are whole; tells where that ends. */
  private long read(JournalSegment segment, JournalFormat.Segment header, JournalFile file)
      throws IOException {
    long at = JournalFormat.SEGMENT_HEADER_BYTES;
    ByteBuffer body = body(file, at, header);
    while (body != null) {
      long bodyAt = at + JournalFormat.BATCH_HEADER_BYTES;
      at = bodyAt + body.remaining() + JournalFormat.CHECK_BYTES;
      sink.batch(
          segment,
          nextBatch == header.firstBatch(),
          new JournalInput(segment.file(), body, bodyAt));
      nextBatch++;
      body = body(file, at, header);
    }
    return at;
  }

  /** The body of the next batch, when that is there, and whole. */
  private @Nullable ByteBuffer body(JournalFile file, long at, JournalFormat.Segment header)
      throws IOException {
    JournalFormat.Batch batch = batch(file, at, header);
    long bodyAt = at + JournalFormat.BATCH_HEADER_BYTES;
    if (batch == null
        || batch.number() != nextBatch
        || !file.has(bodyAt, batch.length() + JournalFormat.CHECK_BYTES)) {
      return null;
    }
    int length = (int) batch.length();
    ByteBuffer body = file.at(bodyAt, length + JournalFormat.CHECK_BYTES);
    int check = JournalFormat.checkOf(body, 0, length, header.check());
    return check == body.getInt(length) ? body.limit(length) : null;
  }

  private static JournalFormat.@Nullable Batch batch(
      JournalFile file, long at, JournalFormat.Segment header) throws IOException {
    return file.has(at, JournalFormat.BATCH_HEADER_BYTES)
        ? JournalFormat.batch(file.at(at, JournalFormat.BATCH_HEADER_BYTES), 0, header)
        : null;
  }

  /**
   * The last batch that was on the disk for certain: the segment's first was before the file had
   * its name, and headers behind the end tell of more.
   */
  private static long lastForced(JournalFormat.Segment header, JournalFile file, long end)
      throws IOException {
    long last = header.firstBatch();
    for (long at = end; file.has(at, JournalFormat.BATCH_HEADER_BYTES); at++) {
      JournalFormat.Batch batch = batch(file, at, header);
      last = batch == null ? last : Math.max(last, batch.forced());
    }
    return last;
  }
}
