/** Programs written against the API alone; the backend is chosen by configuration. */
@NullMarked
package io.anymq.samples;

import org.jspecify.annotations.NullMarked;
