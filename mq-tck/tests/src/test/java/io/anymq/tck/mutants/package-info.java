/** Faulty variants of the reference adapter; the kit must catch every one of them. */
@NullMarked
package io.anymq.tck.mutants;

import org.jspecify.annotations.NullMarked;
