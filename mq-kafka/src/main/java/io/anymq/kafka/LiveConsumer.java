package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.Outcome;
import io.anymq.spi.Parking;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain subscription: reads all partitions of a topic, or of all topics of a pattern, from where
 * they ended when it was opened, in no group, with one thread that owns the native consumer. The
 * broker knows nothing of what is unsettled.
 */
final class LiveConsumer implements OpenConsumer, Parking, Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveConsumer.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int MAX_POLL_RECORDS = 500;

  /**
   * What a plain subscription is made with.
   *
   * @param config the native clients' settings
   * @param subject what it reads
   * @param prefetch how many deliveries may be unsettled
   * @param oneLog whether it reads one topic, so that an offset is a position while the topic has
   *     one partition alone
   */
  record Setup(KafkaConfig config, Subject subject, int prefetch, boolean oneLog) {}

  private final KafkaConfig config;
  private final Subject subject;
  private final DeliverySink sink;
  private final LinkState state;
  private final Runnable onClosed;
  private final String clientId;
  private final Thread thread;
  private final Room room;
  private final Set<InboundDelivery> parked = ConcurrentHashMap.newKeySet();
  private final boolean oneLog;
  private final BreakUp breakUp;
  private final CompletableFuture<KafkaConsumer<byte[], byte[]>> opened = new CompletableFuture<>();
  private final Semaphore changes = new Semaphore(0);
  private volatile Map<TopicPartition, Uuid> wanted;
  private volatile boolean closing;

  /** Its topic, unless it is a pattern's; looked at by the thread that watches the link. */
  private final SeenTopic last = new SeenTopic();

  // The thread's own:
  private final ReadPlaces places;
  private final RecentlyRead recent = new RecentlyRead();
  private Map<TopicPartition, Uuid> assigned = Map.of();
  private final FetchPace pace = new FetchPace();

  LiveConsumer(
      Setup setup,
      Map<TopicPartition, Uuid> partitions,
      Map<TopicPartition, Long> start,
      DeliverySink sink,
      LinkState state,
      Consumer<LiveConsumer> onClosed) {
    config = setup.config();
    this.onClosed =
        Threads.once(() -> onClosed.accept(this), () -> state.joinBy(config.operationTimeout()));
    subject = setup.subject();
    wanted = Map.copyOf(partitions);
    places = new ReadPlaces(start, wanted);
    this.sink = sink;
    this.state = state;
    breakUp = new BreakUp(this, sink, state);
    room = new Room(setup.prefetch());
    oneLog = setup.oneLog();
    clientId = config.clientId("live");
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  /** Reads these partitions from now on, those that are new from their beginning. */
  void follow(Map<TopicPartition, Uuid> partitions) {
    wanted = Map.copyOf(partitions);
    changes.release();
    wake();
  }

  /** Reads its topic as a whole, however many partitions that gets, and the next of its name. */
  @Override
  public void seen(TopicDescription topic) {
    if (last.look(topic) != SeenTopic.Change.NONE) {
      follow(PatternView.partitions(List.of(topic)));
    }
  }

  /** Opens; where it begins was fixed before. */
  void open() {
    try {
      thread.start();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    if (!state.isOpen()) {
      stop(); // The link may have looked for consumers to stop before this one was there.
    }
    try {
      opened.get(config.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      close();
      throw KafkaErrors.translate(e, "to subscribe to " + subject, "READ on its topics");
    }
  }

  @Override
  public void run() {
    try {
      KafkaConsumer<byte[], byte[]> consumer = newConsumer();
      try {
        work(consumer);
      } finally {
        // In no group, it has nobody to say good-bye to, and no reason to wait for its last fetch.
        consumer.close(CloseOptions.timeout(Duration.ZERO));
      }
    } catch (Throwable e) { // An Error, too, would end the thread, and nobody would know.
      failed(e);
    }
  }

  private void work(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    while (!closing) {
      if (fetched.isEmpty()) { // else what is there would seem to be of the next topic
        assign(consumer);
        poll(consumer, fetched);
      } else {
        handOut(fetched);
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    try {
      Map<String, Object> settings = config.consumer(clientId, MAX_POLL_RECORDS);
      if (subject.isPattern()) {
        // One fetch at a time is under way to a broker; topics that are new wait for its end.
        settings.put(
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) KafkaConfig.FETCH_WAIT.toMillis());
      }
      KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      assign(consumer);
      opened.complete(consumer);
      return consumer;
    } catch (RuntimeException | Error e) {
      opened.completeExceptionally(e);
      throw e;
    }
  }

  /** One that seemed gone and is there again goes on where it was left. */
  private void assign(KafkaConsumer<byte[], byte[]> consumer) {
    Map<TopicPartition, Uuid> next = wanted;
    if (next.equals(assigned)) {
      return;
    }
    consumer.assign(next.keySet());
    next.forEach(
        (partition, id) -> {
          Uuid before = assigned.get(partition);
          if (!id.equals(before)) {
            places.enter(partition, id, before).ifPresent(at -> consumer.seek(partition, at));
            if (before != null) {
              recent.beginsAgain(partition);
            }
          }
        });
    assigned = next;
    pace.changed();
  }

  private void poll(
      KafkaConsumer<byte[], byte[]> consumer, Deque<ConsumerRecord<byte[], byte[]>> fetched)
      throws InterruptedException {
    if (assigned.isEmpty()) {
      boolean unused = changes.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    if (pace.isFailing()) {
      boolean unused = changes.tryAcquire(FetchPace.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(pace.patience());
      boolean isEmpty = records.isEmpty() && records.nextOffsets().isEmpty();
      pace.polled(
          pace.count(consumer),
          isEmpty,
          () -> Math.min(assigned.size(), FetchPace.brokers(consumer)));
      places.read(records, assigned);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        // A copy that was written for one durable subscription is not a new message.
        if (record.headers().lastHeader(KafkaHeaders.ONLY_FOR) == null && recent.isNew(record)) {
          fetched.add(record);
        }
      }
    } catch (WakeupException e) {
      LOG.debug("A consumer closes", e);
    }
  }

  private void handOut(Deque<ConsumerRecord<byte[], byte[]>> fetched) throws InterruptedException {
    room.acquire();
    int count = 1;
    while (count < fetched.size() && room.tryAcquire()) {
      count++;
    }
    List<KafkaDelivery> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batch.add(delivery(fetched.remove()));
    }
    if (!closing) {
      sink.deliver(batch);
    }
  }

  private KafkaDelivery delivery(ConsumerRecord<byte[], byte[]> record) {
    Destination destination = subject.destination(record.topic());
    return oneLog && assigned.size() == 1
        ? new LogDelivery(record, destination, idOf(record))
        : new KafkaDelivery(record, destination, 1);
  }

  private Uuid idOf(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    return assigned.getOrDefault(partition, Uuid.ZERO_UUID);
  }

  private void failed(Throwable failure) {
    if (closing || state.isLost() || opened.isCompletedExceptionally()) {
      LOG.debug("Consumer {} ended", clientId, failure);
    } else {
      breakUp(KafkaErrors.translate(failure, "to consume " + subject, "READ on its topics"));
    }
  }

  @Override
  public Set<String> topics() {
    return subject.needed();
  }

  @Override
  public void breakUp(MessagingException cause) {
    breakUp.begin(cause);
  }

  @Override
  public void stop() {
    closing = true;
    room.release(); // One more, so that the thread looks up.
    changes.release();
    wake();
  }

  private void wake() {
    if (opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().wakeup();
    }
  }

  /** The core redelivers what is released, from the delivery that it has. */
  @Override
  public boolean releasesNatively() {
    return false;
  }

  @Override
  public void settle(Outcome outcome, List<? extends InboundDelivery> deliveries) {
    deliveries.forEach(this::unpark);
    room.release(deliveries.size());
  }

  @Override
  public void park(InboundDelivery delivery) {
    if (parked.add(delivery)) {
      room.release();
    }
  }

  @Override
  public void unpark(InboundDelivery delivery) {
    if (parked.remove(delivery)) {
      room.reduce();
    }
  }

  /** The places of the prefetch that are free; less than none, while it is exceeded. */
  private static final class Room extends Semaphore {

    private static final long serialVersionUID = 1;

    Room(int prefetch) {
      super(prefetch);
    }

    void reduce() {
      reducePermits(1);
    }
  }

  @Override
  public void close() {
    stop();
    Threads.join(thread, state.joinBy(config.operationTimeout()));
    onClosed.run();
  }
}
