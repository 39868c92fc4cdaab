package io.anymq.activemq;

import io.anymq.ClosedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.LinkRequest;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQDispatcher;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.BrokerInfo;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConsumerId;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.RemoveInfo;
import org.apache.activemq.command.SessionId;
import org.apache.activemq.command.SessionInfo;
import org.apache.activemq.command.WireFormatInfo;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.transport.DefaultTransportListener;
import org.apache.activemq.transport.WireFormatNegotiator;
import org.apache.activemq.util.JMSExceptionSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One native connection, and the commands that go over it.
 *
 * <p>It goes below the JMS session, whose consumer settles message by message and forgets, once a
 * later message is accepted, that an earlier one was delivered; see the package's page. Commands
 * are given by any thread and written by one, see {@link WireThread}; a dispatcher is called by the
 * connection's one reading thread.
 */
final class OpenWire {

  private static final Logger LOG = LoggerFactory.getLogger(OpenWire.class);

  /** The native client numbers sessions and temporary destinations from 1, so that 0 is free. */
  static final long OWN_NUMBER = 0;

  /** A broker's own limit by default, in bytes; what is larger is taken for another protocol. */
  private static final long MAX_FRAME_BYTES = 100L << 20;

  /** Room for the metadata of the largest message, in bytes. */
  private static final long METADATA_BYTES = 1L << 20;

