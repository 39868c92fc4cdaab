/** What an adapter implements to put a message broker behind the API. */
@NullMarked
package io.anymq.spi;

import org.jspecify.annotations.NullMarked;
