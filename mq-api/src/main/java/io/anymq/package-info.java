/**
 * What an application holds: connections, sessions, producers, consumers, messages and
 * destinations.
 */
@NullMarked
package io.anymq;

import org.jspecify.annotations.NullMarked;
