package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import zmq.Msg;

/** A hub with a data directory, and its links. */
@Timeout(30)
class DataDirectoryTest {

  private static final Queue QUEUE = Queue.of("orders");

  @TempDir private Path data;

  private ZeroMqHub start() {
    return ZeroMqHub.builder().bind("tcp://127.0.0.1:0").data(data).start();
  }

  @Test
  void aLinkDeclaresPersistenceWhereTheHubSaysSo() {
    try (ZeroMqHub hub = start();
        ZeroMqHub inMemory = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start()) {
      ZeroMqLink durable = Links.connect(hub.url());
      ZeroMqLink fleeting = Links.connect(inMemory.url());
      assertThat(durable.capabilities()).containsKey(Capability.PERSISTENCE);
      assertThat(fleeting.capabilities()).doesNotContainKey(Capability.PERSISTENCE);
      durable.close(Links.LIMIT);
      fleeting.close(Links.LIMIT);
    }
  }

  @Test
  void theNextHubHasWhatTheLastOneKept() {
    try (ZeroMqHub hub = start()) {
      ZeroMqLink link = Links.connect(hub.url());
      link.declare(QUEUE, QueueOptions.DEFAULT);
      Links.send(link, QUEUE, "kept");
      link.close(Links.LIMIT);
    }
    try (ZeroMqHub hub = start()) {
      ZeroMqLink link = Links.connect(hub.url());
      assertThat(link.depth(QUEUE).atRest()).isEqualTo(1);
      link.close(Links.LIMIT);
    }
  }

  @Test
  void aSecondHubIsRefusedAndLeavesTheFirstAlone() {
    try (ZeroMqHub hub = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("Another hub uses the data directory " + data);
      ZeroMqLink link = Links.connect(hub.url());
      link.declare(QUEUE, QueueOptions.DEFAULT);
      Links.send(link, QUEUE, "a");
      link.close(Links.LIMIT);
    }
  }

  /** A refusal in this JVM must not open and close the lock file: that would free it for others. */
  @Test
  void aRefusedHubInTheJvmDoesNotGiveTheDirectoryToAnotherProcess() throws Exception {
    try (ZeroMqHub hub = start()) {
      assertThatThrownBy(this::start).isInstanceOf(MessagingException.class);
      assertThat(hub.url()).isNotEmpty();
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  HubMain.class.getName(),
                  "--bind=tcp://127.0.0.1:0",
                  "--data=" + data,
                  "--watch-stdin")
              .redirectErrorStream(true)
              .start();
      try {
        other.getOutputStream().close();
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).contains("Another hub uses the data directory " + data);
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(other.exitValue()).isEqualTo(2);
      } finally {
        other.destroyForcibly();
      }
    }
  }

  @Test
  void aHubThatEndsByAFaultSaysSo() throws Exception {
    HubContent content = new HubContent(1 << 20);
    content
        .agenda()
        .add(
            new Agenda.Entry() {
              @Override
              void due() {
                throw new AssertionError("a fault, for the test");
              }
            },
            1);
    SharedContext context = new SharedContext();
    HubSettings settings =
        new HubSettings(1 << 20, 1_024, Duration.ofSeconds(1), ReplayBounds.NONE);
    HubServer server = new HubServer(context, settings, content, List.of(), "fault");
    context.release();
    server.start();
    assertThat(server.ended().get(10, TimeUnit.SECONDS))
        .contains("ended by a fault")
        .contains("a fault, for the test");
    server.close();
  }

  @Test
  void anAddressThatCannotBeBoundLeavesTheDirectoryFree() {
    try (ZeroMqHub other = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start()) {
      String taken = other.url().substring("zeromq:".length());
      assertThatThrownBy(() -> ZeroMqHub.builder().bind(taken).data(data).start())
          .isInstanceOf(MessagingException.class);
    }
    start().close();
  }

  @Test
  void aDirectoryWithoutANameIsRefused() {
    assertThatThrownBy(() -> HubOptions.DATA.parse(" ")).isInstanceOf(InvalidOptionException.class);
  }

  /** What leaves, and whether it may. */
  private static final class Recorder implements Outlet {
    private final Deque<Integer> opcodes = new ArrayDeque<>();

    @Override
    public Sent send(PeerId peer, Msg message) {
      ByteBuffer frame = message.buf();
      while (frame.hasRemaining()) {
        opcodes.add((int) frame.get());
        frame.get();
        frame.position(frame.position() + 4 + frame.getInt(frame.position()));
      }
      return Sent.YES;
    }
  }

  /** The disk fails while a send is under way: it is not confirmed, and its sender is told. */
  @Test
  void whatCannotBeWrittenIsNotConfirmedAndTheHubSaysGoodbye() {
    HubContent content = HubJournal.open(JournalSettings.of(data), 1 << 20);
    Recorder sent = new Recorder();
    HubSettings settings =
        new HubSettings(1 << 20, 1_024, Duration.ofSeconds(1), ReplayBounds.NONE);
    Broker broker = new Broker(settings, content, sent);
    PeerId peer = new PeerId(new byte[] {0, 0, 0, 0, 1});
    for (byte[] frame : List.of(hello(), declare(), send())) {
      if (frame[0] == Wire.SEND) {
        content.storage().abandon();
      }
      broker.receive(peer, frame, 0);
      broker.flush(0);
    }
    assertThat(new ArrayList<>(sent.opcodes)).containsExactly(Wire.WELCOME, Wire.OK, Wire.GOODBYE);
    assertThat(broker.works()).isFalse();
    assertThat(broker.sessionCount()).isZero();
  }

  private static byte[] hello() {
    return RawPeer.command(
        RawPeer.HELLO,
        out -> {
          out.writeBytes("AMQH");
          out.writeShort(1);
          out.writeShort(1);
          out.writeInt(1_000);
          RawPeer.text(out, "test");
          out.writeShort(0);
        });
  }

  private static byte[] declare() {
    return RawPeer.command(
        RawPeer.DECLARE,
        out -> {
          out.writeInt(1);
          out.writeByte(1);
          RawPeer.text(out, "q");
        });
  }

  private static byte[] send() {
    return RawPeer.command(
        RawPeer.SEND,
        out -> {
          out.writeLong(1);
          out.writeByte(1);
          RawPeer.text(out, "q");
          out.writeInt(1);
          out.writeInt(10);
          out.write(new byte[10]);
        });
  }
}
