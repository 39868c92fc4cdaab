package io.anymq.spi;

import java.util.Optional;

/**
 * What a consumer is opened for. The capabilities that it needs have been checked.
 *
 * @param source what to consume
 * @param prefetch how many deliveries may be handed to the sink and unsettled at one time; at least
 *     1
 * @param selector which messages to take
 * @param keyOrdered whether messages with one key go to one consumer at a time, in order. A link
 *     that declares {@link io.anymq.Capability#KEY_ORDERING} native sees to it. One that declares
 *     it emulated gives turns: of the key-ordered consumers of a source, one at a time gets
 *     deliveries, in the source's order; the others are open, and wait until that one has closed or
 *     is lost, and what it left unsettled comes first. While there is a key-ordered consumer, one
 *     that is not is refused with {@link io.anymq.ErrorCode#SUBSCRIPTION_IN_USE}, and the other way
 *     round. The core then asks for a larger prefetch, hands out one message of a key at a time,
 *     and never settles with {@link Outcome#RELEASE}
 */
public record ConsumerRequest(
    Source source, int prefetch, Optional<String> selector, boolean keyOrdered) {}
