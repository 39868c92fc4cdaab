/**
 * Source variants of the products: faults that somebody could really make, planted one at a time in
 * a copy of a source file, to see whether a test or a rule notices. The data are in {@code
 * *.variants}, see {@code docs/testing.md}.
 */
@NullMarked
package io.anymq.cli.variants;

import org.jspecify.annotations.NullMarked;
