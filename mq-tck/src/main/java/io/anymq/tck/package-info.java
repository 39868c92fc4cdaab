/**
 * The compatibility kit: numbered rules, the scenarios that check them, and the report that
 * compares backends.
 */
@NullMarked
package io.anymq.tck;

import org.jspecify.annotations.NullMarked;
