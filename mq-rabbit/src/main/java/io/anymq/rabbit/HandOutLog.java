package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.spi.support.RareWarning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was handed to applications of the messages of one native queue: a durable classic queue
 * beside it, with a small message for each hand-out that another process may have to know of. The
 * broker's own count has messages too that waited in a prefetch and came back unseen. Safe for use
 * by several threads.
 *
 * <p>Writing waits for no answer, and a killed process has written what it has: the entry of a
 * redelivered message is on its way before the application gets that. Reading happens only for a
 * message that has reached its limit, and not where this link itself has seen all its deliveries.
 */
final class HandOutLog {

  /** From here on the oldest entries may be gone. */
  private static final int SURELY_COMPLETE = HandOutWriter.MOST_ENTRIES / 10 * 9;

  private static final int MOST_KNOWN = 10_000;
  private static final int LONGEST_ID = 100;

  /** In UTF-8: with what is put before it, the broker takes 255 bytes. */
  private static final int LONGEST_ID_BYTES = 200;

  private final NativeConnection reader;
  private final HandOutWriter writer;
  private final String queue;
  private final Duration limit;
  private final String ids = UUID.randomUUID() + "-";
  private final AtomicLong entries = new AtomicLong();
  private final RareWarning unread = new RareWarning(NativeConnection.class);
  private final Object readLock = new Object();
  private @Nullable HandOutSnapshot snapshot;

  /** How often this link has handed out a message, by its key: the last ones. */
  private final Map<String, Integer> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /**
   * One hand-out.
   *
   * @param id tells it from all others
   * @param key the message
   * @param again whether the broker had marked the delivery as redelivered
   * @param generation how often the message had been delivered when its present copy was made
   */
  record Entry(String id, String key, boolean again, int generation) {}

  /**
   * The log of one queue.
   *
   * @param reader the connection that reads
   * @param writer gives the connection that writes: consumers must go on when the broker stops
   *     reading from those that write
   * @param queue the native name of the log
   * @param limit how long to read at most
   */
  HandOutLog(
      NativeConnection reader, Supplier<NativeConnection> writer, String queue, Duration limit) {
    this.reader = reader;
    this.writer = new HandOutWriter(writer, queue);
    this.queue = queue;
    this.limit = limit;
  }

  /** What tells a message from others: its id, or what it is where that is none or long. */
  static String key(BasicProperties properties, Message message) {
    String id = RabbitMapper.id(properties).orElse("");
    if (!id.isEmpty() && isShort(id)) {
      return "id:" + id;
    }
    String whole = id.isEmpty() ? message.properties().toString() : id;
    return id.length() + ":" + Digests.sha256(whole.getBytes(StandardCharsets.UTF_8), message);
  }

  private static boolean isShort(String id) {
    return id.length() <= LONGEST_ID
        && id.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ID_BYTES;
  }

  /** A new entry, to be recorded. */
  Entry entry(String key, boolean again, int generation) {
    return new Entry(ids + entries.incrementAndGet(), key, again, generation);
  }

  /**
   * Records a hand-out; waits for the broker at most when it is the first one for some time. It is
   * called in the midst of receiving and of giving back, which no failure of it may cut short.
   */
  void record(Entry entry) {
    synchronized (known) {
      known.merge(entry.key(), 1, Integer::sum);
    }
    try {
      String kind = (entry.again() ? "again/" : "first/") + entry.generation();
      boolean unused = writer.write(entry.id(), entry.key(), kind);
    } catch (RuntimeException e) {
      NativeConnection.LOG.debug("Not recorded: {}", entry, e);
    }
  }

  /**
   * A message of which hand-outs are recorded is done with: accepted, or in its dead-letter queue.
   * Of the many that are delivered once nothing is recorded, and no end.
   */
  void end(String key) {
    synchronized (known) {
      known.remove(key);
    }
    try {
      boolean unused =
          writer.write(ids + entries.incrementAndGet(), key, HandOutSnapshot.END_OF_LIFE);
    } catch (RuntimeException e) {
      NativeConnection.LOG.debug("The end of {} is not recorded", key, e);
    }
  }

