package io.anymq.tck.broker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes at the end of the JVM what nobody has closed. */
final class LiveBrokers {

  private static final Logger LOG = LoggerFactory.getLogger(LiveBrokers.class);
  private static final Set<BrokerHandle> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(LiveBrokers::closeAll, "anymq-brokers-shutdown"));
  }

  private LiveBrokers() {}

  static void add(BrokerHandle broker) {
    LIVE.add(broker);
  }

  static void remove(BrokerHandle broker) {
    LIVE.remove(broker);
  }

  private static void closeAll() {
    for (BrokerHandle broker : LIVE) {
      try {
        broker.close();
      } catch (RuntimeException e) {
        // The JVM ends: all that is left is to say so, and to go on with the others.
        LOG.warn("{} could not be closed", broker.name(), e);
      }
    }
  }
}
