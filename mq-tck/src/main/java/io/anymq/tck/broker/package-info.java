/**
 * Real brokers for the kit, started by the kit.
 *
 * <p>{@link io.anymq.tck.broker.BrokerProvisioner} gets a broker in the first way that works on the
 * machine at hand and says which one that was; {@link io.anymq.tck.broker.BrokerHandle} is the
 * running broker. Brokers of other kinds come in through {@link io.anymq.tck.broker.BrokerSupport}.
 */
@NullMarked
package io.anymq.tck.broker;

import org.jspecify.annotations.NullMarked;
