/** The adapter for RabbitMQ, over AMQP 0-9-1 with the {@code amqp-client} library. */
@NullMarked
package io.anymq.rabbit;

import org.jspecify.annotations.NullMarked;
