package io.anymq.kafka;

import io.anymq.Destination;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A topic as it was seen last: tells when it has more partitions, and when it was deleted and
 * declared again, which its id shows. One thread at a time.
 */
final class SeenTopic {

  /** How a topic differs from how it was seen before. */
  enum Change {
    /** It does not. */
    NONE,
    /** It has more partitions. */
    GROWN,
    /** It is another topic of that name. */
    REPLACED
  }

  /** Ids of earlier topics of the name: a broker that is behind may still report one. */
  private final Set<Uuid> former = new HashSet<>();

  private @Nullable Uuid id;
  private int partitions;

  /** Notes how the topic is now. The first time there is no change. */
  Change look(TopicDescription topic) {
    Uuid before = id;
    Uuid now = topic.topicId();
    boolean isSame = now.equals(before);
    // The partitions of a topic never become fewer: such an answer is an old one.
    if (former.contains(now) || (isSame && topic.partitions().size() <= partitions)) {
      return Change.NONE;
    }
    id = now;
    partitions = topic.partitions().size();
    if (before == null || isSame) {
      return isSame ? Change.GROWN : Change.NONE;
    }
    former.add(before);
    return Change.REPLACED;
  }

  /** Why a consumer of a destination that was replaced is reopened. */
  static MessagingException replaced(Destination destination) {
    return new MessagingException(
        ErrorCode.BACKEND_FAILURE, destination.describe() + " was deleted and declared again");
  }
}
