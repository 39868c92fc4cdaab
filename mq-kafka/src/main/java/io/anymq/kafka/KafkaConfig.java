package io.anymq.kafka;

import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import io.anymq.kafka.KafkaOptions.SaslMechanism;
import io.anymq.kafka.KafkaOptions.SecurityProtocol;
import io.anymq.spi.LinkRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/** The settings of the native clients of one link. Immutable. */
final class KafkaConfig {

  /** A member learns with a heartbeat that it is its turn. */
  static final Duration TURN_HEARTBEAT = Duration.ofSeconds(1);

  /** Room for the headers and for the type index, beside what a message's size counts. */
  private static final int RECORD_OVERHEAD = 64 * 1024;

  /** A broker's default of {@code message.max.bytes}. */
  private static final int DEFAULT_MAX_RECORD_BYTES = 1_048_588;

  /** The native default of {@code buffer.memory}. */
  private static final int DEFAULT_BUFFER_BYTES = 32 * 1024 * 1024;

  /** A batch that a full send window of small messages fills in a few requests. */
  private static final int BATCH_BYTES = 64 * 1024;

  /** How long one request may take; a native client then asks again, elsewhere if it can. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /**
   * How long the broker keeps a fetch waiting that finds nothing. A close waits for the answer, so
   * that with the native default of 500 ms closing a consumer took 0.3 s on average; with this it
   * took a tenth of a second. An idle consumer asks ten times a second.
   */
  static final Duration FETCH_WAIT = Duration.ofMillis(100);

  /**
   * After so long without use the producer forgets a topic. Those of open producers are renewed
   * every second; so it forgets what was deleted, and does not ask for it with each refresh, which
   * would create it again where the broker creates topics by itself.
   */
  static final Duration TOPIC_IDLE = Duration.ofSeconds(15);

  private final LinkRequest request;
  private final String servers;
  private final String clientName;
  private final Map<String, Object> common;

  KafkaConfig(LinkRequest request, List<KafkaAddress> addresses) {
    this.request = request;
    servers = addresses.stream().map(KafkaAddress::toString).collect(Collectors.joining(","));
    clientName = request.options().get(ConnectionOptions.CLIENT_NAME);
    common = Map.copyOf(connection(request));
  }

