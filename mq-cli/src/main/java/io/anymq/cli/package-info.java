/** The command line behind the launcher {@code mq}. */
@NullMarked
package io.anymq.cli;

import org.jspecify.annotations.NullMarked;
