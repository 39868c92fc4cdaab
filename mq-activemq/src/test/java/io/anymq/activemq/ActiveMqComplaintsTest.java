package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a real broker says of commands that it does not answer. */
@Timeout(60)
final class ActiveMqComplaintsTest {

  private final BrokerHandle broker = BrokerProvisioner.shared("activemq");

  @Test
  void oneOfManyIsLogged() {
    Set<Thread> before = executors();
    OpenWire wire =
        OpenWire.open(
            Links.request(broker.url(), new LinkedBlockingQueue<>()), Optional.empty(), lost -> {});
    try (LogLines log = new LogLines("complains")) {
      for (int i = 0; i < 50; i++) {
        wire.send("A producer that is not there", new RemoveInfo(wire.newProducerId()));
      }
      wire.request("What is answered after them", new ProducerInfo(wire.newProducerId()));
      awaitOne(log);
      wire.close(Links.PATIENCE);
      awaitEnd(before);
      List<String> lines = log.lines();
      assertThat(lines).as("warnings of 50 complaints").hasSize(1);
      assertThat(lines.get(0)).contains("Cannot remove a producer that had not been registered");
    }
  }

  private static void awaitOne(LogLines log) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (log.lines().isEmpty()) {
      assertThat(System.nanoTime()).as("the time until one is told").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** The native client tells of complaints on such a thread, which ends with the connection. */
  private static Set<Thread> executors() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("ActiveMQ Connection Executor"))
        .collect(Collectors.toSet());
  }

  private static void awaitEnd(Set<Thread> others) {
    long deadline = System.nanoTime() + Links.PATIENCE.toNanos();
    while (!others.containsAll(executors())) {
      assertThat(System.nanoTime()).as("the time until all are told").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
