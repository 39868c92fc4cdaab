package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that uses RabbitMQ's own client and knows nothing of AnyMQ. */
final class RabbitNativeClient implements NativeClient {

  private static final String DEFAULT_EXCHANGE = "";
  private static final long CONFIRM_MILLIS = 10_000;

  private final Connection connection;
  private final RabbitHarness harness = new RabbitHarness();

  private RabbitNativeClient(Connection connection) {
    this.connection = connection;
  }

  static RabbitNativeClient connect(String url) {
    try {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(URI.create(url));
      factory.setAutomaticRecoveryEnabled(false);
      return new RabbitNativeClient(factory.newConnection("native"));
    } catch (Exception e) {
      throw new IllegalStateException("The native client cannot connect to " + url, e);
    }
  }

  @Override
  public void write(Queue queue, NativeMessage message) throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder()
            .correlationId(message.correlationId().orElse(null))
            .headers(new HashMap<>(message.headers()))
            .build();
    publish(queue, properties, message.body());
  }

  /** A header of this library's that it would never write so. */
  @Override
  public NativeMessage writeUndecodable(Queue queue) throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder().headers(Map.of("x-anymq-key", List.of(1, 2))).build();
    byte[] body = {1};
    publish(queue, properties, body);
    return message(properties, body);
  }

  void publish(Queue queue, BasicProperties properties, byte[] body) throws Exception {
    try (Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish(DEFAULT_EXCHANGE, harness.nativeName(queue), properties, body);
      channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
    }
  }

  @Override
  public Optional<NativeMessage> read(Queue queue, Duration timeout) throws Exception {
    return readDelivery(queue, timeout)
        .map(delivery -> message(delivery.getProperties(), delivery.getBody()));
  }

  Optional<Delivery> readDelivery(Queue queue, Duration timeout) throws Exception {
    BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
    try (Channel channel = connection.createChannel()) {
      channel.basicQos(1);
      String tag =
          channel.basicConsume(
              harness.nativeName(queue),
              (consumerTag, delivery) -> arrived.add(delivery),
              consumerTag -> {});
      Delivery first = arrived.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
      }
      channel.basicCancel(tag);
      return Optional.ofNullable(first);
    }
  }

  private static NativeMessage message(BasicProperties properties, byte[] body) {
    Map<String, String> texts = new HashMap<>();
    Map<String, @Nullable Object> headers = properties.getHeaders();
    if (headers != null) {
      headers.forEach((name, value) -> texts.put(name, String.valueOf(value)));
    }
    return new NativeMessage(body, Optional.ofNullable(properties.getCorrelationId()), texts);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      throw new IllegalStateException("The native client cannot close its connection", e);
    }
  }
}
