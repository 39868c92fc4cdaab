package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.Capability;
import io.anymq.ClosedException;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ConnectionState;
import io.anymq.ConsumerOptions;
import io.anymq.ErrorCode;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Producer;
import io.anymq.Queue;
import io.anymq.Support;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.Link;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a connection whose link is lost. */
class RecoveryTest {

  private static final Queue QUEUE = Queue.of("q");

  private static final Duration LONG = Duration.ofSeconds(10);

  private final FakeBackend backend = new FakeBackend();

  private final List<String> events = new CopyOnWriteArrayList<>();

  private final CoreConnection connection =
      backend.connect(
          FakeBackend.quick(),
          (about, state, cause) -> events.add(state + (cause == null ? "" : " " + cause.code())));

  private final FakeLink link = backend.link();

  @AfterEach
  void close() {
    link.confirms = true;
    connection.close();
  }

  private static void cut(FakeLink link) {
    link.lose(new ConnectionLostException("cut"));
  }

  @Test
  void aQuestionIsAskedAgainOnTheNextLink() {
    link.failNext("exists", new ConnectionLostException("cut"));
    CompletableFuture<Boolean> answer =
        CompletableFuture.supplyAsync(() -> connection.exists(QUEUE));
    Eventually.until("asked", () -> link.calls.contains("exists queue:q"));
    cut(link);
    assertThat(answer).succeedsWithin(LONG);
    assertThat(backend.link(1).calls).contains("exists queue:q");
    Eventually.until("the events", () -> events.size() == 4);
    assertThat(events).containsExactly("OPENING", "OPEN", "RECOVERING CONNECTION_LOST", "OPEN");
  }

  @Test
  void anotherLinkIsTriedUntilOneCanBeMade() {
    List.of("1", "2", "3").forEach(each -> backend.refusals.add(new ConnectFailedException(each)));
    cut(link);
    backend.link(1);
    assertThat(backend.refusals).isEmpty();
    assertThat(link.calls).contains("close link");
    assertThat(connection.exists(QUEUE)).isFalse();
    cut(backend.link(1));
    cut(backend.link(1));
    backend.link(2);
    Eventually.until("open", () -> connection.state() == ConnectionState.OPEN);
    assertThat(backend.links).hasSize(3);
  }

  @Test
  void recoveryThatLastsTooLongEndsTheConnection() {
    CoreConnection short1 =
        backend.connect(
            FakeBackend.quick().with(ConnectionOptions.RECOVERY_TIMEOUT, Duration.ofMillis(30)));
    FakeLink itsLink = backend.link();
    var consumer = short1.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    for (int i = 0; i < 10_000; i++) {
      backend.refusals.add(new ConnectFailedException("nobody there"));
    }
    cut(itsLink);
    Eventually.until("closed", () -> short1.state() == ConnectionState.CLOSED);
    assertThatThrownBy(() -> short1.exists(QUEUE))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("was not recovered: nobody there");
    Eventually.until("its consumer ends", consumer::isClosing);
    backend.refusals.clear();
    short1.close();
  }

  @Test
  void withoutRecoveryTheFirstLossIsTheEnd() {
    CoreConnection once =
        backend.connect(FakeBackend.quick().with(ConnectionOptions.RECOVERY, false));
    FakeLink itsLink = backend.link();
    var consumer = once.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    cut(itsLink);
    Eventually.until("closed", () -> once.state() == ConnectionState.CLOSED);
    Eventually.until("its consumer ends", consumer::isClosing);
    assertThatThrownBy(() -> once.exists(QUEUE))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("cut");
    once.close();
    assertThat(itsLink.calls).contains("close link");
    assertThat(backend.links).hasSize(2);
  }

  @Test
  void aLinkThatIsLostBeforeItIsInUseIsLost() {
    backend.maker =
        request -> {
          backend.maker = next -> new FakeLink(backend, next);
          request.listener().lost(new ConnectionLostException("at once"));
          return new FakeLink(backend, request);
        };
    cut(link);
    backend.link(2);
    Eventually.until("open", () -> connection.state() == ConnectionState.OPEN);
  }

