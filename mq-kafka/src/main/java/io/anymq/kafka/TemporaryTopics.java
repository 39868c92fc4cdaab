package io.anymq.kafka;

import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.Queue;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary queues of a link: topics that carry the number of its {@link Lease}. A link removes
 * its own when it closes. What a crashed one has left is removed by whoever meets it, and by all
 * links that have temporary queues of their own. Safe for use by several threads.
 *
 * <p>The number stands in {@code delete.retention.ms}, because a topic has no setting for remarks,
 * and this one means nothing on a topic that is not compacted. So a topic has its owner from the
 * moment it exists, and can be given another.
 */
final class TemporaryTopics {

  private static final Logger LOG = LoggerFactory.getLogger(TemporaryTopics.class);
  private static final String OWNER = TopicConfig.DELETE_RETENTION_MS_CONFIG;

  private static final Pattern NAME =
      Pattern.compile("tmp\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final KafkaConfig config;
  private final KafkaCalls calls;
  private final KafkaTopology topology;
  private final Duration session;
  private final LinkState state;
  private final Set<Queue> held = ConcurrentHashMap.newKeySet();
  private @Nullable Lease lease;
  private boolean closed;

  TemporaryTopics(
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

  /** Makes a queue of this link, or takes over one that an earlier link of the owner has made. */
  void declare(Queue queue) {
    long number = lease();
    String topic = topology.names().topic(queue);
    if (!held.contains(queue) || topology.find(topic).isEmpty()) {
      held.add(queue);
      topology.ensureTopic(topic, Map.of(OWNER, Long.toString(number)));
      adopt(topic, number);
      topology.declare(queue);
    }
  }

  private void adopt(String topic, long number) {
    if (owners(Set.of(topic)).getOrDefault(topic, 0L) == number) {
      return;
    }
    AlterConfigOp change =
        new AlterConfigOp(new ConfigEntry(OWNER, Long.toString(number)), AlterConfigOp.OpType.SET);
    calls.await(
        calls.admin().incrementalAlterConfigs(Map.of(resource(topic), List.of(change))).all(),
        "to take over topic " + topic,
        "ALTER_CONFIGS on topic " + topic);
  }

  /** This link's lease, which others can see when this returns. */
  private synchronized long lease() {
    state.requireOpen();
    Lease now = lease;
    if (now == null && !closed) {
      now = newLease();
      lease = now;
    }
    if (now == null) {
      throw new MessagingTimeoutException("The connection to Kafka closes");
    }
    return now.number();
  }

  private Lease newLease() {
    long number = UUID.randomUUID().getMostSignificantBits() & Long.MAX_VALUE;
    Lease made = new Lease(new Lease.Setup(config, number, session, state), this::sweep);
    made.start();
    try {
      awaitHeld(made);
      return made;
    } catch (RuntimeException e) {
      made.close(System.nanoTime() + config.requestTimeout().toNanos());
      throw e;
    }
  }

  /** Not until the first rebalance, which takes 3 s by default: a member counts before. */
  private void awaitHeld(Lease made) {
    long deadline = System.nanoTime() + calls.timeout().toNanos();
    while (!isAlive(made.number())) {
      if (System.nanoTime() - deadline > 0) {
        throw new MessagingTimeoutException(
            "Group " + Lease.group(made.number()) + " of the temporary queues cannot be joined");
      }
      Pauses.brief("joining group " + Lease.group(made.number()));
    }
  }

  private boolean isAlive(long number) {
    return !ConsumerGroups.members(calls, Lease.group(number)).isEmpty();
  }

  /** A queue of this link was deleted. */
  void forget(Queue queue) {
    held.remove(queue);
  }

  /**
   * Whether a queue is one that a crashed link has left behind. It is removed, then.
   *
   * @param queue a queue that exists, temporary or not
   */
  boolean removeIfLeft(Queue queue) {
    if (held.contains(queue) || !NAME.matcher(queue.name()).matches()) {
      return false;
    }
    Long owner = owners(Set.of(topology.names().topic(queue))).get(topology.names().topic(queue));
    if (owner == null || isAlive(owner)) {
      return false;
    }
    remove(topology, queue);
    return true;
  }

  /** Removes the queues of all links that are no more. */
  private void sweep() {
    try {
      Map<String, Queue> others = others();
      Map<String, Long> owners = owners(others.keySet());
      Set<Long> dead = new HashSet<>(owners.values());
      dead.removeIf(this::isAlive);
      others.keySet().retainAll(owners.keySet());
      others.forEach(
          (topic, queue) -> {
            if (dead.contains(owners.get(topic))) {
              boolean unused = removeIfLeft(queue); // its owner may have it again by now
            }
          });
    } catch (MessagingException e) {
      LOG.debug("Temporary queues of others could not be looked at now; soon again", e);
    }
  }

  private Map<String, Queue> others() {
    String prefix = topology.names().topic(Queue.of("tmp."));
    return calls
        .await(calls.admin().listTopics().names(), "for its topics", "DESCRIBE on topics")
        .stream()
        .filter(topic -> topic.startsWith(prefix))
        .map(topic -> "tmp." + topic.substring(prefix.length()))
        .filter(name -> NAME.matcher(name).matches())
        .map(Queue::of)
        .filter(queue -> !held.contains(queue))
        .collect(
            Collectors.toMap(topology.names()::topic, queue -> queue, (a, b) -> a, HashMap::new));
  }

  private static void remove(KafkaTopology topology, Queue queue) {
    LOG.debug("Removing the temporary {}", queue);
    topology.delete(queue);
  }

  /** The numbers of the leases that topics belong to; those that belong to none are left out. */
  private Map<String, Long> owners(Set<String> topics) {
    if (topics.isEmpty()) {
      return Map.of();
    }
    Set<ConfigResource> asked =
        topics.stream().map(TemporaryTopics::resource).collect(Collectors.toSet());
    Map<ConfigResource, KafkaFuture<Config>> answers =
        calls.admin().describeConfigs(asked).values();
    Map<String, Long> owners = new HashMap<>();
    for (String topic : topics) {
      ConfigEntry entry =
          calls
              .awaitUnless(
                  UnknownTopicOrPartitionException.class,
                  answers.get(resource(topic)),
                  "for settings of topic " + topic,
                  "DESCRIBE_CONFIGS on topic " + topic)
              .map(found -> found.get(OWNER))
              .orElse(null);
      if (entry != null && entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
        owners.put(topic, Long.valueOf(entry.value()));
      }
    }
    return owners;
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  /**
   * Ends the lease, after the queues are removed, unless the link is lost.
   *
   * @param farewell reaches the cluster though the link closes; what is left when its time is up,
   *     others remove
   */
  void close(KafkaTopology farewell) {
    Lease last;
    synchronized (this) {
      closed = true;
      last = lease;
    }
    if (last == null) {
      return;
    }
    for (Queue queue : held) {
      if (state.timeLeft(config.operationTimeout()).isZero()) {
        break;
      }
      try {
        remove(farewell, queue);
      } catch (MessagingException e) {
        LOG.warn("The temporary {} could not be removed; others will", queue, e);
      }
    }
    last.close(state.joinBy(config.operationTimeout()));
  }
}
