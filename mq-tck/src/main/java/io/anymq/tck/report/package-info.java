/** What a run of the kit comes to: {@code report.json}, the source of truth, and a table of it. */
@NullMarked
package io.anymq.tck.report;

import org.jspecify.annotations.NullMarked;
