package io.anymq.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurators;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import io.anymq.ConnectFailedException;
import io.anymq.ConnectionOptions;
import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.spi.LinkRequest;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;

/** Makes the native connections of one link. Safe for use by several threads. */
final class RabbitConnector {

  /**
   * What amqp-client takes in at most, in bytes: the largest {@code max_message_size} that a broker
   * can be set to. With less (the client's default is 64 MiB) a larger message would break the
   * connection each time that it is delivered.
   */
  private static final int MAX_INBOUND_BYTES = 512 * 1024 * 1024;

  private final LinkRequest request;
  private final RabbitAddress address;
  private final RabbitThreads threads;

  RabbitConnector(LinkRequest request) {
    this.request = request;
    this.address = RabbitAddress.of(request.url());
    this.threads = new RabbitThreads(request.options().get(ConnectionOptions.CLIENT_NAME));
  }

  /** The threads of the link, those of its native connections included. */
  RabbitThreads threads() {
    return threads;
  }

  /**
   * Makes a connection, within the connect time-out. It is made on a thread of its own, because
   * amqp-client and name resolution bound each step but not their sum.
   *
   * @param duty what it is for, to be told apart in the broker's tools
   */
  NativeConnection connect(String duty) {
    AtomicReference<Socket> socket = new AtomicReference<>();
    FutureTask<NativeConnection> attempt = new FutureTask<>(() -> open(duty, socket));
    threads.make("connect", attempt).start();
    try {
      return attempt.get(request.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Socket made = socket.get();
      boolean connected = made != null && made.isConnected(); // though it is closed by now
      throw ConnectErrors.of(e.getCause() == null ? e : e.getCause(), where(), connected);
    } catch (TimeoutException e) {
      abandon(attempt, socket);
      throw new ConnectFailedException(
          "No connection to %s within the connect time-out of %,d ms; check that a RabbitMQ broker listens there"
              .formatted(where(), request.connectTimeout().toMillis()),
          e);
    } catch (InterruptedException e) {
      abandon(attempt, socket);
      Thread.currentThread().interrupt();
      throw new MessagingException(ErrorCode.INTERRUPTED, "Interrupted while connecting", e);
    }
  }

  private String where() {
    return request.url().toString();
  }

  /**
   * Ends an attempt that nobody waits for any more; should it succeed in that moment, its fruit.
   */
  private void abandon(FutureTask<NativeConnection> attempt, AtomicReference<Socket> socket) {
    NativeConnection.closeNow(socket.get());
    threads
        .make(
            "connect-abandon",
            () -> {
              try {
                attempt.get().close(Duration.ofSeconds(1));
              } catch (ExecutionException e) {
                NativeConnection.LOG.debug("An attempt to connect was given up", e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })
        .start();
  }

  private NativeConnection open(String duty, AtomicReference<Socket> socket) throws Exception {
    SocketGuard guard = new SocketGuard(socket);
    ConnectionFactory factory = factory(guard);
    String name = request.options().get(ConnectionOptions.CLIENT_NAME) + "/" + duty;
    Connection connection = factory.newConnection(name);
    return new NativeConnection(connection, guard, threads, new RabbitNames(request.names()));
  }

  private ConnectionFactory factory(SocketGuard guard) throws GeneralSecurityException {
    ConnectionFactory factory = new Offloading(threads);
    factory.setHost(address.host());
    factory.setPort(address.port());
    factory.setVirtualHost(address.virtualHost());
    request.user().ifPresent(factory::setUsername);
    request.password().ifPresent(factory::setPassword);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setRequestedHeartbeat((int) request.options().get(RabbitOptions.HEARTBEAT).toSeconds());
    factory.setConnectionTimeout(millis(request.connectTimeout()));
    // The client waits half of it for each of two answers; connect() bounds the whole.
    factory.setHandshakeTimeout(2 * millis(request.connectTimeout()));
    factory.setChannelRpcTimeout(millis(request.operationTimeout()));
    // A consumer does not wait for the answer to each change of its limit; nor takes another for
    // it.
    factory.setChannelShouldCheckRpcResponseType(true);
    factory.setMaxInboundMessageBodySize(MAX_INBOUND_BYTES);
    factory.setThreadFactory(threads);
    factory.setSharedExecutor(new CallerRuns());
    factory.setExceptionHandler(guard);
    factory.setSocketConfigurator(
        SocketConfigurators.defaultConfigurator().andThen(guard::configure));
    if (address.tls()) {
      factory.useSslProtocol(SSLContext.getDefault());
      factory.enableHostnameVerification();
    }
    return factory;
  }

  /** Makes connections that virtual threads may write to. */
  private static final class Offloading extends ConnectionFactory {
    private final RabbitThreads threads;

    Offloading(RabbitThreads threads) {
      this.threads = threads;
    }

    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
      FrameHandlerFactory made = super.createFrameHandlerFactory();
      return (address, name) ->
          new OffloadingFrames(
              made.create(address, name),
              work -> threads.make("writer", work),
              VirtualThreads::isCurrent);
    }
  }

  /** Cut to what doubles to an int. */
  private static int millis(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE / 2, duration.toMillis());
  }
}
