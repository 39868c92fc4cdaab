package io.anymq.kafka;

import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Shows others that a link lives: it is the only member of a consumer group of its own, which reads
 * nothing. The broker removes the member soon after its process has crashed. One thread owns the
 * native consumer.
 */
final class Lease implements Runnable {

  private static final Duration POLL = Duration.ofSeconds(1);

  /** Long enough that nothing is searched again and again, short enough that nothing piles up. */
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final Pattern NO_TOPIC = Pattern.compile("(?!)");

  /**
   * What a lease is made with.
   *
   * @param config the native clients' settings
   * @param number tells it from all others
   * @param session how soon after a crash the broker ends it
   * @param state is told when the lease cannot be held
   */
  record Setup(KafkaConfig config, long number, Duration session, LinkState state) {}

  private final Setup setup;
  private final Runnable sweep;
  private final String clientId;
  private final Thread thread;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean closing;

  /**
   * A lease that is not held yet.
   *
   * @param setup what it is made with
   * @param sweep looks for what crashed links have left; called now and then
   */
  Lease(Setup setup, Runnable sweep) {
    this.setup = setup;
    this.sweep = sweep;
    clientId = setup.config().clientId("lease");
    Map<String, Object> settings =
        setup.config().lease(clientId, group(setup.number()), setup.session());
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    thread = new Thread(this, "anymq-kafka-" + clientId);
    thread.setDaemon(true);
  }

  static String group(long number) {
    return KafkaNames.GROUP_PREFIX + "lease:" + number;
  }

  long number() {
    return setup.number();
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(NO_TOPIC);
      hold();
    } catch (WakeupException e) {
      closing = true;
    } catch (KafkaException | MessagingException e) {
      String group = group(setup.number());
      setup
          .state()
          .lose(KafkaErrors.translate(e, "to hold group " + group, "READ on group " + group));
    } finally {
      Duration time = setup.state().timeLeft(setup.config().requestTimeout());
      consumer.close(CloseOptions.timeout(time));
    }
  }

  private void hold() {
    long sweepAt = System.nanoTime();
    while (!closing) {
      consumer.poll(POLL);
      if (System.nanoTime() - sweepAt >= 0) {
        sweep.run();
        sweepAt = System.nanoTime() + SWEEP_NANOS;
      }
    }
  }

  /** Ends the lease, and waits until the broker has been told. */
  void close(long deadline) {
    closing = true;
    consumer.wakeup();
    Threads.join(thread, deadline);
  }
}
