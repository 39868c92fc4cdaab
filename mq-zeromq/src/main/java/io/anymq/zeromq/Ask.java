package io.anymq.zeromq;

import io.anymq.MessagingException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A request to the hub, and its answer. */
final class Ask implements LinkCommand {

  private final int opcode;
  private final Consumer<WireWriter> body;
  private final CompletableFuture<WireReader> answer = new CompletableFuture<>();
  private volatile boolean sent;

  /**
   * A request.
   *
   * @param opcode what
   * @param body writes what follows the request's number, on the I/O thread
   */
  Ask(int opcode, Consumer<WireWriter> body) {
    this.opcode = opcode;
    this.body = body;
  }

  /** The body of the hub's answer; fails with a {@link MessagingException}. */
  CompletableFuture<WireReader> answer() {
    return answer;
  }

  /** Whether the hub may have got it. */
  boolean sent() {
    return sent;
  }

  @Override
  public void run(LinkProtocol protocol) {
    sent = true;
    body.accept(protocol.ask(opcode, this));
  }

  @Override
  public void abandon(MessagingException cause) {
    answer.completeExceptionally(cause);
  }
}
