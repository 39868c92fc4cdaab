/**
 * The code of {@code docs/implementing-a-backend.md}: an imaginary broker, the post office, with a
 * client library of its own, and an adapter for it. {@link io.anymq.tck.guide.PostOffice} and what
 * it hands out know nothing of AnyMQ.
 */
@NullMarked
package io.anymq.tck.guide;

import org.jspecify.annotations.NullMarked;
