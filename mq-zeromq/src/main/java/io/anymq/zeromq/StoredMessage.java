package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A persistent message in the journal, with the places where it still is, or the time that it waits
 * for. It is written as it is at that moment, and not at all when nobody needs it any more. For the
 * hub's thread.
 */
final class StoredMessage extends JournalRecord {

  /** This object, its list, and a slot in that: an estimate for a 64-bit JVM. */
  static final int COST_BYTES = 144;

  private final Payload payload;
  private final List<Queued> places = new ArrayList<>(1);
  private @Nullable Waiting waiting;

  /** Whether it gets its places from a note that says that it is due. */
  private boolean placedByNote;

  /**
   * What it waits for.
   *
   * @param number tells it from all others that wait
   * @param destination where it is to go, by its number in the journal
   * @param due when, in milliseconds since 1970
   */
  record Waiting(long number, int destination, long due) {}

  StoredMessage(Payload payload, @Nullable Waiting waiting) {
    this.payload = payload;
    this.waiting = waiting;
  }

  Payload payload() {
    return payload;
  }

  List<Queued> places() {
    return places;
  }

  @Nullable Waiting waiting() {
    return waiting;
  }

  void stopWaiting() {
    waiting = null;
  }

  boolean isPlacedByNote() {
    return placedByNote;
  }

  void placedByNote(boolean now) {
    placedByNote = now;
  }

  void add(Queued place, int log) {
    place.stored(log, places.size());
    places.add(place);
  }

  /** Takes a place away; the last one moves into its slot. */
  void remove(Queued place) {
    Queued last = places.remove(places.size() - 1);
    int slot = place.slot();
    if (slot < places.size()) {
      places.set(slot, last);
      last.stored(last.log(), slot);
    }
    place.stored(0, 0);
  }

  boolean isNeeded() {
    return waiting != null || !places.isEmpty();
  }

  @Override
  public void writeTo(JournalBatch batch) {
    if (waiting != null) {
      batch.out().u8(JournalCodec.WAITING).i64(waiting.number());
      batch.out().i32(waiting.destination()).i64(waiting.due());
      batch.blob(payload.bytes());
    } else if (!places.isEmpty()) {
      batch.out().u8(JournalCodec.MESSAGE);
      JournalCodec.putPlaces(batch.out(), places, true);
      batch.out().i64(payload.position());
      batch.blob(payload.bytes());
    }
  }
}
