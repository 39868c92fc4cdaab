/** Tests of the adapter for Kafka. */
@NullMarked
package io.anymq.kafka;

import org.jspecify.annotations.NullMarked;
