package io.anymq.activemq;

import io.anymq.Destination;
import io.anymq.Queue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ConnectionId;

/**
 * The native names of temporary queues. Such a name begins with the id of the connection that made
 * the queue, for the broker lets only that one consume it; the portable name follows. So a native
 * name tells the portable one, but not the other way round: that is learnt from the reply-to of
 * messages, or by asking the broker. Called by several threads.
 */
final class ActiveMqTemporaries {

  private static final Pattern NATIVE =
      Pattern.compile("(?:.*:)?(tmp\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

  /** A queue of this name is nobody's, so that the broker refuses to send to it. */
  private static final String NOBODY = "anymq-nobody:";

  /** A program that answers many requesters must not remember them all. */
  private static final int MAX_LEARNT = 10_000;

  private final Map<Queue, ActiveMQTempQueue> own = new ConcurrentHashMap<>();
  private final Map<Queue, ActiveMQTempQueue> learnt =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Queue, ActiveMQTempQueue> eldest) {
          return size() > MAX_LEARNT;
        }
      };

  /** Whether this is a temporary queue, by its portable name. */
  static boolean isTemporary(Destination destination) {
    return destination instanceof Queue && NATIVE.matcher(destination.name()).matches();
  }

  /** A connection's own queue, by both names. */
  ActiveMQTempQueue make(ConnectionId connection, Queue queue) {
    ActiveMQTempQueue made = new ActiveMQTempQueue(connection.getValue() + ":" + queue.name());
    own.put(queue, made);
    return made;
  }

  /** The native queue, when it is known. */
  Optional<ActiveMQTempQueue> find(Queue queue) {
    ActiveMQTempQueue mine = own.get(queue);
    if (mine != null) {
      return Optional.of(mine);
    }
    synchronized (learnt) {
      return Optional.ofNullable(learnt.get(queue));
    }
  }

  /** The native queue; when it is not known, one that does not exist. */
  ActiveMQTempQueue toNative(Queue queue) {
    return find(queue).orElseGet(() -> new ActiveMQTempQueue(NOBODY + queue.name()));
  }

  /** The portable queue, which is known from now on; empty when it is a native program's own. */
  Optional<Destination> toPortable(ActiveMQDestination destination) {
    Matcher name = NATIVE.matcher(destination.getPhysicalName());
    if (!destination.isQueue() || !name.matches()) {
      return Optional.empty();
    }
    Queue queue = Queue.of(name.group(1));
    synchronized (learnt) {
      learnt.put(queue, new ActiveMQTempQueue(destination.getPhysicalName()));
    }
    return Optional.of(queue);
  }

  /** The queue is gone. */
  void forget(Queue queue) {
    own.remove(queue);
    synchronized (learnt) {
      learnt.remove(queue);
    }
  }
}
