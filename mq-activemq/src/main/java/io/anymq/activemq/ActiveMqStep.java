package io.anymq.activemq;

import jakarta.jms.JMSException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.Command;

/**
 * One command of a transaction. All of its commands are under way at once; each must have been
 * taken before the commit.
 */
final class ActiveMqStep implements AsyncCallback {

  private final CompletableFuture<Void> taken = new CompletableFuture<>();

  private ActiveMqStep() {}

  static ActiveMqStep begin(OpenWire wire, Command command) {
    ActiveMqStep step = new ActiveMqStep();
    wire.request("The transaction could not be filled", command, step);
    return step;
  }

  @Override
  public void onSuccess() {
    taken.complete(null);
  }

  @Override
  public void onException(JMSException error) {
    taken.completeExceptionally(error);
  }

  void await(long deadline) {
    String what = "The broker did not take a part of the unit of work";
    try {
      taken.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw ActiveMqErrors.translate(what, cause);
    } catch (TimeoutException e) {
      throw ActiveMqErrors.translate(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ActiveMqErrors.translate(what, e);
    }
  }
}
