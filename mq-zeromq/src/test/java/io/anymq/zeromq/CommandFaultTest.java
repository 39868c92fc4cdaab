package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.QueueOptions;
import io.anymq.spi.AtomicCommit;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.InboundDelivery;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fails in one command, or in one user's callback, costs nobody else of the connection. */
class CommandFaultTest {

  private static final Queue QUEUE = Queue.of("orders");

  private final CompletableFuture<MessagingException> lost = new CompletableFuture<>();
  private ZeroMqHub hub;
  private ZeroMqLink link;

  @BeforeEach
  void open() {
    hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
    link = Links.connect(hub.url(), Options.none(), lost);
    link.declare(QUEUE, QueueOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    link.close(Links.LIMIT);
    hub.close();
  }

  private void worksOn() {
    Links.send(link, QUEUE, "marker");
    assertThat(Links.stored(link, QUEUE)).isEqualTo(1);
    link.purge(QUEUE);
    assertThat(lost).isNotDone();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // stands for any argument
  private static <T> T nothing() {
    return null;
  }

  private void failsHere(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(RuntimeException.class);
    worksOn();
  }

  @Test
  void aNullFailsWhereItIsPassed() throws Exception {
    Inbox inbox = new Inbox();
    ZeroMqConsumer consumer = (ZeroMqConsumer) link.openConsumer(Links.from(QUEUE, 1), inbox);
    consumer.close();
    failsHere(() -> link.declare(nothing(), QueueOptions.DEFAULT));
    failsHere(() -> link.delete(nothing()));
    failsHere(() -> link.exists(nothing()));
    failsHere(() -> link.depth(nothing()));
    failsHere(() -> link.purge(nothing()));
    failsHere(() -> link.browse(nothing()));
    failsHere(() -> link.declareTemporary(nothing()));
    failsHere(() -> link.unsubscribe(io.anymq.Topic.of("t"), nothing()));
    failsHere(() -> link.openProducer(nothing(), Links.NEVER_BROKEN));
    failsHere(() -> link.openConsumer(nothing(), inbox));
    failsHere(
        () -> link.commit(Arrays.asList(CommandFaultTest.<AtomicCommit.Send>nothing()), List.of()));
    failsHere(
        () -> link.commit(List.of(new AtomicCommit.Send(nothing(), Message.text("x"))), List.of()));
    LinkConsumer open = link.openConsumer(Links.from(QUEUE, 1), inbox);
    assertThatThrownBy(
            () ->
                open.settle(
                    Outcome.ACCEPT, Arrays.asList(CommandFaultTest.<InboundDelivery>nothing())))
        .isInstanceOf(NullPointerException.class);
    open.close();
    worksOn();
  }

  @Test
  void aCommandThatFailsOnTheIoThreadFailsAlone() {
    Ask failing = new Ask(Wire.EXISTS, out -> out.u8(Wire.QUEUE).text("orders"));
    link.loop()
        .submit(
            new LinkCommand() {
              @Override
              public void run(LinkProtocol protocol) {
                protocol.writer().begin(Wire.PURGE).i32(7); // left half-written
                throw new IllegalStateException("made to fail");
              }

              @Override
              public void abandon(MessagingException cause) {
                failing.abandon(cause);
              }
            });
    assertThatThrownBy(() -> link.loop().await(failing))
        .isInstanceOfSatisfying(
            MessagingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE));
    worksOn();
  }

  @Test
  void aFailingCommandBetweenSendsLeavesThemWhole() {
    List<Links.Sending> sendings = new ArrayList<>();
    var producer = link.openProducer(QUEUE, Links.NEVER_BROKEN);
    for (int i = 0; i < 50; i++) {
      Links.Sending sending = new Links.Sending(Message.text("m" + i));
      producer.send(sending);
      sendings.add(sending);
      link.loop()
          .submit(
              protocol -> {
                protocol.writer().begin(Wire.SEND).i64(3);
                throw new IllegalStateException("made to fail");
              });
    }
    sendings.forEach(sending -> Links.result(sending.outcome()));
    assertThat(Links.stored(link, QUEUE)).isEqualTo(50);
    assertThat(lost).isNotDone();
  }

  @Test
  void anOutcomeThatIsNotTakenCostsNobodyElseHis() {
    var producer = link.openProducer(QUEUE, Links.NEVER_BROKEN);
    producer.send(
        new OutboundMessage() {
          @Override
          public Message message() {
            return Message.text("m");
          }

          @Override
          public void confirmed() {
            throw new IllegalStateException("made to fail");
          }

          @Override
          public void failed(MessagingException cause) {}
        });
    Links.send(link, QUEUE, "n");
    assertThat(Links.stored(link, QUEUE)).isEqualTo(2);
    assertThat(lost).isNotDone();
  }

  @Test
  void deliveriesThatAreNotTakenEndTheirConsumerAlone() {
    CompletableFuture<MessagingException> broken = new CompletableFuture<>();
    link.openConsumer(
        Links.from(QUEUE, 5),
        new DeliverySink() {
          @Override
          public void deliver(List<? extends InboundDelivery> deliveries) {
            throw new IllegalStateException("made to fail");
          }

          @Override
          public void broken(MessagingException cause) {
            broken.complete(cause);
          }
        });
    Links.send(link, QUEUE, "m");
    assertThat(Links.result(broken).code()).isEqualTo(ErrorCode.BACKEND_FAILURE);
    assertThat(link.depth(QUEUE).ready()).hasValue(1);
    assertThat(lost).isNotDone();
  }

  @Test
  void aNativeNameThatIsTooLongFailsWhereItIsUsed() {
    LinkRequest plain =
        Links.request(hub.url(), Links.quick(Links.LIMIT), new CompletableFuture<>());
    LinkRequest named =
        new LinkRequest(
            plain.url(),
            plain.options(),
            new NativeNames(Map.of(QUEUE, "n".repeat(70_000))),
            plain.listener());
    ZeroMqLink other = (ZeroMqLink) new ZeroMqBackend().connect(named);
    assertThatThrownBy(() -> other.openProducer(QUEUE, Links.NEVER_BROKEN))
        .isInstanceOf(InvalidDestinationException.class);
    assertThat(other.exists(Queue.of("none"))).isFalse();
    other.close(Links.LIMIT);
  }
}
