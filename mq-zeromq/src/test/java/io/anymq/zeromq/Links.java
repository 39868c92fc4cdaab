package io.anymq.zeromq;

import io.anymq.ConnectionOptions;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.spi.OutboundMessage;
import io.anymq.spi.ProducerListener;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What tests of links have in common. */
final class Links {

  static final Duration LIMIT = Duration.ofSeconds(10);
  static final ProducerListener NEVER_BROKEN =
      cause -> {
        throw new AssertionError("a producer broke", cause);
      };

  private Links() {}

  static ZeroMqLink connect(String url) {
    return connect(url, Options.none(), new CompletableFuture<>());
  }

  static ZeroMqLink connect(
      String url, Options options, CompletableFuture<MessagingException> lost) {
    return (ZeroMqLink) new ZeroMqBackend().connect(request(url, options, lost));
  }

  static LinkRequest request(
      String url, Options options, CompletableFuture<MessagingException> lost) {
    String address = url.substring("zeromq:".length());
    return new LinkRequest(
        new BrokerUrl("zeromq", address, Optional.empty(), Optional.empty()),
        options,
        NativeNames.none(),
        cause -> {
          if (!lost.complete(cause)) {
            throw new AssertionError("lost was told twice", cause);
          }
        });
  }

  static Options quick(Duration connectTimeout) {
    return Options.none()
        .with(ConnectionOptions.CONNECT_TIMEOUT, connectTimeout)
        .with(ZeroMqOptions.HEARTBEAT, Duration.ofMillis(100));
  }

  static ConsumerRequest from(Queue queue, int prefetch) {
    return new ConsumerRequest(new Source.OfQueue(queue), prefetch, Optional.empty(), false);
  }

  static ConsumerRequest from(Topic topic, int prefetch) {
    return from(topic, Optional.empty(), prefetch);
  }

  static ConsumerRequest durable(Topic topic, String name, int prefetch) {
    return from(topic, Optional.of(name), prefetch);
  }

  private static ConsumerRequest from(Topic topic, Optional<String> name, int prefetch) {
    Source.Terms terms = new Source.Terms(name, name.isPresent(), false);
    return new ConsumerRequest(new Source.OfTopic(topic, terms), prefetch, Optional.empty(), false);
  }

  /** Sends texts and waits until all of them are confirmed. */
  static void send(ZeroMqLink link, io.anymq.Destination to, String... texts) {
    var producer = link.openProducer(to, NEVER_BROKEN);
    List<Sending> sendings = new ArrayList<>();
    for (String text : texts) {
      Sending sending = new Sending(Message.text(text));
      producer.send(sending);
      sendings.add(sending);
    }
    sendings.forEach(sending -> result(sending.outcome()));
  }

  /** How many messages a queue has. */
  static long stored(ZeroMqLink link, Queue queue) {
    return link.depth(queue).atRest();
  }

  static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MessagingException told) {
        throw told;
      }
      throw new AssertionError(e);
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("nothing came within " + LIMIT, e);
    }
  }

  /** A message on its way. */
  record Sending(Message message, CompletableFuture<Boolean> outcome) implements OutboundMessage {
    Sending(Message message) {
      this(message, new CompletableFuture<>());
    }

    @Override
    public void confirmed() {
      outcome.complete(true);
    }

    @Override
    public void failed(MessagingException cause) {
      outcome.completeExceptionally(cause);
    }
  }
}
