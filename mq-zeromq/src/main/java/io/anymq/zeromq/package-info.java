/** The adapter for ZeroMQ. */
@NullMarked
package io.anymq.zeromq;

import org.jspecify.annotations.NullMarked;
