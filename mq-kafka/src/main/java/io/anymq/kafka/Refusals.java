package io.anymq.kafka;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Tells of the sends of a transaction that failed which of them are why. */
final class Refusals {

  /** What the failure of another send, or of the producer, comes out as. */
  private static final List<Class<? extends ApiException>> CONSEQUENCES =
      List.of(
          TransactionAbortedException.class,
          ProducerFencedException.class,
          InvalidProducerEpochException.class,
          InvalidPidMappingException.class,
          InvalidTxnStateException.class,
          OutOfOrderSequenceException.class,
          TransactionAbortableException.class,
          TransactionalIdAuthorizationException.class);

  /** What one record is refused for, and others to the same topic are not. */
  private static final List<Class<? extends ApiException>> OF_ONE =
      List.of(
          RecordTooLargeException.class,
          InvalidTimestampException.class,
          InvalidRecordException.class);

  private Refusals() {}

  /**
   * The records that may be why, in the order of all. The native producer (4.4.0) fails what it has
   * not sent yet with the same exception as the culprit, whatever its topic.
   *
   * @param sent the sends, none under way any more
   * @param due all records of the transaction
   */
  static Set<DelayedRecord> suspects(
      Map<DelayedRecord, Future<RecordMetadata>> sent, Collection<DelayedRecord> due) {
    Set<String> closed =
        sent.entrySet().stream()
            .filter(each -> isTopicsOwn(each.getKey().topic(), failure(each.getValue())))
            .map(each -> each.getKey().topic())
            .collect(Collectors.toSet());
    return due.stream()
        .filter(each -> closed.contains(each.topic()) || isOfOne(failure(sent.get(each))))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * The suspects that have no bystanders: all of a topic that takes nothing, where there is no
   * other topic, and a record that is alone.
   *
   * @param sent as for {@link #suspects}
   * @param due as for {@link #suspects}
   */
  static Set<DelayedRecord> certain(
      Map<DelayedRecord, Future<RecordMetadata>> sent, Collection<DelayedRecord> due) {
    Set<DelayedRecord> suspects = suspects(sent, due);
    boolean ofOne = sent.values().stream().anyMatch(each -> isOfOne(failure(each)));
    boolean oneTopic = due.stream().map(DelayedRecord::topic).distinct().count() == 1;
    return due.size() == 1 || (oneTopic && !ofOne) ? suspects : Set.of();
  }

  /** Whether one of the sends failed because this user may not write there. */
  static boolean isForRights(Map<DelayedRecord, Future<RecordMetadata>> sent) {
    return sent.values().stream()
        .anyMatch(each -> failure(each) instanceof TopicAuthorizationException);
  }

  /** Whether this user lacks the rights to the movers' group, topic or transactions. */
  static boolean isOfMover(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof GroupAuthorizationException
          || each instanceof TransactionalIdAuthorizationException
          || (each instanceof TopicAuthorizationException refused
              && refused.unauthorizedTopics().contains(KafkaNames.DELAYS))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTopicsOwn(String topic, @Nullable Throwable failure) {
    if (failure instanceof TopicAuthorizationException refused) {
      // All that was not sent yet fails with it, whatever its topic.
      return refused.unauthorizedTopics().isEmpty() || refused.unauthorizedTopics().contains(topic);
    }
    return failure instanceof ApiException && !isOfOne(failure) && !is(CONSEQUENCES, failure);
  }

  private static boolean isOfOne(@Nullable Throwable failure) {
    return failure != null && is(OF_ONE, failure);
  }

  private static boolean is(List<Class<? extends ApiException>> kinds, Throwable failure) {
    return kinds.stream().anyMatch(kind -> kind.isInstance(failure));
  }

  private static @Nullable Throwable failure(@Nullable Future<RecordMetadata> outcome) {
    if (outcome == null || !outcome.isDone()) {
      return null;
    }
    try {
      RecordMetadata unused = outcome.get();
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }
}
