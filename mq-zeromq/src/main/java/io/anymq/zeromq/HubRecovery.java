package io.anymq.zeromq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a hub's journal, and gives a hub the content that follows from it. For one thread. */
final class HubRecovery implements JournalReader.Sink {

  private final JournalReader reader;
  private final Map<Integer, Declared> declared = new TreeMap<>();
  private final Map<Long, StoredMessage> waiting = new LinkedHashMap<>();
  private int lastNumber;
  private long lastWaiting;
  private long lastPosition;
  private boolean begun;

  /** A destination or a durable subscription, and what is in it. */
  private record Declared(
      int kind,
      String source,
      String name,
      QueueTerms terms,
      ByteBuffer record,
      TreeMap<Long, Queued> places) {}

  HubRecovery(JournalDirectory directory) {
    reader = new JournalReader(directory, this);
  }

  void read() throws IOException {
    reader.read();
  }

  JournalReader reader() {
    return reader;
  }

  Map<Integer, ByteBuffer> declared() {
    Map<Integer, ByteBuffer> records = new LinkedHashMap<>();
    declared.forEach((number, each) -> records.put(number, each.record()));
    return records;
  }

  int lastNumber() {
    return lastNumber;
  }

  long lastWaiting() {
    return lastWaiting;
  }

  @Override
  public void batch(JournalSegment segment, boolean first, JournalInput records) {
    if (first && begun) {
      // It tells what has been read already.
      return;
    }
    begun = true;
    while (records.hasMore()) {
      record(segment, records);
    }
  }

  private void record(JournalSegment segment, JournalInput in) {
    int from = in.position();
    int kind = in.u8();
    switch (kind) {
      case JournalCodec.NUMBERS -> {
        lastNumber = Math.max(lastNumber, in.i32());
        lastWaiting = Math.max(lastWaiting, in.i64());
      }
      case JournalCodec.QUEUE -> {
        int number = in.i32();
        String name = in.text();
        QueueTerms terms = new QueueTerms(in.u8() == 1, in.i64());
        declare(number, Wire.QUEUE, "", name, terms, JournalCodec.queue(number, name, terms));
      }
      case JournalCodec.TOPIC -> {
        int number = in.i32();
        String name = in.text();
        ByteBuffer record = JournalCodec.topic(number, name);
        declare(number, Wire.TOPIC, "", name, QueueTerms.DEFAULT, record);
      }
      case JournalCodec.SUBSCRIPTION -> subscription(in);
      case JournalCodec.DELETED -> delete(in.i32());
      case JournalCodec.MESSAGE -> message(segment, in, from);
      case JournalCodec.GONE -> gone(in.i32(), in.i64(), in.i64());
      case JournalCodec.WAITING -> waits(segment, in, from);
      case JournalCodec.DUE -> due(in);
      case JournalCodec.DELIVERED -> delivered(in.i32(), in.i64(), in.i64());
      case JournalCodec.COUNTED -> counted(in.i32(), in.i64(), in.i64(), in.i32());
      default -> throw in.unknown("no record is of kind " + kind);
    }
  }

  private void subscription(JournalInput in) {
    int number = in.i32();
    int of = in.u8();
    String source = in.text();
    String name = in.text();
    ByteBuffer record = JournalCodec.subscription(number, of, source, name);
    // A pattern's kind is told by the mark that its consumers have.
    int kind = of == Wire.OF_PATTERN ? Wire.OF_PATTERN : Wire.FROM_DURABLE_SUBSCRIPTION;
    declare(number, kind, source, name, QueueTerms.DEFAULT, record);
  }

  private void declare(
      int number, int kind, String source, String name, QueueTerms terms, ByteBuffer record) {
    lastNumber = Math.max(lastNumber, number);
    declared.putIfAbsent(number, new Declared(kind, source, name, terms, record, new TreeMap<>()));
  }

  private void delete(int number) {
    lastNumber = Math.max(lastNumber, number);
    Declared gone = declared.remove(number);
    if (gone != null) {
      gone.places().values().forEach(HubRecovery::drop);
      waiting.values().removeIf(stored -> leaves(stored, number));
    }
  }

  private static boolean leaves(StoredMessage stored, int number) {
    StoredMessage.Waiting what = stored.waiting();
    boolean leaves = what != null && what.destination() == number;
    if (leaves) {
      Journal.remove(stored);
    }
    return leaves;
  }

  private static void drop(Queued place) {
    StoredMessage stored = place.payload().stored();
    if (stored != null) {
      stored.remove(place);
      if (!stored.isNeeded()) {
        Journal.remove(stored);
      }
    }
  }

