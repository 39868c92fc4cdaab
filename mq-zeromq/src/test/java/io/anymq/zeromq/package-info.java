/** Tests of the ZeroMQ adapter and of its hub. */
@NullMarked
package io.anymq.zeromq;

import org.jspecify.annotations.NullMarked;
