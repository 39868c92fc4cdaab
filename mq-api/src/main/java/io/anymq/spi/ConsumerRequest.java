package io.anymq.spi;

import java.util.Optional;

/**
 * What a consumer is opened for. The capabilities that it needs have been checked.
 *
 * @param source what to consume
 * @param prefetch how many deliveries may be handed to the sink and unsettled at one time; at least
 *     1
 * @param selector which messages to take
 * @param keyOrdered whether messages with one key go to one consumer at a time, in order
 */
public record ConsumerRequest(
    Source source, int prefetch, Optional<String> selector, boolean keyOrdered) {}