  /** Has the first entry wait for nothing; called when a redelivered message has arrived. */
  void prepare() {
    writer.prepare();
  }

  /** It was deleted with its queue; the next entry declares it anew. */
  void forget() {
    writer.forget();
  }

  /** Nobody uses it any more; what is recorded all the same is dropped. */
  void close() {
    writer.close();
  }

  /**
   * How often a message was handed out before a delivery of it.
   *
   * @param told how often its headers tell
   * @param most more are not worth looking for; and the answer where there can be no log
   * @throws MessagingException when the log cannot be read now
   */
  int earlier(RabbitDelivery delivery, int told, int most) {
    Entry own = delivery.recorded();
    if (told + known(delivery.key()) - (own == null ? 0 : 1) >= most) {
      return most;
    }
    HandOutSnapshot read = read(delivery.arrivedAt());
    if (read == null) {
      return most;
    }
    return handedOut(told + read.count(delivery.key(), own), read.size(), most);
  }

  /**
   * A full log has too few of a message's hand-outs: half of what the broker counts is taken for
   * handed out at least. So a message is tried twice as often as its limit says at most, and one
   * that was only prefetched is not dead-lettered at once.
   *
   * @param entries how many the log has, of all messages
   */
  static int handedOut(int recorded, int entries, int most) {
    return entries < SURELY_COMPLETE ? recorded : Math.max(recorded, most / 2);
  }

  private int known(String key) {
    synchronized (known) {
      return known.getOrDefault(key, 0);
    }
  }

  /**
   * How often a message was handed out again, by what is recorded; 0 where nothing can be read.
   *
   * @param generation its present copy
   */
  int repeated(String key, int generation, long arrivedAt) {
    try {
      HandOutSnapshot read = read(arrivedAt);
      return read == null ? 0 : read.repeated(key, generation);
    } catch (MessagingException e) {
      unread.warn(
          "The hand-out log %s cannot be read, so a delivery count may be too low: %s"
              .formatted(queue, e.getMessage()));
      return 0;
    }
  }

  /** What was recorded before that moment, at least; null where there can be no log. */
  private @Nullable HandOutSnapshot read(long since) {
    if (RabbitThreads.isClientThread()) {
      return null;
    }
    synchronized (readLock) {
      HandOutSnapshot last = snapshot;
      if (last != null && last.takenAt() - since >= 0) {
        return last;
      }
      prepare();
      snapshot = take();
      return snapshot;
    }
  }

  /** One reader at a time: what one has been sent, another would not find. */
  private @Nullable HandOutSnapshot take() {
    if (writer.isRefused()) {
      return null;
    }
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return reader.askAlone("Reading " + queue, reading -> takeFrom(reading, deadline));
      } catch (MessagingException e) {
        boolean busy = String.valueOf(e.getMessage()).contains("exclusive use");
        if (!busy || System.nanoTime() - deadline >= 0) {
          throw e;
        }
        Pauses.brief("reading " + queue);
      }
    }
  }

  /** All up to a mark that is written when the reading has begun; closing gives it all back. */
  private HandOutSnapshot takeFrom(Channel reading, long deadline) throws IOException {
    HandOutSnapshot taken = new HandOutSnapshot();
    String mark = ids + "mark-" + entries.incrementAndGet();
    reading.basicConsume(
        queue,
        false,
        "",
        false,
        true,
        Map.of(),
        (tag, delivery) -> taken.add(delivery, mark),
        tag -> taken.end());
    boolean written = writer.write(mark, mark, "mark");
    if (!written) {
      throw new MessagingException(
          ErrorCode.BACKEND_FAILURE, "The broker has stopped taking messages, marks too");
    }
    Delivery end = taken.await(deadline);
    reading.basicAck(end.getEnvelope().getDeliveryTag(), false);
    return taken;
  }
}
