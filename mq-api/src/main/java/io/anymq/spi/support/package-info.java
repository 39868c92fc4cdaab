/**
 * What adapters share, and may use where it fits. Nothing here is part of the contract with the
 * core.
 */
@NullMarked
package io.anymq.spi.support;

import org.jspecify.annotations.NullMarked;
