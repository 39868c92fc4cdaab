/**
 * The scenarios: one for each rule of {@code docs/spec.md}, written against the public API and the
 * {@link io.anymq.tck.BackendHarness} alone.
 *
 * <p>A scenario uses destinations that nobody else has, waits for events and never for time to
 * pass, and counts everything that arrives. "Nothing arrives" is checked with a marker that is sent
 * behind and must be the next thing to come.
 */
@NullMarked
package io.anymq.tck.scenario;

import org.jspecify.annotations.NullMarked;
