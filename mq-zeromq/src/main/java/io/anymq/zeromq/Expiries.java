package io.anymq.zeromq;

import java.util.function.Consumer;

/**
 * Sees to it that what is ready goes when it expires. What is with a consumer stays, and goes when
 * it comes back. For the hub's thread.
 */
final class Expiries {

  private final Agenda agenda;
  private final Consumer<Queued> whenExpired;

  /**
   * Expiries of one queue.
   *
   * @param agenda wakes the hub
   * @param whenExpired is to take a message away that is ready
   */
  Expiries(Agenda agenda, Consumer<Queued> whenExpired) {
    this.agenda = agenda;
    this.whenExpired = whenExpired;
  }

  private final class Expiry extends Agenda.Entry {

    private final Queued message;

    Expiry(Queued message) {
      this.message = message;
    }

    @Override
    void due() {
      long left = message.millisLeft();
      if (left > 0) {
        // The clock of the agenda and the clock on the wall need not agree.
        agenda.add(this, left);
      } else {
        message.watchedBy(null);
        whenExpired.accept(message);
      }
    }
  }

  /** A message is ready; it may have been so before. */
  void watch(Queued message) {
    if (message.expires() && message.watchedBy() == null) {
      Expiry expiry = new Expiry(message);
      message.watchedBy(expiry);
      agenda.add(expiry, message.millisLeft());
    }
  }

  /** A message is not ready any more. */
  void unwatch(Queued message) {
    Agenda.Entry expiry = message.watchedBy();
    if (expiry != null) {
      agenda.remove(expiry);
      message.watchedBy(null);
    }
  }
}
