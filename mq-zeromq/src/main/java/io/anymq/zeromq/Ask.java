package io.anymq.zeromq;

import io.anymq.MessagingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A request to the hub, and its answer. Its bytes are made when it is, by the thread that asks:
 * what is wrong with an argument fails there, and never on the I/O thread.
 */
final class Ask implements LinkCommand {

  private final int opcode;
  private final byte[] body;
  private final CompletableFuture<WireReader> answer = new CompletableFuture<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  private enum State {
    NEW,
    SENT,
    WITHDRAWN
  }

  /**
   * A request.
   *
   * @param opcode what
   * @param body writes what follows the request's number
   */
  Ask(int opcode, Consumer<WireWriter> body) {
    this.opcode = opcode;
    WireWriter out = new WireWriter();
    body.accept(out);
    this.body = out.copyAndClear();
  }

  /** The body of the hub's answer; fails with a {@link MessagingException}. */
  CompletableFuture<WireReader> answer() {
    return answer;
  }

  /** Whether the hub may have got it. */
  boolean sent() {
    return state.get() == State.SENT;
  }

  /** Claims it for sending; false when it was withdrawn before. */
  boolean begin() {
    return state.compareAndSet(State.NEW, State.SENT);
  }

  /** Nobody waits for it any more: it is not sent, unless it has been already. */
  void withdraw() {
    state.compareAndSet(State.NEW, State.WITHDRAWN);
  }

  @Override
  public void run(LinkProtocol protocol) {
    if (begin()) {
      write(protocol);
    }
  }

  /** Writes what {@link #begin} has claimed. */
  void write(LinkProtocol protocol) {
    protocol.ask(opcode, this).raw(body, 0, body.length);
  }

  @Override
  public void abandon(MessagingException cause) {
    answer.completeExceptionally(cause);
  }
}
