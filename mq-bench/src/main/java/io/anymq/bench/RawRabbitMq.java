package io.anymq.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** amqp-client: pipelined confirms, one acknowledgement for many deliveries. */
final class RawRabbitMq implements Contender {

  private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

  private final Connection connection;
  private String queue = "";
  private @Nullable Channel sending;

  RawRabbitMq(String url) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(url);
    connection = factory.newConnection("anymq-bench-raw");
  }

  @Override
  public void prepare(String name) throws IOException {
    queue = name;
    Channel channel = connection.createChannel();
    channel.queueDeclare(name, true, false, false, QUORUM);
    channel.confirmSelect();
    sending = channel;
  }

  @Override
  public void sendConfirmed(int messages) throws Exception {
    Channel channel = Objects.requireNonNull(sending, "prepare comes first");
    Confirmations confirmations = new Confirmations(messages, WINDOW);
    track(channel, confirmations);
    for (int number = 0; number < messages; number++) {
      confirmations.enter();
      channel.basicPublish("", queue, true, MessageProperties.PERSISTENT_BASIC, Payload.of(number));
    }
    confirmations.awaitAll();
  }

  /** A confirmation may cover all before it, and those of single messages come in any order. */
  private void track(Channel channel, Confirmations confirmations) {
    BitSet early = new BitSet();
    long[] lowest = {1};
    ConfirmCallback confirmed =
        (tag, multiple) -> {
          if (!multiple) {
            early.set((int) tag);
            confirmations.confirm(1);
            return;
          }
          int from = (int) lowest[0];
          int to = (int) tag + 1;
          confirmations.confirm(to - from - early.get(from, to).cardinality());
          lowest[0] = to;
        };
    ConfirmCallback refused =
        (tag, multiple) -> confirmations.fail(new IOException("refused: " + tag));
    channel.addConfirmListener(confirmed, refused);
    channel.addReturnListener(
        returned -> confirmations.fail(new IOException("returned: " + returned.getReplyText())));
  }

  @Override
  public void receiveAccepted(Tally tally) throws Exception {
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH);
    int[] pending = {0};
    DeliverCallback deliver =
        (tag, delivery) -> {
          boolean last = count(delivery.getBody(), tally);
          if (++pending[0] == ACKNOWLEDGE_EVERY || last) {
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), true);
            pending[0] = 0;
          }
          if (last) {
            tally.done();
          }
        };
    CancelCallback cancelled = tag -> tally.fail(new IOException("cancelled by the broker"));
    String tag = channel.basicConsume(queue, false, deliver, cancelled);
    tally.await(LIMIT);
    // Cancel first: a channel closed right behind an acknowledgement of a quorum queue can lose it.
    channel.basicCancel(tag);
    channel.close();
  }

  private static boolean count(byte[] body, Tally tally) {
    try {
      return tally.add(Payload.number(body));
    } catch (BenchException e) {
      tally.fail(e);
      return false;
    }
  }

  @Override
  public long left() throws Exception {
    try (Channel channel = connection.createChannel()) {
      AMQP.Queue.DeclareOk state = channel.queueDeclarePassive(queue);
      return state.getMessageCount();
    }
  }

  @Override
  public void clear() throws Exception {
    Channel channel = sending;
    if (channel != null) {
      channel.queueDelete(queue);
      channel.close();
      sending = null;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      throw new BenchException("amqp-client did not close: " + e, e);
    }
  }
}
