package io.anymq.zeromq;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file of a journal, and which records live in it. For the hub's thread. */
final class JournalSegment {

  /**
   * What a file counts for at least, so that many short ones, left by many short runs, are cleaned
   * too.
   */
  private static final long LEAST_BYTES = 64 * 1024;

  private final Path file;
  private final long number;
  private long size;
  private long live;
  private @Nullable JournalRecord first;
  private @Nullable JournalRecord last;

  JournalSegment(Path file, long number, long size) {
    this.file = file;
    this.number = number;
    this.size = size;
  }

  Path file() {
    return file;
  }

  long number() {
    return number;
  }

  long size() {
    return size;
  }

  void grow(long bytes) {
    size += bytes;
  }

  long weight() {
    return Math.max(size, LEAST_BYTES);
  }

  /** The bytes of the records that live here. */
  long live() {
    return live;
  }

  @Nullable JournalRecord first() {
    return first;
  }

  /** A record was written here. */
  void adopt(JournalRecord record, long bytes) {
    record.home = this;
    record.bytes = bytes;
    record.written = true;
    record.previous = last;
    record.next = null;
    if (last == null) {
      first = record;
    } else {
      last.next = record;
    }
    last = record;
    live += bytes;
  }

  /** A record is not needed any more, or not here. */
  void release(JournalRecord record) {
    if (record.previous == null) {
      first = record.next;
    } else {
      record.previous.next = record.next;
    }
    if (record.next == null) {
      last = record.previous;
    } else {
      record.next.previous = record.previous;
    }
    record.home = null;
    record.previous = null;
    record.next = null;
    live -= record.bytes;
  }
}
