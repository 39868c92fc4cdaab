/**
 * An ActiveMQ Classic broker for the compatibility kit, in a JVM of its own.
 *
 * <p>The kit starts {@link io.anymq.tck.broker.activemq.ActiveMqBrokerMain} as a process of its
 * own, with the jars that {@code META-INF/anymq/activemq.jars} lists; none of them is ever on the
 * class path of a test or of an adapter.
 */
@NullMarked
package io.anymq.tck.broker.activemq;

import org.jspecify.annotations.NullMarked;