  private Map<String, Object> connection(LinkRequest asked) {
    Map<String, Object> config = new HashMap<>(security(asked));
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50L);
    config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Millis.of(requestTimeout()));
    config.put(
        CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
        (long) Millis.of(asked.connectTimeout()));
    config.put(
        CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
        (long) Millis.of(asked.connectTimeout()));
    config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return config;
  }

  private static Map<String, Object> security(LinkRequest request) {
    SecurityProtocol protocol = request.options().get(KafkaOptions.SECURITY_PROTOCOL);
    boolean credentials = request.user().isPresent() || request.password().isPresent();
    if (credentials != protocol.authenticates()) {
      throw new InvalidOptionException(
          credentials
              ? "A user and a password need security-protocol=sasl_ssl (or sasl_plaintext); with %s they would be ignored"
                  .formatted(protocol.name().toLowerCase(Locale.ROOT))
              : "security-protocol=%s needs a user and a password"
                  .formatted(protocol.name().toLowerCase(Locale.ROOT)));
    }
    Map<String, Object> config = new HashMap<>();
    config.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol.name());
    if (protocol.authenticates()) {
      SaslMechanism mechanism = request.options().get(KafkaOptions.SASL_MECHANISM);
      config.put(SaslConfigs.SASL_MECHANISM, mechanism.nativeName());
      config.put(SaslConfigs.SASL_JAAS_CONFIG, login(request, mechanism));
    }
    trustStore(request, protocol, config);
    return config;
  }

  private static String login(LinkRequest request, SaslMechanism mechanism) {
    return "%s required username=\"%s\" password=\"%s\";"
        .formatted(
            mechanism.loginModule(),
            quoted(request.user().orElse("")),
            quoted(request.password().orElse("")));
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static void trustStore(
      LinkRequest request, SecurityProtocol protocol, Map<String, Object> config) {
    String store = request.options().find(KafkaOptions.TRUST_STORE).orElse(null);
    if (store == null) {
      return;
    }
    if (!protocol.encrypts()) {
      throw new InvalidOptionException(
          "trust-store needs security-protocol=ssl or sasl_ssl; without, it would be ignored");
    }
    String lower = store.toLowerCase(Locale.ROOT);
    String type = lower.endsWith(".pem") ? "PEM" : lower.endsWith(".jks") ? "JKS" : "PKCS12";
    config.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, store);
    config.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, type);
    request
        .options()
        .find(KafkaOptions.TRUST_STORE_PASSWORD)
        .ifPresent(password -> config.put(SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG, password));
  }

  /** The bootstrap servers, for messages. */
  String servers() {
    return servers;
  }

  boolean encrypts() {
    return request.options().get(KafkaOptions.SECURITY_PROTOCOL).encrypts();
  }

  /** A new client id, for threads' names too. */
  String clientId(String role) {
    return ClientIds.next(clientName, role);
  }

  Duration operationTimeout() {
    return request.operationTimeout();
  }

  Duration linkTimeout() {
    return request.options().get(KafkaOptions.LINK_TIMEOUT);
  }

  int partitions() {
    return request.options().get(KafkaOptions.PARTITIONS);
  }

  int replicationFactor() {
    return request.options().get(KafkaOptions.REPLICATION_FACTOR);
  }

  /** The largest record that a new topic takes: what this connection allows, or Kafka's default. */
  int maxRecordBytes() {
    int bytes = withOverhead(request.options().get(ConnectionOptions.MAX_MESSAGE_BYTES));
    return Math.max(bytes, DEFAULT_MAX_RECORD_BYTES);
  }

  /** So many bytes, and what a message is marked with. */
  static int withOverhead(int bytes) {
    return Math.min(bytes, Integer.MAX_VALUE - RECORD_OVERHEAD) + RECORD_OVERHEAD;
  }

  /**
   * How much the native producer holds of what is not sent yet: Kafka's default, and no less than
   * the largest record, which it would refuse.
   */
  int bufferBytes() {
    return Math.max(maxRecordBytes(), DEFAULT_BUFFER_BYTES);
  }

  /** How long one request may take. */
  Duration requestTimeout() {
    Duration operation = request.operationTimeout();
    return operation.compareTo(REQUEST_TIMEOUT) < 0 ? operation : REQUEST_TIMEOUT;
  }

  Map<String, Object> admin(String role) {
    Map<String, Object> config = new HashMap<>(common);
    // The native client asks for a consumer group as for one of the new kind, and, when there is no
    // such group, once more as for a classic one after this time, 100 ms by default: whoever opens
    // a consumer waits for that. It doubles with every further attempt.
    config.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 10L);
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(role));
    config.put(
        CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, Millis.of(request.operationTimeout()));
    return config;
  }

  /**
   * Idempotent and confirmed by all replicas in sync. The native client retries for as long as the
   * core waits for a send.
   */
  Map<String, Object> producer(String clientId) {
    Map<String, Object> config = new HashMap<>(common);
    int sendTimeout = Millis.of(request.options().get(ConnectionOptions.SEND_TIMEOUT));
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0L);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) sendTimeout);
    config.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        Math.max(sendTimeout, Millis.of(requestTimeout())));
    config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, TOPIC_IDLE.toMillis());
    // The broker has the last word on sizes: it knows the topic's limit.
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) bufferBytes());
    return config;
  }

  /** A consumer of assigned partitions, in no group. */
  Map<String, Object> consumer(String clientId, int maxPollRecords) {
    Map<String, Object> config = new HashMap<>(common);
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // Where retention has overtaken a slow subscription it goes on with the oldest that is left.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return config;
  }

  /** The member of a consumer group that shows that a link lives; it never fetches. */
  Map<String, Object> lease(String clientId, String group, Duration session) {
    Map<String, Object> config = consumer(clientId, 1);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session.toMillis());
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) session.toMillis() / 4);
    // It polls again only when the search for what others have left is over.
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    config.put(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, (long) Integer.MAX_VALUE);
    return config;
  }

  /**
   * A member of a group of which one at a time has the turn. It has a name in the group, so that it
   * can be removed by that when it could not say good-bye; none has the name of another one. A
   * client's name may have characters that the broker does not take there.
   */
  Map<String, Object> turn(String clientId, String group, Duration session) {
    Map<String, Object> config = lease(clientId, group, session);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ClientIds.next());
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) TURN_HEARTBEAT.toMillis());
    config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, TurnAssignor.class.getName());
    return config;
  }

  /** One that moves delayed messages when it has the turn. */
  Map<String, Object> mover(String clientId, String group, Duration session) {
    Map<String, Object> config = turn(clientId, group, session);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Millis.of(request.operationTimeout()));
    return config;
  }

  /** The producer of the one that has the turn; it ends the transactions of the one before. */
  Map<String, Object> moverProducer(String clientId, String group) {
    Map<String, Object> config = producer(clientId);
    int patience = Millis.of(requestTimeout());
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * patience);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) patience);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
    return config;
  }

  /** A member of a share group that fetches so many records at once, and keeps no more. */
  Map<String, Object> shareConsumer(String clientId, String group, int maxPollRecords) {
    Map<String, Object> config = new HashMap<>(common);
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
    config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    // By default it is lent whole batches: what is beyond a prefetch would be kept from others.
    config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
    // A lane that waits for its turn does not poll, and must stay a member, and connected.
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    config.put(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, (long) Integer.MAX_VALUE);
    return config;
  }
}
