package io.anymq.zeromq;

import io.anymq.ConnectFailedException;
import io.anymq.ConnectionLostException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.MessagingTimeoutException;
import io.anymq.spi.LinkRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The I/O thread of a link: owns the socket. Other threads hand it commands; whatever is there when
 * it looks leaves in as few frames as possible.
 */
final class LinkLoop {

  private static final Logger LOG = LoggerFactory.getLogger(LinkLoop.class);

  private static final int COMMANDS_A_ROUND = 1024;
  private static final int FRAMES_A_ROUND = 64;

  /** How long an orderly end may take beyond its limit: closing a socket and a context. */
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  private enum State {
    GREETING,
    OPEN,
    CLOSING,
    ENDED
  }

  private final HubAddress address;
  private final LinkRequest request;
  private final SharedContext context;
  private final Runnable afterwards;
  private final LinkSocket socket;
  private final Thread thread;
  private final Queue<LinkCommand> commands = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();

  /** Why the link ended, once it has; whoever sees it must not count on the thread any more. */
  private volatile @Nullable MessagingException end;

  // For the I/O thread.
  private final LinkProtocol protocol = new LinkProtocol(this::transmit);
  private State state = State.GREETING;
  private @Nullable Heartbeats heartbeats;
  private long tickNanos = TimeUnit.MILLISECONDS.toNanos(20);
  private long tickedAt = System.nanoTime();
  private final Ask bye = new Ask(Wire.BYE, out -> {});
  private long closeDeadline;

  LinkLoop(HubAddress address, LinkRequest request, SharedContext context, Runnable afterwards) {
    this.address = address;
    this.request = request;
    this.context = context;
    this.afterwards = afterwards;
    socket = new LinkSocket(address, context);
    thread = new Thread(this::run, "anymq-zeromq-link");
    thread.setDaemon(true);
  }

  /**
   * Connects.
   *
   * @return what the hub said
   * @throws ConnectFailedException when there is no hub, or it refuses
   */
  Welcome connect() {
    try {
      thread.start();
    } catch (Throwable e) {
      release();
      throw e;
    }
    Duration timeout = request.connectTimeout();
    try {
      return Await.result(welcome, timeout);
    } catch (MessagingTimeoutException e) {
      throw ZeroMqErrors.noAnswer(address, socket.wasAccepted(), timeout, e);
    } finally {
      if (!welcome.isDone() || welcome.isCompletedExceptionally()) {
        close(Duration.ZERO);
      }
    }
  }

  /** Hands a command to the I/O thread; returns at once. */
  void submit(LinkCommand command) {
    commands.add(command);
    MessagingException why = end;
    if (why == null) {
      socket.wakeUp();
    } else {
      abandonCommands(why);
    }
  }

  /**
   * Asks the hub, and waits for its answer.
   *
   * @throws MessagingException as the hub says, or when the link ends, or time does; when the
   *     thread is interrupted already, before anything is asked
   */
  WireReader ask(Ask ask) {
    if (onThread()) {
      throw new MessagingException(
          ErrorCode.ILLEGAL_USE, "The I/O thread of a link cannot wait for the hub");
    }
    Await.requireNoInterrupt();
    submit(ask);
    return await(ask);
  }

  /**
   * Waits for the answer to what was submitted. A request that has not left when the wait ends will
   * not: afterwards {@link Ask#sent} tells for good.
   */
  WireReader await(Ask ask) {
    try {
      return Await.result(ask.answer(), request.operationTimeout());
    } catch (MessagingException e) {
      ask.withdraw();
      throw e;
    }
  }

  /**
   * Asks the hub, and waits for its answer, also when the thread is interrupted, which is
   * remembered; the I/O thread does not wait.
   *
   * @throws MessagingException as the hub says, or when the link ends, or time does
   */
  void askInAnyCase(Ask ask) {
    submit(ask);
    if (!onThread()) {
      WireReader unused = Await.resultOfEnd(ask.answer(), request.operationTimeout());
    }
  }

  void closeConsumer(ZeroMqConsumer consumer) {
    submit(protocol -> protocol.remove(consumer));
    try {
      askInAnyCase(new Ask(Wire.CLOSE_CONSUMER, out -> out.i32(consumer.id())));
    } catch (ConnectionLostException e) {
      LOG.debug("A consumer ended with its link", e);
    } catch (MessagingTimeoutException e) {
      LOG.warn("The hub did not say in time that a consumer is closed", e);
    }
  }

  /** Ends the link in order, or without order when time is up. */
  void close(Duration timeout) {
    submit(ignored -> beginClose(timeout));
    if (!onThread() && !Await.end(thread, timeout.plus(CLOSE_GRACE))) {
      LOG.warn("The I/O thread of the link to {} has not ended in time", address);
    }
  }

  private boolean onThread() {
    return Thread.currentThread() == thread;
  }

  private void beginClose(Duration timeout) {
    if (state == State.OPEN) {
      state = State.CLOSING;
      closeDeadline = System.nanoTime() + timeout.toNanos();
      protocol.removeAll();
      bye.run(protocol);
    } else if (state == State.GREETING) {
      state = State.ENDED;
    }
  }

