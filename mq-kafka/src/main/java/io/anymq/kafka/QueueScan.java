package io.anymq.kafka;

import io.anymq.ClosedException;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what a queue holds that its share group is not done with, in no group, up to where the
 * queue ended when the scan began. For one thread; {@link #close} by any.
 */
final class QueueScan implements AutoCloseable {

  private static final int MAX_POLL_RECORDS = 1_000;

  /** How many of the latest records of the groups' state are looked at first, for a snapshot. */
  private static final long FIRST_LOOK = 1_000;

  private static final String RIGHT = "READ on topic " + ShareState.TOPIC + " and on the queue's";

  /** By how much each further look back is longer. */
  private static final long FARTHER = 8;

  /**
   * What is read.
   *
   * @param group the share group
   * @param partitions the partitions of its topic
   */
  record Subject(String group, List<TopicIdPartition> partitions) {

    static Subject of(String group, TopicDescription topic) {
      List<TopicIdPartition> partitions =
          KafkaTopology.partitions(topic).stream()
              .map(partition -> new TopicIdPartition(topic.topicId(), partition))
              .toList();
      return new Subject(group, partitions);
    }

    /** What is asked for, as messages name it. */
    String done() {
      List<String> topics = partitions.stream().map(TopicIdPartition::topic).distinct().toList();
      return "what group %s has done in topic %s".formatted(group, String.join(", ", topics));
    }
  }

  private final Subject subject;
  private final Duration timeout;
  private final LinkState state;
  private final Consumer<QueueScan> onClosed;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
  private final Map<TopicPartition, DonePlaces> done = new HashMap<>();
  private Map<TopicPartition, Long> ends = Map.of();
  private boolean ended;
  private volatile boolean closing;

  QueueScan(KafkaConfig config, Subject subject, LinkState state, Consumer<QueueScan> onClosed) {
    this.subject = subject;
    this.state = state;
    this.onClosed = onClosed;
    timeout = config.operationTimeout();
    consumer =
        new KafkaConsumer<>(
            config.consumer(config.clientId("scan"), MAX_POLL_RECORDS),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Finds out where the queue ends, and then what is done; so what is sent later is not seen. */
  synchronized void begin() {
    try {
      List<TopicPartition> topic =
          subject.partitions().stream().map(TopicIdPartition::topicPartition).toList();
      ends = consumer.endOffsets(topic, timeout);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(topic, timeout);
      for (TopicIdPartition each : subject.partitions()) {
        done.put(each.topicPartition(), ShareState.done(stateOf(each)));
      }
      consumer.assign(topic);
      for (TopicPartition each : topic) {
        consumer.seek(each, Math.max(doneIn(each).start(), starts.getOrDefault(each, 0L)));
      }
    } catch (WakeupException e) {
      throw closed(e);
    } catch (KafkaException e) {
      throw KafkaErrors.translate(e, subject.done(), RIGHT);
    }
  }

  private DonePlaces doneIn(TopicPartition partition) {
    return done.computeIfAbsent(partition, unknown -> new DonePlaces());
  }

  /** The records of a partition's state, from the last snapshot on, looked for from the end. */
  private List<ConsumerRecord<byte[], byte[]>> stateOf(TopicIdPartition place) {
    int count = consumer.partitionsFor(ShareState.TOPIC, timeout).size();
    if (count == 0) {
      return List.of();
    }
    TopicPartition log =
        new TopicPartition(ShareState.TOPIC, ShareState.partition(subject.group(), place, count));
    long first = offset(consumer.beginningOffsets(Set.of(log), timeout), log);
    long to = offset(consumer.endOffsets(Set.of(log), timeout), log);
    consumer.assign(Set.of(log));
    Deque<ConsumerRecord<byte[], byte[]>> found = new ArrayDeque<>();
    long look = FIRST_LOOK;
    while (to > first && !isComplete(found)) {
      long from = Math.max(first, to - look);
      List<ConsumerRecord<byte[], byte[]>> older = read(log, from, to, place);
      for (int i = older.size() - 1; i >= 0 && !isComplete(found); i--) {
        found.addFirst(older.get(i));
      }
      to = from;
      look *= FARTHER;
    }
    return new ArrayList<>(found);
  }

  private static boolean isComplete(Deque<ConsumerRecord<byte[], byte[]>> found) {
    return !found.isEmpty()
        && ShareState.key(found.getFirst().key()).filter(ShareState.Key::snapshot).isPresent();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(
      TopicPartition log, long from, long to, TopicIdPartition place) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    consumer.seek(log, from);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (consumer.position(log, timeout) < to) {
      for (ConsumerRecord<byte[], byte[]> each : poll(deadline)) {
        if (each.offset() < to
            && ShareState.key(each.key()).filter(k -> k.isOf(subject.group(), place)).isPresent()) {
          found.add(each);
        }
      }
    }
    return found;
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }

  private Iterable<ConsumerRecord<byte[], byte[]>> poll(long deadline) {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new MessagingTimeoutException("What is in the queue could not be read in time");
    }
    return consumer.poll(Duration.ofNanos(left));
  }

  /** The next record that the group is not done with; empty at the end. */
  Optional<ConsumerRecord<byte[], byte[]>> next() {
    return next(System.nanoTime() + timeout.toNanos());
  }

  /** As {@link #next()}, by this moment of {@link System#nanoTime}. */
  synchronized Optional<ConsumerRecord<byte[], byte[]>> next(long deadline) {
    try {
      state.requireOpen();
      while (fetched.isEmpty() && !isAtEnd()) {
        for (ConsumerRecord<byte[], byte[]> each : poll(deadline)) {
          if (waits(each)) {
            fetched.add(each);
          }
        }
      }
    } catch (WakeupException e) {
      throw closed(e);
    } catch (KafkaException e) {
      throw KafkaErrors.translate(e, "for the rest, after " + subject.done(), RIGHT);
    }
    if (fetched.isEmpty()) {
      close();
    }
    return Optional.ofNullable(fetched.poll());
  }

  private boolean waits(ConsumerRecord<byte[], byte[]> each) {
    TopicPartition partition = new TopicPartition(each.topic(), each.partition());
    String onlyFor = DeliveryLimit.copy(each.headers()).onlyFor();
    return each.offset() < offset(ends, partition)
        && !doneIn(partition).isDone(each.offset())
        && (onlyFor == null || onlyFor.equals(subject.group()));
  }

  private boolean isAtEnd() {
    return ended
        || ends.entrySet().stream()
            .allMatch(end -> consumer.position(end.getKey(), timeout) >= end.getValue());
  }

  private MessagingException closed(WakeupException cause) {
    return closing
        ? new ClosedException("The look at group " + subject.group() + " was closed")
        : KafkaErrors.translate(cause, subject.done(), RIGHT);
  }

  @Override
  public void close() {
    stop();
    end();
    onClosed.accept(this);
  }

  /** Has what is under way fail. Returns at once. */
  void stop() {
    closing = true;
    consumer.wakeup();
  }

  private synchronized void end() {
    if (!ended) {
      ended = true;
      Threads.shielded(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
    }
  }
}
