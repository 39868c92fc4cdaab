/**
 * Selectors of Jakarta Messaging (specification 3.1, chapter 3.8), read once and applied to each
 * message: for the core, which selects where a backend cannot, and for backends that have no parser
 * of their own.
 *
 * <p>Where the specification leaves something open: a name of a header that it does not allow in
 * selectors is refused, and so is a comparison that can never be made (a text that is greater than
 * a number). A whole number divided by zero is unknown. A property of bytes equals nothing.
 */
@NullMarked
package io.anymq.selector;

import org.jspecify.annotations.NullMarked;
