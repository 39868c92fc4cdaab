/** The one implementation of the API, written once above the SPI; not API itself. */
@NullMarked
package io.anymq.core;

import org.jspecify.annotations.NullMarked;
