/** Tests of the adapter for RabbitMQ. */
@NullMarked
package io.anymq.rabbit;

import org.jspecify.annotations.NullMarked;