  /** What is given to a thread that is about to end, in addition to the time limit. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private enum State {
    OPENING,
    LIVE,
    LOST,
    CLOSED
  }

  /** The connection was made, and was lost before anybody had it. */
  static final class BrokeAtOnceException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private BrokeAtOnceException() {
      super("the connection broke at once");
    }
  }

  private final KindsOfWarnings failures = new KindsOfWarnings(OpenWire.class);
  private final KindsOfWarnings complaints = new KindsOfWarnings(OpenWire.class);
  private final Endpoint endpoint;
  private final Duration operationTimeout;
  private final Consumer<MessagingException> onLost;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);
  private final CompletableFuture<MessagingException> broken = new CompletableFuture<>();
  private final AtomicLong numbers = new AtomicLong();
  private final WireThread thread;
  private final ActiveMQConnection connection;
  private final SessionId session;
  private volatile String brokerVersion = "unknown";
  private volatile Optional<Thread> reader = Optional.empty();

  private OpenWire(
      LinkRequest request,
      Optional<String> clientId,
      Consumer<MessagingException> onLost,
      WireThread thread)
      throws JMSException {
    this.thread = thread;
    this.endpoint = Endpoint.parse(request.url().address());
    this.operationTimeout = request.operationTimeout();
    this.onLost = onLost;
    long deadline = System.nanoTime() + request.connectTimeout().toNanos();
    connection = (ActiveMQConnection) factory(request, clientId).createConnection();
    try {
      start(deadline);
      session = new SessionId(connectionId(), OWN_NUMBER);
      connection.syncSendPacket(new SessionInfo(session));
    } catch (Throwable e) {
      state.set(State.CLOSED);
      end(Duration.ofMillis(1));
      throw e;
    }
  }

  /**
   * Connects. An interrupt of the caller ends the waiting; what was connected then is closed.
   *
   * @param request where to, and how
   * @param clientId the client's identity, when a durable subscription needs one
   * @param onLost is told once when the connection breaks; not of a failure to connect
   * @return a live connection
   */
  static OpenWire open(
      LinkRequest request, Optional<String> clientId, Consumer<MessagingException> onLost) {
    Endpoint endpoint = Endpoint.parse(request.url().address());
    WireThread thread = new WireThread();
    CompletableFuture<OpenWire> opening =
        thread.supply(() -> openHere(request, clientId, onLost, thread));
    try {
      return opening.get(request.connectTimeout().plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw Waits.unchecked(e);
    } catch (InterruptedException | TimeoutException e) {
      CompletableFuture<Void> unused = opening.thenAccept(OpenWire::abandon);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw ActiveMqErrors.connecting(endpoint, e);
    }
  }

  private static OpenWire openHere(
      LinkRequest request,
      Optional<String> clientId,
      Consumer<MessagingException> onLost,
      WireThread thread) {
    try {
      OpenWire wire = new OpenWire(request, clientId, onLost, thread);
      if (!wire.state.compareAndSet(State.OPENING, State.LIVE)) {
        wire.abandon();
        throw new BrokeAtOnceException();
      }
      return wire;
    } catch (JMSException | IOException | IllegalArgumentException e) {
      thread.end();
      throw ActiveMqErrors.connecting(Endpoint.parse(request.url().address()), e);
    } catch (Throwable e) {
      thread.end();
      throw e;
    }
  }

  private ActiveMQConnectionFactory factory(LinkRequest request, Optional<String> clientId) {
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(
            request.user().orElse(null), request.password().orElse(null), uri(request));
    clientId.ifPresentOrElse(
        factory::setClientID,
        () -> factory.setClientIDPrefix(request.options().get(ConnectionOptions.CLIENT_NAME)));
    factory.setWatchTopicAdvisories(
        false); // only a JMS client's own temporary destinations need it
    factory.setTrustedPackages(List.of());
    factory.setTrustAllPackages(false);
    factory.setTransportListener(new Listener());
    factory.setExceptionListener(this::complained);
    return factory;
  }

  /** The native URL. The heartbeat's first check is as early as each of the others. */
  private String uri(LinkRequest request) {
    long heartbeatMillis = request.options().get(ActiveMqOptions.HEARTBEAT).toMillis();
    long frame =
        Math.max(
            MAX_FRAME_BYTES,
            request.options().get(ConnectionOptions.MAX_MESSAGE_BYTES) + METADATA_BYTES);
    return endpoint
        + "?connectionTimeout="
        + request.connectTimeout().toMillis()
        + "&wireFormat.maxInactivityDuration="
        + heartbeatMillis
        + "&wireFormat.maxInactivityDurationInitalDelay=" // spelt like that in the client
        + heartbeatMillis
        + "&wireFormat.maxFrameSize="
        + frame;
  }

  private void start(long deadline) throws JMSException {
    WireFormatNegotiator negotiator = connection.getTransport().narrow(WireFormatNegotiator.class);
    if (negotiator != null) {
      negotiator.setNegotiateTimeout(millisUntil(deadline));
    }
    connection.setConnectResponseTimeout(millisUntil(deadline));
    connection.setRequestTimeout(toMillis(operationTimeout));
    connection.start();
  }

  /** The native connection. */
  ActiveMQConnection connection() {
    return connection;
  }

  /** The connection's id. */
  ConnectionId connectionId() {
    return connection.getConnectionInfo().getConnectionId();
  }

  /** The broker's own version, as it told it when the protocol was agreed on. */
  String brokerVersion() {
    return brokerVersion;
  }

  /** The broker's id, which it tells by itself, or nothing when it has not within 5 seconds. */
  String brokerId() {
    connection.getBrokerName(); // waits for what the broker tells of itself
    BrokerInfo info = connection.getBrokerInfo();
    return info == null ? "" : info.getBrokerId().getValue();
  }

  /** An id for a new consumer. */
  ConsumerId newConsumerId() {
    return new ConsumerId(session, numbers.incrementAndGet());
  }

  /** An id for a new producer. */
  ProducerId newProducerId() {
    return new ProducerId(session, numbers.incrementAndGet());
  }

  /**
   * Whether the calling thread is one of the connection's own, which must not wait for an answer.
   */
  boolean onOwnThread() {
    return thread.isCurrent()
        || reader.filter(reading -> reading == Thread.currentThread()).isPresent();
  }

  /**
   * Sends a command and waits for the broker's answer, at most for the operation time-out. An
   * interrupt ends the waiting: the broker has the command, or will have it.
   *
   * @param what what is tried, for the failure's text
   * @param command the command
   */
  void request(String what, Command command) {
    begin(what, command).await(System.nanoTime() + operationTimeout.toNanos());
  }

  /** The same, for the end of something: an interrupt does not end the waiting. */
  void finish(String what, Command command) {
    finish(what, command, operationTimeout);
  }

  /** The same, within another limit than the operation time-out. */
  void finish(String what, Command command, Duration limit) {
    begin(what, command).awaitUninterrupted(limit);
  }

  private ActiveMqAnswer begin(String what, Command command) {
    if (onOwnThread()) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE,
          what
              + ": a stage of a sendAsync future must not wait for the broker; use an ...Async"
              + " stage");
    }
    return ActiveMqAnswer.begin(this, what, command);
  }

  /**
   * Sends a command; the broker's answer, or why it could not be sent, is told to the callback,
   * unless the connection breaks.
   */
  void request(String what, Command command, AsyncCallback callback) {
    run(
        () -> {
          try {
            connection.syncSendPacket(command, callback);
          } catch (JMSException e) {
            MessagingException unused = failed(what, e);
            callback.onException(e);
          } catch (RuntimeException e) { // a command that fails, fails alone
            callback.onException(JMSExceptionSupport.create(what + ": " + e, e));
          }
        });
  }

  /** Sends a command that the broker does not answer. */
  void send(String what, Command command) {
    run(
        () -> {
          try {
            connection.asyncSendPacket(command);
          } catch (JMSException e) {
            MessagingException unused = failed(what, e);
            if (isLive()) {
              failures.warn("A command to %s failed: %s".formatted(endpoint, what), e);
            }
          } catch (RuntimeException e) {
            failures.warn("A command to %s failed: %s".formatted(endpoint, what), e);
          }
        });
  }

  /** Waits until all commands that were given before have left this process, or have failed. */
  boolean awaitWritten(Duration limit) {
    CountDownLatch written = new CountDownLatch(1);
    return onOwnThread()
        || !thread.execute(written::countDown)
        || Waits.uninterrupted(limit, nanos -> written.await(nanos, TimeUnit.NANOSECONDS));
  }

  private void run(Runnable task) {
    checkLive();
    if (!thread.execute(task)) {
      throw closed();
    }
  }

  /** The same; where the connection is gone, the command is, too. */
  void sendIfLive(String what, Command command) {
    try {
      send(what, command);
    } catch (MessagingException e) {
      LOG.debug("The connection to {} broke before a command", endpoint, e);
    }
  }

  /** Makes a consumer; its dispatches may arrive before this returns. */
  void addConsumer(String what, ConsumerInfo info, ActiveMQDispatcher dispatcher) {
    attach(info.getConsumerId(), dispatcher);
    try {
      request(what, info);
    } catch (Throwable e) {
      detach(info.getConsumerId());
      takeBack(info);
      throw e;
    }
  }

  /** The broker may have made the consumer, which would hold messages that nobody reads. */
  private void takeBack(ConsumerInfo info) {
    RemoveInfo removal = info.createRemoveCommand();
    removal.setLastDeliveredSequenceId(RemoveInfo.LAST_DELIVERED_UNSET);
    sendIfLive("The consumer could not be taken back", removal);
  }

  /** Has a consumer's dispatches told, before the broker knows of it. */
  void attach(ConsumerId consumer, ActiveMQDispatcher dispatcher) {
    connection.addDispatcher(consumer, dispatcher);
  }

  /** Forgets a consumer, without a word to the broker. */
  void detach(ConsumerId consumer) {
    connection.removeDispatcher(consumer);
  }

  /** Whether it is neither lost nor closed. */
  boolean isLive() {
    return state.get() == State.LIVE;
  }

  /** The largest command that this client and the broker take, in bytes. */
  long maxFrameBytes() {
    return connection.getTransport().getWireFormat() instanceof OpenWireFormat format
        ? format.getMaxFrameSize()
        : MAX_FRAME_BYTES;
  }

  /** A failure that came back for a command; one that says that the connection is gone ends it. */
  boolean isLoss(Throwable error) {
    if (!isLive()) {
      return true;
    }
    boolean loss = connection.isTransportFailed() || ActiveMqErrors.isDisposal(error);
    if (loss) {
      lost(error);
    }
    return loss;
  }

  /**
   * Closes; the broker is told, for as long as the time allows. An interrupt does not cut that
   * short. Closing again does nothing.
   */
  void close(Duration timeout) {
    if (state.getAndSet(State.CLOSED) == State.CLOSED) {
      return;
    }
    boolean waits = !onOwnThread();
    CountDownLatch ended = new CountDownLatch(1);
    boolean runs =
        thread.execute(
            () -> {
              end(waits ? timeout : Duration.ofMillis(1));
              ended.countDown();
            });
    thread.end();
    boolean late =
        waits
            && runs
            && !Waits.uninterrupted(
                timeout.plus(GRACE), nanos -> ended.await(nanos, TimeUnit.NANOSECONDS));
    if (late) {
      cut();
    }
  }

  private void end(Duration timeout) {
    connection.setCloseTimeout(toMillis(timeout));
    try {
      connection.close();
    } catch (JMSException e) {
      LOG.debug("Closing the connection to {} was not orderly", endpoint, e);
    }
  }

  /** Whether it was closed, and nothing of it is left. */
  boolean hasEnded() {
    return thread.hasEnded();
  }

  /**
   * Closes the socket, also while the thread is stuck in a write to a broker that reads nothing any
   * more. Everybody who waits for an answer ends.
   */
  void cut() {
    try {
      connection.getTransport().stop();
    } catch (Exception e) { // as the native method declares
      LOG.debug("The socket to {} could not be closed", endpoint, e);
    }
  }

  /** What the broker says of a command that it does not answer; a loss is told otherwise. */
  private void complained(JMSException error) {
    if (!ActiveMqErrors.isLoss(error)) {
      complaints.warn("The broker at %s complains".formatted(endpoint), error);
    }
  }

  private void abandon() {
    close(Duration.ofMillis(1));
  }

  private void checkLive() {
    State now = state.get();
    if (now == State.LOST) {
      throw new ConnectionLostException("The connection to " + endpoint + " is lost");
    }
    if (now == State.CLOSED) {
      throw closed();
    }
  }

  private ClosedException closed() {
    return new ClosedException("The connection to " + endpoint + " is closed");
  }

  private MessagingException failed(String what, JMSException error) {
    MessagingException failure = ActiveMqErrors.translate(what, error);
    if (failure instanceof ConnectionLostException) {
      lost(error);
    }
    return failure;
  }

  private void lost(Throwable cause) {
    boolean wasLive = state.compareAndSet(State.LIVE, State.LOST);
    if (!wasLive && !state.compareAndSet(State.OPENING, State.LOST)) {
      return;
    }
    MessagingException loss =
        new ConnectionLostException(
            "The connection to %s broke: %s".formatted(endpoint, cause.getMessage()), cause);
    broken.complete(loss);
    if (wasLive) {
      onLost.accept(loss);
    }
  }

  /** Tells who waits for something else than a command's answer, once, that it does not come. */
  void whenBroken(Consumer<MessagingException> waiting) {
    CompletableFuture<Void> unused = broken.thenAccept(waiting);
  }

  private static int millisUntil(long deadline) {
    return toMillis(Duration.ofNanos(deadline - System.nanoTime()));
  }

  /** At least one: the native client takes 0 for "without limit". */
  private static int toMillis(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
  }

  /**
   * Hears what the JMS connection does not pass on: the broker's version, and the first sign of a
   * loss.
   */
  private final class Listener extends DefaultTransportListener {

    @Override
    public void onCommand(Object command) {
      if (command instanceof WireFormatInfo info) {
        reader = Optional.of(Thread.currentThread());
        readVersion(info);
      }
    }

    @Override
    public void onException(IOException error) {
      lost(error);
    }

    private void readVersion(WireFormatInfo info) {
      try {
        brokerVersion = Optional.ofNullable(info.getProviderVersion()).orElse("unknown");
      } catch (IOException e) {
        LOG.debug("The broker's version cannot be read", e);
      }
    }
  }
}
