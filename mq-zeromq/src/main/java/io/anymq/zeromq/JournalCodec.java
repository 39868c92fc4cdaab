package io.anymq.zeromq;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a hub's journal. Destinations and durable subscriptions have numbers, which are
 * never given twice; a message's place is a number and a position there.
 *
 * <table>
 * <caption>Records</caption>
 * <tr><th>record</th><th>holds</th></tr>
 * <tr><td>NUMBERS</td><td>u32 last number of a destination, i64 last of what waits</td></tr>
 * <tr><td>QUEUE</td><td>u32 number, text name, terms as in DECLARE_QUEUE</td></tr>
 * <tr><td>TOPIC</td><td>u32 number, text name</td></tr>
 * <tr><td>SUBSCRIPTION</td><td>u32 number, u8 kind, text topic or pattern, text name</td></tr>
 * <tr><td>DELETED</td><td>u32 number, of any of them, with all that is there</td></tr>
 * <tr><td>MESSAGE</td><td>places, i64 position in its topic's past, blob; it stands for all that was written of it before</td></tr>
 * <tr><td>GONE</td><td>u32 number, i64 first position, i64 count</td></tr>
 * <tr><td>WAITING</td><td>i64 number, u32 destination, i64 due, blob</td></tr>
 * <tr><td>DUE</td><td>i64 number, places, i64 position in its topic's past</td></tr>
 * <tr><td>DELIVERED</td><td>u32 number, i64 first position, i64 count: each handed out once more;
 * read, and no longer written</td></tr>
 * <tr><td>COUNTED</td><td>u32 number, i64 first position, i64 count, u32 counts: of each</td></tr>
 * </table>
 *
 * <p>{@code places} is a text, the topic that must be named with the message or nothing, and u32 n,
 * n × (u32 number, i64 position, u8 1 when the topic is named there, u32 counts). {@code counts}
 * are, in the low 16 bits, how often a message was handed out; above, in 15 bits, how often nobody
 * knows whether it was; and in the highest one whether a consumer has it that has not told.
 */
final class JournalCodec {

  static final int NUMBERS = 1;
  static final int QUEUE = 2;
  static final int TOPIC = 3;
  static final int SUBSCRIPTION = 4;
  static final int DELETED = 5;
  static final int MESSAGE = 6;
  static final int GONE = 7;
  static final int WAITING = 8;
  static final int DUE = 9;
  static final int DELIVERED = 10;
  static final int COUNTED = 11;

  private JournalCodec() {}

  /**
   * Writes places.
   *
   * @param counted whether with the counts of now, or none
   */
  static void putPlaces(WireWriter out, List<Queued> places, boolean counted) {
    String topic = "";
    for (Queued place : places) {
      String named = place.topic();
      topic = named == null ? topic : named;
    }
    out.text(topic).i32(places.size());
    for (Queued place : places) {
      out.i32(place.log()).i64(place.position()).u8(place.topic() == null ? 0 : 1);
      out.i32(counted ? place.counts() : 0);
    }
  }

  /** Takes the places of a message as they are read. */
  interface Places {
    void place(int log, long position, @Nullable String topic, int counts);
  }

  static void readPlaces(JournalInput in, Places places) {
    String topic = in.text();
    for (int left = in.i32(); left > 0; left--) {
      int log = in.i32();
      long position = in.i64();
      boolean named = in.u8() == 1;
      places.place(log, position, named ? topic : null, in.i32());
    }
  }

  static ByteBuffer queue(int number, String name, QueueTerms terms) {
    WireWriter out = new WireWriter().u8(QUEUE).i32(number).text(name);
    terms.write(out);
    return out.take();
  }

  static ByteBuffer topic(int number, String name) {
    return new WireWriter().u8(TOPIC).i32(number).text(name).take();
  }

  static ByteBuffer subscription(int number, int kind, String source, String name) {
    WireWriter out = new WireWriter().u8(SUBSCRIPTION).i32(number).u8(kind);
    return out.text(source).text(name).take();
  }
}
