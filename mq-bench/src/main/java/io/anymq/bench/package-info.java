/** Side-by-side measurement of AnyMQ and the native clients. */
@NullMarked
package io.anymq.bench;

import org.jspecify.annotations.NullMarked;
