/** The comparison of backends: one run of the kit's rules on each, and what is shown of it. */
@NullMarked
package io.anymq.cli.compare;

import org.jspecify.annotations.NullMarked;
