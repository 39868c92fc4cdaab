package io.anymq.tck.scenario;

import io.anymq.tck.ledger.Reconciliation;

/** What a ledger must come to. */
final class LedgerCheck {

  private LedgerCheck() {}

  /** In calm weather: everything once, whole and in order. */
  static void exactlyOnce(Reconciliation books) {
    nothingLost(books);
    that(books, books.flaggedDuplicates().isEmpty(), "no message twice", "why one comes again");
    that(books, books.unflaggedDuplicates().isEmpty(), "no message twice", "why one comes again");
    that(books, books.outOfOrder().isEmpty(), "order by key", "what reorders messages");
  }

  /** In any weather: nothing that was confirmed is lost, nothing is changed or made up. */
  static void nothingLost(Reconciliation books) {
    that(books, books.lost().isEmpty(), "nothing lost that was confirmed", "when it is confirmed");
    that(books, books.corrupted().isEmpty(), "every body whole", "how bodies are copied");
    that(
        books,
        books.phantoms().isEmpty(),
        "nothing that was not sent, or was reported as not sent",
        "whether a failure should say in doubt");
  }

  private static void that(Reconciliation books, boolean holds, String expected, String check) {
    Check.that(holds, expected, books, check);
  }
}