  @Test
  void whatCannotBeReopenedNowIsTriedAgain() {
    var consumer = connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.failNext("consume", new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, "busy"));
          next.failNext("consume", new MessagingException(ErrorCode.SUBSCRIPTION_IN_USE, "busy"));
          return next;
        };
    cut(link);
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    backend.link(1).consumer().deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
  }

  @Test
  void aDefectEndsWhatItMeetsAndNothingElse() {
    var broken = connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.failNext("consume", new IllegalStateException("a defect"));
          return next;
        };
    cut(link);
    Eventually.until("it ends", broken::isClosing);
    assertThat(connection.exists(QUEUE)).isTrue();
  }

  @Test
  void theListenerOfEventsMayClose() {
    CoreConnection other =
        backend.connect(
            FakeBackend.quick(),
            (about, state, cause) -> {
              if (state == ConnectionState.RECOVERING) {
                about.close();
              }
            });
    cut(backend.link());
    Eventually.until("closed", () -> other.state() == ConnectionState.CLOSED);
  }

  private static OutOfMemoryError noThread() {
    return new OutOfMemoryError("unable to create native thread");
  }

  /** It often passes, as when another program of the machine has used up all threads. */
  @Test
  void aLackOfThreadsDoesNotEndRecovery() {
    backend.maker =
        request -> {
          backend.maker = next -> new FakeLink(backend, next);
          throw noThread();
        };
    cut(link);
    backend.link(1);
    Eventually.until("open", () -> connection.state() == ConnectionState.OPEN);
  }

  /** Has the next links lack a capability. */
  private void without(Capability capability) {
    backend.maker =
        request ->
            new FakeLink(backend, request) {
              @Override
              public Map<Capability, Support> capabilities() {
                Map<Capability, Support> left = new EnumMap<>(super.capabilities());
                left.remove(capability);
                return left;
              }
            };
  }

  private CoreConnection requiring(Capability capability, Options options) {
    return (CoreConnection) backend.factory(options).require(capability).connect();
  }

  /** The broker was started again without its data directory. */
  @Test
  void aLinkWithoutWhatTheProgramRequiresIsNotTaken() {
    CoreConnection durable = requiring(Capability.PERSISTENCE, FakeBackend.quick());
    Producer producer = durable.createProducer(QUEUE);
    without(Capability.PERSISTENCE);
    int before = backend.links.size();
    cut(backend.link());
    Eventually.until("tried again and again", () -> backend.links.size() >= before + 3);
    CompletableFuture<Message> send = producer.sendAsync(Message.text("m"));
    Eventually.until("and again", () -> backend.links.size() >= before + 6);
    assertThat(durable.state()).isEqualTo(ConnectionState.RECOVERING);
    assertThat(send).isNotDone();
    backend.maker = request -> new FakeLink(backend, request);
    assertThat(send).succeedsWithin(LONG);
    List<FakeLink> refused = backend.links.subList(before, backend.links.size() - 1);
    assertThat(refused)
        .allSatisfy(each -> assertThat(each.producers).isEmpty())
        .allSatisfy(each -> assertThat(each.calls).contains("close link"));
    durable.close();
  }

  @Test
  void recoveryGivesUpWithWhatIsMissing() {
    CoreConnection durable =
        requiring(
            Capability.PERSISTENCE,
            FakeBackend.quick().with(ConnectionOptions.RECOVERY_TIMEOUT, Duration.ofSeconds(1)));
    without(Capability.PERSISTENCE);
    cut(backend.link());
    Eventually.until("closed", () -> durable.state() == ConnectionState.CLOSED);
    assertThatThrownBy(() -> durable.exists(QUEUE))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("does not support PERSISTENCE");
    durable.close();
  }

  @Test
  void aCapabilityThatNobodyRequiresMayGo() {
    without(Capability.PERSISTENCE);
    cut(link);
    backend.link(1);
    assertThat(connection.exists(QUEUE)).isFalse();
  }

  @Test
  void whatCannotBeReopenedForALackOfThreadsIsTriedAgain() {
    var consumer = connection.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    backend.maker =
        request -> {
          FakeLink next = new FakeLink(backend, request);
          next.before(
              "consume",
              () -> {
                throw noThread();
              });
          return next;
        };
    cut(link);
    Eventually.until("reopened", () -> !backend.link(1).consumers.isEmpty());
    backend.link(1).consumer().deliver("1");
    assertThat(consumer.receive(LONG)).isPresent();
  }

  /** A link that nobody uses would keep what its consumers have fetched. */
  @Test
  void aLinkThatCannotBeTakenIntoUseIsClosed() {
    connection.supervisor().watch(new Defective());
    cut(link);
    backend.link(2);
    Eventually.until("open", () -> connection.state() == ConnectionState.OPEN);
    assertThat(backend.link(1).calls).contains("close link");
    assertThat(backend.link(2).calls).doesNotContain("close link");
    assertThat(backend.links).hasSize(3);
  }

  /** What was made is told of the loss although one before it fails at that. */
  @Test
  void aDefectOfOneDoesNotKeepTheOthersFromTheirEnd() {
    CoreConnection once =
        backend.connect(FakeBackend.quick().with(ConnectionOptions.RECOVERY, false));
    FakeLink itsLink = backend.link();
    once.supervisor().watch(new Defective());
    var consumer = once.consumer(QUEUE, ConsumerOptions.DEFAULT, null);
    cut(itsLink);
    Eventually.until("its consumer ends", consumer::isClosing);
    once.close();
  }

  /** It fails in every way, but on the second link it can be opened. */
  private static final class Defective implements Child {

    @Override
    public void detach(long epoch) {
      throw noThread();
    }

    @Override
    public void attach(Link on, long epoch) {
      if (epoch == 2) {
        throw noThread();
      }
    }

    @Override
    public void fail(MessagingException cause) {
      throw noThread();
    }

    @Override
    public String describe() {
      throw noThread();
    }

    @Override
    public void tick() {
      throw noThread();
    }
  }

  @Test
  void theFirstLinkWithoutWhatIsRequiredIsClosed() {
    without(Capability.BROWSE);
    assertThatThrownBy(() -> requiring(Capability.BROWSE, FakeBackend.quick()))
        .isInstanceOf(UnsupportedCapabilityException.class)
        .hasMessageContaining("BROWSE");
    assertThat(backend.link(1).calls).contains("close link");
  }
}
