/**
 * The order-processing sample: rows of a file go to a queue, competing workers validate and price
 * them, the results go to a topic with two subscribers, and the bad rows to the dead-letter queue.
 */
@NullMarked
package io.anymq.samples.orders;

import org.jspecify.annotations.NullMarked;
