package io.anymq.core;

import io.anymq.MessageListener;
import io.anymq.Subscription;
import io.anymq.SubscriptionOptions;
import io.anymq.spi.Source;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A consumer of a topic. */
final class CoreSubscription extends CoreConsumer implements Subscription {

  private final SubscriptionOptions options;

  CoreSubscription(
      CoreConnection connection,
      Source source,
      SubscriptionOptions options,
      @Nullable MessageListener listener) {
    super(connection, source, options.consumer(), listener);
    this.options = options;
  }

  @Override
  public Optional<String> name() {
    return options.name();
  }

  @Override
  public void unsubscribe() {
    close();
    if (!options.durable()) {
      return;
    }
    String name = options.name().orElseThrow();
    if (source() instanceof Source.OfTopic of) {
      connection().unsubscribe(of.topic(), name);
    } else if (source() instanceof Source.OfPattern of) {
      connection().unsubscribe(of.pattern(), name);
    }
  }
}
