package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectFailedException;
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that do not read: a hub with a small heap serves the others all the same. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class HubSlowPeersTest {

  private static final int HEAP_MIB = 128;
  private static final Queue QUEUE = Queue.of("large");
  private static final Topic TOPIC = Topic.of("large");
  private static final String LARGE = "x".repeat(900_000);

  @TempDir Path directory;

  private final List<PlainPeer> peers = new ArrayList<>();
  private HubProcess hub;

  /** Its heartbeat is slow, for a machine that is busy with other tests. */
  @BeforeEach
  void start() throws Exception {
    hub =
        HubProcess.withHeap(
            directory.resolve("data"), "-Xmx%dm".formatted(HEAP_MIB), "--heartbeat=10s");
  }

  @AfterEach
  void stop() throws Exception {
    for (PlainPeer peer : peers) {
      peer.close();
    }
    hub.close();
  }

  private Connection connect() {
    return ConnectionFactory.builder()
        .url(hub.url())
        .option("recovery", "false")
        .option("send-timeout", "50s")
        .option("heartbeat", "10s")
        .build()
        .connect();
  }

  private PlainPeer greeted() throws IOException {
    PlainPeer peer = PlainPeer.greeted(hub.url());
    peers.add(peer);
    return peer;
  }

  private static void take(Consumer consumer, int count) {
    for (int i = 0; i < count; i++) {
      Optional<Delivery> next = consumer.receive(Duration.ofSeconds(40));
      assertThat(next).as("message %d of %d", i, count).isPresent();
      next.orElseThrow().accept();
    }
  }

  /** The hub works: what is sent to it comes back. */
  private static void assertServed(Connection connection) {
    connection.declare(QUEUE);
    connection.send(QUEUE, Message.text(LARGE));
    try (Consumer consumer = connection.createConsumer(QUEUE)) {
      take(consumer, 1);
    }
  }

  /** Copies of the messages for them would be more than the heap, and their connections stay. */
  @Test
  void manySubscribersThatReadNothingNeitherFillTheHubNorStopOthers() throws Exception {
    int messages = 5;
    try (Connection sender = connect();
        Connection other = connect()) {
      sender.declare(TOPIC);
      for (int i = 0; i < 40; i++) {
        greeted().subscribe(TOPIC.name(), 100);
      }
      for (int i = 0; i < messages; i++) {
        sender.send(TOPIC, Message.text(LARGE));
      }
      try (Consumer subscriber = other.subscribe(TOPIC)) {
        for (int i = 0; i < messages; i++) {
          sender.send(TOPIC, Message.text(LARGE));
        }
        take(subscriber, messages);
      }
      assertServed(other);
    }
  }

  /** Their answers would be more than the heap. */
  @Test
  void peersThatAskForMoreThanTheyReadAreGivenUp() throws Exception {
    try (Connection connection = connect()) {
      connection.declare(QUEUE);
      connection.send(QUEUE, Message.text("x".repeat(60_000)));
      ByteArrayOutputStream looks = new ByteArrayOutputStream();
      for (int i = 0; i < 3_000; i++) {
        looks.write(look(i));
      }
      for (int i = 0; i < 4; i++) {
        greeted().send(looks.toByteArray());
      }
      assertServed(connection);
    }
  }

  private static byte[] look(int request) {
    return RawPeer.command(
        RawPeer.BROWSE,
        out -> {
          out.writeInt(request);
          RawPeer.text(out, QUEUE.name());
          out.writeLong(-1);
          out.writeByte(255);
          out.writeLong(-1);
        });
  }

  @Test
  void moreConnectionsThanThereIsMemoryForAreRefusedInASentence() throws Exception {
    int most = (HEAP_MIB << 20) / 2 / PeerConnections.DIRECT_BYTES;
    for (int i = 0; i < most; i++) {
      PlainPeer unused = greeted();
    }
    assertThatThrownBy(() -> connect().close())
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("as many connections as it has memory for");
    for (int i = 0; i < 320; i++) {
      knock();
    }
    for (PlainPeer peer : peers) {
      peer.close();
    }
    try (Connection connection = connectWhenItCan()) {
      assertServed(connection);
    }
  }

  private void knock() throws IOException {
    try {
      peers.add(new PlainPeer(hub.url(), false));
    } catch (SocketException e) {
      // The hub has hung up already.
    }
  }

  /** The hub hears of the end of connections one after the other. */
  private Connection connectWhenItCan() throws InterruptedException {
    while (true) {
      try {
        return connect();
      } catch (ConnectFailedException e) {
        Thread.sleep(100);
      }
    }
  }
}
