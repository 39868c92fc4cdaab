package io.anymq.activemq;

import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.Command;

/** The broker's answer to one command. Several may be under way at once. */
final class ActiveMqAnswer implements AsyncCallback {

  private final String what;
  private final CompletableFuture<Void> taken = new CompletableFuture<>();

  private ActiveMqAnswer(String what) {
    this.what = what;
  }

  /** Sends a command, and does not wait. */
  static ActiveMqAnswer begin(OpenWire wire, String what, Command command) {
    ActiveMqAnswer answer = new ActiveMqAnswer(what);
    wire.request(what, command, answer);
    return answer;
  }

  @Override
  public void onSuccess() {
    taken.complete(null);
  }

  @Override
  public void onException(JMSException error) {
    taken.completeExceptionally(error);
  }

  /**
   * Waits until the broker has done it.
   *
   * @param deadline until when, as {@link System#nanoTime} tells it
   */
  void await(long deadline) {
    try {
      get(deadline - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate(what, e);
    }
  }

  /** The same, whether the thread is interrupted or not. */
  void awaitUninterrupted(Duration limit) {
    boolean unused = Waits.uninterrupted(limit, this::get);
  }

  private boolean get(long nanos) throws InterruptedException {
    try {
      taken.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      throw ActiveMqErrors.translate(what, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw ActiveMqErrors.translate(what, e);
    }
  }
}
