package io.anymq.core;

import static java.util.Objects.requireNonNull;

import io.anymq.ClosedException;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.Producer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A producer whose sends are held back until the session commits. */
final class SessionProducer implements Producer {

  private final CoreSession session;
  private final CoreProducer core;
  private volatile boolean closed;

  SessionProducer(CoreSession session, CoreProducer core) {
    this.session = session;
    this.core = core;
  }

  @Override
  public Destination destination() {
    return core.destination();
  }

  @Override
  public Message send(Message message) {
    requireNonNull(message, "message must not be null");
    Message admitted = session.admit(message);
    CompletableFuture<Message> unused = session.hold(this, admitted);
    return admitted;
  }

  @Override
  public CompletableFuture<Message> sendAsync(Message message) {
    requireNonNull(message, "message must not be null");
    return session.hold(this, session.admit(message));
  }

  CoreProducer core() {
    return core;
  }

  void requireOpen() {
    if (closed) {
      throw new ClosedException("The producer for " + core.destination().describe() + " is closed");
    }
  }

  /** Nothing is under way before the commit, and nothing after it. */
  @Override
  public void flush(Duration timeout) {
    Duration unused = Waits.requireTimeout(timeout);
  }

  /** Takes nothing more; what it has taken still belongs to the unit of work. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.retire(core);
    }
  }
}
