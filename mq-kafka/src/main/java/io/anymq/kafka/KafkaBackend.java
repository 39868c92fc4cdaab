package io.anymq.kafka;

import io.anymq.ConnectFailedException;
import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Kafka: queues on share groups, topics on topics. URL: {@code kafka://host1:9092,host2:9092}. */
public final class KafkaBackend implements Backend {

  static final String NAME = "kafka";

  private static final String VERSION_FILE = "/kafka/kafka-version.properties";

  /** Made by {@link java.util.ServiceLoader}. */
  public KafkaBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> schemes() {
    return Set.of(NAME);
  }

  @Override
  public List<Option<?>> options() {
    return KafkaOptions.ALL;
  }

  @Override
  public void validate(BrokerUrl url) {
    KafkaAddress.parse(url);
  }

  @Override
  public Link connect(LinkRequest request) {
    List<KafkaAddress> addresses = KafkaAddress.parse(request.url());
    KafkaConfig config = new KafkaConfig(request, addresses);
    requireBroker(addresses, config, request.connectTimeout());
    Admin admin = newAdmin(config);
    try {
      BrokerProfile profile = BrokerProfile.find(new KafkaCalls(admin, request.connectTimeout()));
      KafkaCalls calls = new KafkaCalls(admin, request.operationTimeout());
      LinkState state = new LinkState(request.listener(), calls);
      KafkaLink link =
          new KafkaLink(config, calls, profile, new KafkaNames(request.names()), state);
      link.start();
      return link;
    } catch (RuntimeException e) {
      closeQuietly(admin, e);
      throw KafkaErrors.connectFailure(e, config.servers());
    } catch (Error e) { // such as that there is no thread for the link
      closeQuietly(admin, e);
      throw e;
    }
  }

  private static void closeQuietly(Admin admin, Throwable failure) {
    try {
      admin.close(Duration.ZERO);
    } catch (KafkaException e) {
      failure.addSuppressed(e);
    }
  }

  private static Admin newAdmin(KafkaConfig config) {
    try {
      return Admin.create(config.admin("admin"));
    } catch (KafkaException e) {
      throw ConnectErrors.clientFailure(e, config.servers());
    }
  }

  /**
   * Refuses at once when no broker listens at any of the addresses; the native client would try
   * again until the time is up. Behind encryption only the handshake can tell what listens.
   */
  private static void requireBroker(
      List<KafkaAddress> addresses, KafkaConfig config, Duration timeout) {
    ConnectFailedException failure = new ConnectFailedException("There is no address");
    Duration share = timeout.dividedBy(addresses.size());
    for (KafkaAddress address : addresses) {
      boolean reached = false;
      try (Socket socket = address.open(share)) {
        reached = true;
        if (!config.encrypts()) {
          address.askBroker(socket, share);
        }
        return;
      } catch (IOException e) {
        failure = ConnectErrors.noBroker(e, config.servers(), reached);
      }
    }
    throw failure;
  }

  /** The version of the native client, as its own jar tells it. */
  static String clientVersion() {
    Properties properties = new Properties();
    try (InputStream file = Admin.class.getResourceAsStream(VERSION_FILE)) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
