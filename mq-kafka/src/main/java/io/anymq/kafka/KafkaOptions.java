package io.anymq.kafka;

import io.anymq.Option;
import java.time.Duration;
import java.util.List;

/** The options that this adapter adds. */
final class KafkaOptions {

  /** How clients and brokers talk. */
  enum SecurityProtocol {
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL;

    boolean authenticates() {
      return this == SASL_PLAINTEXT || this == SASL_SSL;
    }

    boolean encrypts() {
      return this == SSL || this == SASL_SSL;
    }
  }

  /** How a user and a password are shown to the broker. */
  enum SaslMechanism {
    PLAIN,
    SCRAM_SHA_256,
    SCRAM_SHA_512;

    String nativeName() {
      return name().replace('_', '-');
    }

    String loginModule() {
      return this == PLAIN
          ? "org.apache.kafka.common.security.plain.PlainLoginModule"
          : "org.apache.kafka.common.security.scram.ScramLoginModule";
    }
  }

  static final Option<SecurityProtocol> SECURITY_PROTOCOL =
      Option.choice(
          "security-protocol",
          SecurityProtocol.class,
          SecurityProtocol.PLAINTEXT,
          "how to talk to the brokers; a user and a password need one of the sasl ones");

  static final Option<SaslMechanism> SASL_MECHANISM =
      Option.choice(
          "sasl-mechanism",
          SaslMechanism.class,
          SaslMechanism.PLAIN,
          "how the user and the password are shown to the brokers");

  static final Option<String> TRUST_STORE =
      Option.text(
          "trust-store",
          null,
          "a file in PEM, PKCS12 or JKS with the certificates to trust; else the JVM's are");

  static final Option<String> TRUST_STORE_PASSWORD =
      Option.secret("trust-store-password", "the password of the trust store");

  /**
   * Queues need one partition only: a share group hands out single records. More than one trades
   * order for throughput.
   */
  static final Option<Integer> PARTITIONS =
      Option.number("partitions", 1, 1, "how many partitions new queues and topics get");

  static final Option<Integer> REPLICATION_FACTOR =
      Option.number(
          "replication-factor",
          0,
          0,
          "how many replicas new queues and topics get; 0: as the broker's default says");

  /**
   * The cluster counts as lost when no broker answers for so long; at once when nobody listens any
   * more. The native clients retry without an end; this is what makes a loss visible.
   */
  static final Option<Duration> LINK_TIMEOUT =
      Option.duration(
          "link-timeout",
          Duration.ofSeconds(10),
          "the connection counts as lost when no broker answers for so long");

  /** All of them. */
  static final List<Option<?>> ALL =
      List.of(
          SECURITY_PROTOCOL,
          SASL_MECHANISM,
          TRUST_STORE,
          TRUST_STORE_PASSWORD,
          PARTITIONS,
          REPLICATION_FACTOR,
          LINK_TIMEOUT);

  private KafkaOptions() {}
}
