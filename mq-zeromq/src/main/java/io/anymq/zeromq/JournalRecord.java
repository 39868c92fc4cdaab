package io.anymq.zeromq;

import org.jspecify.annotations.Nullable;

/**
 * What a journal has to keep as long as it is needed, wherever in its files that is. Each segment
 * chains those that live in it. For the hub's thread.
 */
abstract class JournalRecord implements JournalNote {

  /** The segment that it lives in; none while it waits to be written. */
  @Nullable JournalSegment home;

  @Nullable JournalRecord previous;
  @Nullable JournalRecord next;

  /** What it takes there. */
  long bytes;

  /** Whether some file holds it, perhaps an old copy of it. */
  boolean written;
}