  private void message(JournalSegment segment, JournalInput in, int from) {
    List<Place> places = places(in);
    long position = in.i64();
    StoredMessage stored = stored(in.blob(), null);
    lastPosition = Math.max(lastPosition, position);
    stored.payload().position(position);
    segment.adopt(stored, in.position() - from);
    put(stored, places);
  }

  private static StoredMessage stored(byte[] bytes, StoredMessage.@Nullable Waiting waiting) {
    Payload payload = new Payload(bytes);
    StoredMessage stored = new StoredMessage(payload, waiting);
    payload.stored(stored);
    return stored;
  }

  private record Place(int log, long position, @Nullable String topic, int counts) {}

  private static List<Place> places(JournalInput in) {
    List<Place> places = new ArrayList<>();
    JournalCodec.readPlaces(
        in, (log, position, topic, counts) -> places.add(new Place(log, position, topic, counts)));
    return places;
  }

  /** Puts a message where it is; what was there is an older copy of it. */
  private void put(StoredMessage stored, List<Place> places) {
    for (Place place : places) {
      Declared where = declared.get(place.log());
      if (where != null) {
        Queued queued =
            new Queued(
                stored.payload(),
                where.terms().rankOf(stored.payload()),
                place.position(),
                place.topic());
        queued.counts(place.counts());
        stored.add(queued, place.log());
        Queued before = where.places().put(place.position(), queued);
        if (before != null) {
          drop(before);
        }
      }
    }
    if (!stored.isNeeded()) {
      Journal.remove(stored);
    }
  }

  private void gone(int number, long first, long count) {
    Declared where = declared.get(number);
    if (where != null) {
      Map<Long, Queued> range = where.places().subMap(first, first + count);
      range.values().forEach(HubRecovery::drop);
      range.clear();
    }
  }

  private void waits(JournalSegment segment, JournalInput in, int from) {
    StoredMessage.Waiting what = new StoredMessage.Waiting(in.i64(), in.i32(), in.i64());
    lastWaiting = Math.max(lastWaiting, what.number());
    StoredMessage stored = stored(in.blob(), what);
    segment.adopt(stored, in.position() - from);
    StoredMessage before = waiting.put(what.number(), stored);
    if (before != null) {
      Journal.remove(before);
    }
  }

  private void due(JournalInput in) {
    StoredMessage stored = waiting.remove(in.i64());
    List<Place> places = places(in);
    long position = in.i64();
    lastPosition = Math.max(lastPosition, position);
    if (stored != null) {
      stored.stopWaiting();
      stored.payload().position(position);
      put(stored, places);
    }
  }

  private void delivered(int number, long first, long count) {
    Declared where = declared.get(number);
    if (where != null) {
      where.places().subMap(first, first + count).values().forEach(place -> place.goesOut(false));
    }
  }

  private void counted(int number, long first, long count, int counts) {
    Declared where = declared.get(number);
    if (where != null) {
      where.places().subMap(first, first + count).values().forEach(place -> place.counts(counts));
    }
  }

  /**
   * Puts everything into a hub's content, which is empty.
   *
   * @param now the wall clock's time in milliseconds
   */
  void restore(HubContent content, HubJournal journal, long now) {
    journal.countStored();
    content.histories().beginBehind(lastPosition);
    content.agenda().advance(System.nanoTime());
    Map<Integer, Target> targets = new LinkedHashMap<>();
    declared.forEach(
        (number, each) -> {
          DestinationLog log = journal.log(number);
          Target target = restore(content, each, log);
          targets.put(number, target);
          if (target instanceof MessageQueue queue) {
            queue.restore(each.places().values());
          }
        });
    waiting.values().stream()
        .sorted(Comparator.comparingLong(stored -> dueOf(stored).due()))
        .forEach(stored -> restore(targets.get(dueOf(stored).destination()), stored, now));
  }

  private static Target restore(HubContent content, Declared each, DestinationLog log) {
    return switch (each.kind()) {
      case Wire.QUEUE -> content.restoreQueue(each.name(), each.terms(), log);
      case Wire.TOPIC -> content.restoreTopic(each.name(), log);
      default ->
          content.restoreSubscription(
              each.kind() == Wire.OF_PATTERN, each.source(), each.name(), log);
    };
  }

  private static void restore(@Nullable Target target, StoredMessage stored, long now) {
    if (target == null) {
      Journal.remove(stored);
    } else {
      target.hold(stored.payload(), Math.max(0, dueOf(stored).due() - now));
    }
  }

  private static StoredMessage.Waiting dueOf(StoredMessage stored) {
    return java.util.Objects.requireNonNull(stored.waiting());
  }
}
