/**
 * An ActiveMQ Artemis broker for the compatibility kit, in a JVM of its own.
 *
 * <p>The kit starts {@link io.anymq.tck.broker.artemis.ArtemisBrokerMain} as a process of its own,
 * with the jars that {@code META-INF/anymq/artemis.jars} lists; none of them is ever on the class
 * path of a test or of an adapter. It does so only when it is asked for by name.
 */
@NullMarked
package io.anymq.tck.broker.artemis;

import org.jspecify.annotations.NullMarked;
