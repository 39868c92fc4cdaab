/**
 * The ledger of a test: what was attempted, confirmed, failed and left in doubt, held against what
 * arrived. It counts everything; it forgives and joins nothing.
 */
@NullMarked
package io.anymq.tck.ledger;

import org.jspecify.annotations.NullMarked;
