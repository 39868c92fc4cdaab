/**
 * A Kafka broker (KRaft, broker and controller in one node) for the compatibility kit, in a JVM of
 * its own.
 *
 * <p>The kit starts {@link io.anymq.tck.broker.kafka.KafkaBrokerMain} as a process of its own, with
 * the jars that {@code META-INF/anymq/kafka.jars} lists; none of them is ever on the class path of
 * a test or of an adapter.
 */
@NullMarked
package io.anymq.tck.broker.kafka;

import org.jspecify.annotations.NullMarked;
