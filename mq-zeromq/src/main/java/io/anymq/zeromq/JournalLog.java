package io.anymq.zeromq;

/** Notes in a hub's journal what happens in one destination. For the hub's thread. */
final class JournalLog implements DestinationLog {

  private final HubJournal kept;
  private final Journal journal;
  private final int number;
  private boolean deleted;

  /**
   * A log.
   *
   * @param kept what the hub remembers
   * @param journal where the notes go
   * @param number of the destination
   */
  JournalLog(HubJournal kept, Journal journal, int number) {
    this.kept = kept;
    this.journal = journal;
    this.number = number;
  }

  /** What has happened at a place, and at those behind it. */
  private static class Run implements JournalNote {
    private final int kind;
    private final int log;
    private final long first;
    private long count = 1;

    Run(int kind, int log, long first) {
      this.kind = kind;
      this.log = log;
      this.first = first;
    }

    boolean takesIn(int otherKind, int otherLog, long position) {
      boolean next = kind == otherKind && log == otherLog && position == first + count;
      count += next ? 1 : 0;
      return next;
    }

    @Override
    public void writeTo(JournalBatch batch) {
      batch.out().u8(kind).i32(log).i64(first).i64(count);
    }
  }

  /** Counts that a place has, and those behind it. */
  private static final class Counts extends Run {
    private final int counts;

    Counts(int log, long first, int counts) {
      super(JournalCodec.COUNTED, log, first);
      this.counts = counts;
    }

    @Override
    public void writeTo(JournalBatch batch) {
      super.writeTo(batch);
      batch.out().i32(counts);
    }
  }

  @Override
  public void placed(Queued message) {
    Payload payload = message.payload();
    if (payload.isPersistent()) {
      StoredMessage there = payload.stored();
      StoredMessage stored = there == null ? kept.store(payload, null) : there;
      stored.add(message, number);
      if (stored.home != null && !stored.isPlacedByNote()) {
        // It is written with other places: a replay has given it one more.
        journal.writeAgain(stored);
      }
    }
  }

  @Override
  public void gone(Queued message) {
    StoredMessage stored = message.payload().stored();
    if (message.log() == 0 || stored == null) {
      return;
    }
    stored.remove(message);
    // Where the destination is deleted, its record says it all.
    if (stored.written && !deleted) {
      note(JournalCodec.GONE, message.position());
    }
    if (!stored.isNeeded()) {
      kept.finish(stored);
    }
  }

  /** A record that has yet to be written tells the count itself. */
  @Override
  public void counted(Queued message) {
    StoredMessage stored = message.payload().stored();
    if (message.log() == 0 || stored == null || stored.home == null) {
      return;
    }
    int counts = message.counts();
    if (!(journal.lastAdded() instanceof Counts last
        && last.counts == counts
        && last.takesIn(JournalCodec.COUNTED, number, message.position()))) {
      journal.add(new Counts(number, message.position(), counts));
    }
  }

  private void note(int kind, long position) {
    if (!(journal.lastAdded() instanceof Run last && last.takesIn(kind, number, position))) {
      journal.add(new Run(kind, number, position));
    }
  }

  @Override
  public void waits(Payload payload) {
    if (payload.isPersistent()) {
      kept.store(payload, kept.waiting(number, payload.delayMillis()));
    }
  }

  @Override
  public void isDue(Payload payload) {
    StoredMessage stored = payload.stored();
    StoredMessage.Waiting waiting = stored == null ? null : stored.waiting();
    if (stored == null || waiting == null) {
      return;
    }
    stored.stopWaiting();
    stored.placedByNote(true);
    if (stored.written) {
      journal.add(
          batch -> {
            batch.out().u8(JournalCodec.DUE).i64(waiting.number());
            JournalCodec.putPlaces(batch.out(), stored.places(), false);
            batch.out().i64(payload.position());
          });
    }
  }

  @Override
  public void wasDue(Payload payload) {
    StoredMessage stored = payload.stored();
    if (stored != null) {
      stored.placedByNote(false);
      if (!stored.isNeeded()) {
        kept.finish(stored);
      }
    }
  }

  @Override
  public void dropped(Payload payload) {
    StoredMessage stored = payload.stored();
    if (stored != null) {
      stored.stopWaiting();
      kept.finish(stored);
    }
  }

  @Override
  public void deleted() {
    deleted = true;
    kept.forget(number);
    journal.add(batch -> batch.out().u8(JournalCodec.DELETED).i32(number));
    journal.await();
  }
}
