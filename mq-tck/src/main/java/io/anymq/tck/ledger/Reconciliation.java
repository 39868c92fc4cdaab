package io.anymq.tck.ledger;

import java.util.List;

/**
 * What a ledger comes to.
 *
 * @param sides the totals of both sides
 * @param lost numbers of messages that were confirmed and did not arrive
 * @param flaggedDuplicates numbers that arrived again, marked as redelivered; each time counted
 * @param unflaggedDuplicates numbers that arrived again, not marked; each time counted
 * @param phantoms numbers that arrived and were never sent, or were reported as not sent
 * @param corrupted numbers, as far as they can be read, whose body does not match its checksum
 * @param outOfOrder numbers that arrived, for the first time, behind a later one of their key
 */
public record Reconciliation(
    Sides sides,
    List<Long> lost,
    List<Long> flaggedDuplicates,
    List<Long> unflaggedDuplicates,
    List<Long> phantoms,
    List<Long> corrupted,
    List<Long> outOfOrder) {

  /**
   * Totals.
   *
   * @param attempted how many messages were made
   * @param confirmed how many were confirmed
   * @param failed how many were reported as not sent
   * @param inDoubt how many were reported as in doubt
   * @param arrived how many different ones arrived whole
   */
  public record Sides(int attempted, int confirmed, int failed, int inDoubt, int arrived) {}

  /** All of it in one line; long lists are cut. */
  @Override
  public String toString() {
    return ("%d attempted, %d confirmed, %d failed, %d in doubt, %d arrived; lost %s, duplicated"
            + " (flagged) %s, duplicated (not flagged) %s, phantom %s, corrupted %s, out of order %s")
        .formatted(
            sides.attempted(),
            sides.confirmed(),
            sides.failed(),
            sides.inDoubt(),
            sides.arrived(),
            shown(lost),
            shown(flaggedDuplicates),
            shown(unflaggedDuplicates),
            shown(phantoms),
            shown(corrupted),
            shown(outOfOrder));
  }

  private static String shown(List<Long> numbers) {
    int limit = 10;
    return numbers.size() <= limit
        ? numbers.toString()
        : numbers.subList(0, limit) + " and " + (numbers.size() - limit) + " more";
  }
}