  private void run() {
    MessagingException cause = null;
    try {
      socket.connect();
      greet();
      while (state != State.ENDED) {
        step();
      }
    } catch (MessagingException e) {
      cause = e;
    } catch (MalformedFrameException e) {
      cause =
          state == State.GREETING
              ? ZeroMqErrors.noHub(address, e)
              : new ConnectionLostException("The hub breaks its protocol: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      LOG.error("The I/O thread of the link to {} ends by a fault", address, e);
      cause = new ConnectionLostException("A fault in the link: " + e, e);
    } finally {
      finish(cause);
    }
  }

  private void greet() {
    transmit(
        new WireWriter()
            .begin(Wire.HELLO)
            .i32(Wire.MAGIC)
            .u16(Wire.VERSION)
            .u16(Wire.VERSION)
            .i32((int) request.options().get(ZeroMqOptions.HEARTBEAT).toMillis())
            .text(request.options().get(ConnectionOptions.CLIENT_NAME))
            .u16(0)
            .take());
  }

  private void step() throws MalformedFrameException {
    tick(System.nanoTime());
    Throwable fault = context.fault();
    if (fault != null) {
      throw new ConnectionLostException(
          "ZeroMQ's I/O thread has ended by a fault: " + fault, fault);
    }
    boolean busy = runCommands();
    busy |= protocol.writer().flush();
    busy |= receive();
    if (bye.answer().isDone()) {
      state = State.ENDED;
    }
    if (!busy && socket.isBroken()) {
      throw broken();
    }
    if (!busy && state != State.ENDED) {
      socket.await(commands::isEmpty, tickNanos);
    }
  }

  private MessagingException broken() {
    if (state != State.GREETING) {
      return new ConnectionLostException("The connection to " + address + " broke");
    }
    return socket.wasAccepted() ? ZeroMqErrors.noHub(address, null) : ZeroMqErrors.nobody(address);
  }

  private void tick(long now) {
    if (now - tickedAt < tickNanos) {
      return;
    }
    tickedAt = now;
    if (state == State.CLOSING && now - closeDeadline >= 0) {
      state = State.ENDED;
    }
    if (heartbeats == null) {
      if (socket.reconnectIfDeaf(now)) {
        greet();
      }
      return;
    }
    if (heartbeats.silent(now)) {
      throw new ConnectionLostException(
          "Nothing was heard from the hub at %s for %s"
              .formatted(address, Await.text(heartbeats.patience())));
    }
    if (heartbeats.sendDue(now)) {
      protocol.writer().begin(Wire.HEARTBEAT);
    }
  }

  private boolean runCommands() {
    int done = 0;
    while (done < COMMANDS_A_ROUND) {
      LinkCommand command = commands.poll();
      if (command == null) {
        break;
      }
      run(command);
      done++;
    }
    return done > 0;
  }

  /** A fault of ours in one command costs that command alone. */
  private void run(LinkCommand command) {
    protocol.writer().mark();
    try {
      command.run(protocol);
    } catch (MessagingException e) {
      throw e; // the socket takes no more
    } catch (RuntimeException e) {
      LOG.error("A command to the hub at {} failed", address, e);
      protocol.writer().undo();
      command.abandon(
          new MessagingException(
              ErrorCode.BACKEND_FAILURE, "The command could not be sent: " + e, e));
    }
  }

  private boolean receive() throws MalformedFrameException {
    int done = 0;
    while (done < FRAMES_A_ROUND && state != State.ENDED) {
      byte[] frame = socket.receive();
      if (frame == null) {
        break;
      }
      take(frame, System.nanoTime());
      done++;
    }
    return done > 0;
  }

  private void take(byte[] frame, long now) throws MalformedFrameException {
    if (heartbeats == null) {
      Welcome hub = Welcome.read(frame);
      Duration own = request.options().get(ZeroMqOptions.HEARTBEAT);
      heartbeats = new Heartbeats(own, hub.heartbeat(), now);
      tickNanos = Math.min(own.toNanos(), hub.heartbeat().toNanos()) / 4;
      state = State.OPEN;
      welcome.complete(hub);
    } else {
      heartbeats.heard(now);
      protocol.receive(frame);
    }
  }

  private void transmit(ByteBuffer frame) {
    socket.send(frame);
    if (heartbeats != null) {
      heartbeats.sent(System.nanoTime());
    }
  }

  private void finish(@Nullable MessagingException cause) {
    MessagingException why =
        cause == null ? new ConnectionLostException("The link is closed") : cause;
    end = why;
    try {
      if (!welcome.isDone()) {
        welcome.completeExceptionally(connectFailed(why));
      } else if (state == State.OPEN) {
        request.listener().lost(why);
      }
      protocol.abandon(why);
      abandonCommands(why);
    } finally {
      release();
    }
  }

  private void release() {
    socket.close();
    context.release();
    afterwards.run();
  }

  private ConnectFailedException connectFailed(MessagingException why) {
    return why instanceof ConnectFailedException refused
        ? refused
        : new ConnectFailedException(
            "No hub could be reached at %s: %s".formatted(address, why.getMessage()), why);
  }

  private void abandonCommands(MessagingException why) {
    LinkCommand command = commands.poll();
    while (command != null) {
      command.abandon(why);
      command = commands.poll();
    }
  }
}
