package io.anymq.kafka;

import io.anymq.MessagingException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a link has to do with delayed messages: it makes the topic in which they wait, and has a
 * {@link Mover} where the cluster needs one more: one moves, and one stands by. More would only
 * have each other wait, whenever one of them comes or goes. Safe for use by several threads.
 */
final class Delays {

  private static final Logger LOG = LoggerFactory.getLogger(Delays.class);
  private static final int ENOUGH = 2;
  private static final String MOVE = "to move delayed messages, which nobody else does";
  private static final String RIGHTS =
      "WRITE on transactional id %s, READ on group %1$s, READ and WRITE on topic %s"
          .formatted(Mover.GROUP, KafkaNames.DELAYS);

  private final KafkaConfig config;
  private final KafkaCalls calls;
  private final KafkaTopology topology;
  private final LinkState state;
  private final Duration session;

  /** Sends what waited for an answer: the admin client's thread, which answers, must not wait. */
  private final ExecutorService sender =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "anymq-kafka-delayed");
            thread.setDaemon(true);
            return thread;
          });

  private volatile @Nullable Mover mover;
  private volatile boolean prepared;
  private volatile boolean looked;
  private boolean closed;

  Delays(
      KafkaConfig config,
      KafkaCalls calls,
      KafkaTopology topology,
      BrokerProfile profile,
      LinkState state) {
    this.config = config;
    this.calls = calls;
    this.topology = topology;
    this.state = state;
    session = profile.session();
  }

  /**
   * Looks whether anybody has delayed messages, and whether somebody moves them; called now and
   * then. A link that is new stands by only at the second look. Returns at once.
   */
  void look() {
    if (hasMover()) {
      return;
    }
    int enough = looked ? ENOUGH : 1;
    looked = true;
    KafkaFuture<Map<String, TopicDescription>> unused =
        calls
            .admin()
            .describeTopics(Set.of(KafkaNames.DELAYS))
            .allTopicNames()
            .whenComplete(
                (found, failure) -> {
                  if (failure == null) {
                    startUnless(enough);
                  }
                });
  }

  /** Starts a mover, unless there are so many. Returns at once. */
  private void startUnless(int enough) {
    KafkaFuture<Map<String, ConsumerGroupDescription>> unused =
        calls
            .admin()
            .describeConsumerGroups(Set.of(Mover.GROUP))
            .all()
            .whenComplete(
                (found, failure) -> {
                  // A failure is that there is no such group, or what the mover will come upon too.
                  List<String> members = failure == null ? names(found.values()) : List.of();
                  long left = members.stream().filter(ClientIds::isLeftover).count();
                  if (members.size() - left < enough) {
                    start();
                  } else if (left > 0) {
                    send(this::removeLeftovers);
                  }
                });
  }

  private static List<String> names(Collection<ConsumerGroupDescription> groups) {
    return groups.stream()
        .flatMap(each -> each.members().stream())
        .map(MemberDescription::clientId)
        .toList();
  }

  /** Others wait for their turn. */
  private void removeLeftovers() {
    try {
      new MoverGroup(calls).removeLeftovers();
    } catch (MessagingException e) {
      LOG.debug("What a mover has left stays until its session ends", e);
    }
  }

  /** Makes sure that messages can wait, and that somebody will move them. */
  void prepare() {
    if (!prepared) {
      requireRights();
      // Larger than what destinations take, for its own header.
      int bytes = Math.min(config.maxRecordBytes(), Integer.MAX_VALUE - 4096) + 4096;
      topology.ensureTopic(
          KafkaNames.DELAYS,
          DelayedRecord.PARTITIONS,
          Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)));
      startUnless(ENOUGH); // the one that is there may be about to leave
      prepared = true;
    }
    Mover ended = mover;
    RuntimeException refusal = ended == null ? null : ended.refusal();
    if (refusal != null && ConsumerGroups.members(calls, Mover.GROUP).isEmpty()) {
      throw KafkaErrors.translate(refusal, MOVE, RIGHTS);
    }
  }

  /** Sends delayed messages, one task after the other; none once the link has closed. */
  void send(Runnable task) {
    try {
      sender.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("The link closes, and a delayed message is not sent", e);
    }
  }

  /**
   * Refuses messages that this user may not move: it is not known whether there will be anybody
   * else who may. A broker does not tell who may write, so whoever may see counts.
   */
  private void requireRights() {
    calls.awaitUnless(
        TransactionalIdNotFoundException.class,
        calls.admin().describeTransactions(Set.of(Mover.GROUP)).description(Mover.GROUP),
        MOVE,
        RIGHTS);
    ConsumerGroups.members(calls, Mover.GROUP);
  }

  private boolean hasMover() {
    Mover now = mover;
    return now != null && !now.hasDied();
  }

  private synchronized void start() {
    if (!hasMover() && !closed && state.isOpen()) {
      Mover made = new Mover(config, calls, topology, session, state);
      made.start();
      mover = made;
    }
  }

  void close() {
    sender.shutdown();
    Mover last;
    synchronized (this) {
      closed = true;
      last = mover;
    }
    if (last != null) {
      last.close(state.joinBy(config.operationTimeout()));
    }
  }
}
