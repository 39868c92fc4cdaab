package io.anymq.zeromq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The files of a journal. A segment begins with a header that names the journal, the segment and
 * the number of its first batch. Batches follow: a header, a body, and the body's check sum. The
 * header of each tells up to which batch the journal had been forced to the disk when it was
 * written: whatever cannot be read up to there is damage, and behind it a write that a crash cut
 * off. Check sums begin with the segment's salt, so that bytes of another file, or of a message
 * that looks like a batch, are none.
 */
final class JournalFormat {

  /** The one that this version reads and writes. Format 1 was never released. */
  static final int VERSION = 2;

  static final int SEGMENT_HEADER_BYTES = 36;
  static final int BATCH_HEADER_BYTES = 32;
  static final int CHECK_BYTES = 4;

  /** "AMQJ". */
  private static final int SEGMENT_MAGIC = 0x414D514A;

  /** "AMQB". */
  private static final int BATCH_MAGIC = 0x414D5142;

  /**
   * Which file of which journal.
   *
   * @param journal a number that the journal got by chance when it was made
   * @param number the segment's number
   * @param firstBatch the number of its first batch
   */
  record Segment(long journal, long number, long firstBatch) {

    /** A check sum that has taken in which file this is. */
    CRC32C check() {
      CRC32C check = new CRC32C();
      check.update(ByteBuffer.allocate(16).putLong(journal).putLong(number).flip());
      return check;
    }
  }

  /**
   * What is before a batch.
   *
   * @param length of the body
   * @param number counts from 1, over all segments
   * @param forced the last batch that was known to be on the disk; 0 for none
   */
  record Batch(long length, long number, long forced) {}

  private JournalFormat() {}

  static ByteBuffer header(Segment segment) {
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_BYTES);
    header.putInt(SEGMENT_MAGIC).putShort((short) VERSION).putShort((short) 0);
    header.putLong(segment.journal()).putLong(segment.number()).putLong(segment.firstBatch());
    header.putInt(checkOf(header, 0, SEGMENT_HEADER_BYTES - CHECK_BYTES, new CRC32C()));
    return header.flip();
  }

  /** Reads a segment's header, which is whole: it was on the disk before the file had its name. */
  static Segment segment(JournalFile segment, Path file) throws IOException {
    if (!segment.has(0, SEGMENT_HEADER_BYTES)) {
      throw corrupt(file, 0, "the header is not there");
    }
    ByteBuffer from = segment.at(0, SEGMENT_HEADER_BYTES);
    if (from.getInt(0) != SEGMENT_MAGIC) {
      throw corrupt(file, 0, "this is no segment of a hub's journal");
    }
    int version = from.getShort(4);
    if (version != VERSION) {
      throw unreadable(file, version);
    }
    int end = SEGMENT_HEADER_BYTES - CHECK_BYTES;
    if (from.getInt(end) != checkOf(from, 0, end, new CRC32C())) {
      throw corrupt(file, 0, "the header is damaged");
    }
    return new Segment(from.getLong(8), from.getLong(16), from.getLong(24));
  }

  private static MessagingException unreadable(Path file, int version) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "%s was written by %s hub: it has format %d, and this hub reads format %d alone"
            .formatted(file, version > VERSION ? "a newer" : "an older", version, VERSION));
  }

  static void putHeader(ByteBuffer to, Segment segment, Batch batch) {
    int from = to.position();
    to.putInt(BATCH_MAGIC).putLong(batch.length());
    to.putLong(batch.number()).putLong(batch.forced());
    to.putInt(checkOf(to, from, BATCH_HEADER_BYTES - CHECK_BYTES, segment.check()));
  }

  /** Reads a batch's header; null when there is none, or it is damaged. */
  static @Nullable Batch batch(ByteBuffer from, int at, Segment segment) {
    if (from.limit() - at < BATCH_HEADER_BYTES || from.getInt(at) != BATCH_MAGIC) {
      return null;
    }
    int end = BATCH_HEADER_BYTES - CHECK_BYTES;
    if (from.getInt(at + end) != checkOf(from, at, end, segment.check())) {
      return null;
    }
    return new Batch(from.getLong(at + 4), from.getLong(at + 12), from.getLong(at + 20));
  }

  static int checkOf(ByteBuffer bytes, int from, int length, CRC32C check) {
    ByteBuffer part = bytes.duplicate();
    part.limit(from + length).position(from);
    check.update(part);
    return (int) check.getValue();
  }

  static MessagingException corrupt(Path file, long offset, String what) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE,
        "The hub's journal is damaged: %s at byte %d: %s".formatted(file, offset, what));
  }
}
