package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Refuses consumers that could save no message from the delivery limit of their share group: those
 * of a user who may neither write it again nor note it. Safe for use by several threads.
 */
final class KeptRights {

  private final KafkaCalls calls;
  private final KeptMark mark;
  private final String prefix;

  /** Share groups whose consumers may do one of the two. */
  private final Set<String> safe = ConcurrentHashMap.newKeySet();

  /**
   * For the user of one link.
   *
   * @param calls asks the cluster
   * @param mark the mark of notes
   * @param prefix of the groups that have the notes
   */
  KeptRights(KafkaCalls calls, KeptMark mark, String prefix) {
    this.calls = calls;
    this.mark = mark;
    this.prefix = prefix;
  }

  /** Throws when the user may do neither; that is asked once for each share group. */
  void require(String topic, String group) {
    if (safe.contains(group)) {
      return;
    }
    Optional<TopicDescription> found = describe(topic);
    if (found.isEmpty()) {
      return; // The broker that was asked has not heard of it yet, or it is gone.
    }
    if (!mayWrite(found.get())) {
      requireNotes(topic, group);
    }
    safe.add(group);
  }

  private Optional<TopicDescription> describe(String topic) {
    DescribeTopicsOptions asked = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    return calls.awaitUnless(
        UnknownTopicOrPartitionException.class,
        calls.admin().describeTopics(Set.of(topic), asked).topicNameValues().get(topic),
        "what this user may do with topic " + topic,
        "DESCRIBE on topic " + topic);
  }

  /** A broker without an authorizer allows everything, and need not say so. */
  private static boolean mayWrite(TopicDescription topic) {
    Set<AclOperation> allowed = topic.authorizedOperations();
    return allowed == null || allowed.contains(AclOperation.WRITE);
  }

  /** Only an attempt tells. */
  private void requireNotes(String topic, String group) {
    try {
      mark.probe(new TopicPartition(topic, 0));
    } catch (MessagingException e) {
      if (!KafkaErrors.isRefusal(e)) {
        throw e;
      }
      throw new MessagingException(
          ErrorCode.ACCESS_REFUSED,
          ("A consumer of share group %s is refused, because Kafka would drop its messages at the"
                  + " group's delivery limit; it needs the right WRITE on topic %s, or READ on the"
                  + " groups whose names begin with %s")
              .formatted(group, topic, prefix),
          e);
    }
  }
}
