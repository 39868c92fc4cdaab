package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.DeliverySink;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens the consumers of one link. Safe for use by several threads. */
final class RabbitConsumers {

  private final NativeConnection main;
  private final Supplier<NativeConnection> publisher;
  private final RabbitNames names;
  private final RabbitMapper mapper;
  private final RabbitDelays delays;
  private final Duration limit;
  private final HandOutLogs logs;

  /**
   * For one link.
   *
   * @param main the connection that consumes
   * @param publisher gives the one that writes
   * @param limit how long one question to the broker may take
   */
  RabbitConsumers(
      NativeConnection main,
      Supplier<NativeConnection> publisher,
      RabbitNames names,
      RabbitMapper mapper,
      RabbitDelays delays,
      Duration limit) {
    this.main = main;
    this.publisher = publisher;
    this.names = names;
    this.mapper = mapper;
    this.delays = delays;
    this.limit = limit;
    logs = new HandOutLogs(queue -> new HandOutLog(main, publisher, names.handOuts(queue), limit));
  }

  /** Opens a consumer, which has begun. */
  RabbitConsumer open(
      RabbitSource source, int prefetch, DeliverySink sink, Consumer<RabbitConsumer> atClose) {
    Channel channel = main.channel("Consuming from " + source.origin());
    boolean recorded = source.upkeep().recordsHandOuts();
    RabbitConsumer.Setup setup =
        new RabbitConsumer.Setup(
            main,
            channel,
            source,
            mapper,
            sink,
            recorded ? logs.take(source.queue()) : null,
            closed -> {
              if (recorded) {
                logs.leave(source.queue());
              }
              atClose.accept(closed);
            });
    RabbitConsumer consumer =
        switch (source.upkeep()) {
          case NOTHING -> new ForgettingConsumer(setup);
          case PLACES, HAND_OUTS_AND_PLACES -> new LimitedConsumer(setup);
          case HAND_OUTS -> new RabbitConsumer(setup);
          case HAND_OUTS_AND_DELAYS ->
              source.turn() == null
                  ? new DelayingConsumer(setup, releases(source))
                  : new RenewingConsumer(setup, limit);
        };
    try {
      consumer.start(prefetch);
    } catch (Throwable e) {
      if (recorded) {
        logs.leave(source.queue());
      }
      throw e;
    }
    return consumer;
  }

  /** A queue was deleted: so is its log, which this user may not know of. */
  void forget(String queue) {
    String log = names.handOuts(queue);
    try {
      main.ask("Deleting " + log, channel -> channel.queueDelete(log));
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      NativeConnection.LOG.debug("{} is left, and expires", log, e);
    }
    logs.find(queue).ifPresent(HandOutLog::forget);
  }

  private DelayedReleases releases(RabbitSource source) {
    return new DelayedReleases(publisher, main, delays, source, limit);
  }
}
