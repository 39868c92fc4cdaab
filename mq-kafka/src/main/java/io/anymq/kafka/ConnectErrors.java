package io.anymq.kafka;

import io.anymq.ConnectFailedException;
import io.anymq.MessagingException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;

/** Why there is no link, before Kafka itself has said anything. */
final class ConnectErrors {

  /** No host has an address: the name service is away, for the hosts have been asked before. */
  private static final String UNRESOLVED = "No resolvable bootstrap urls";

  private ConnectErrors() {}

  /**
   * Why there is no broker.
   *
   * @param failure of the connection, or of the first question to what listens there
   * @param reached whether somebody listens there
   */
  static ConnectFailedException noBroker(IOException failure, String servers, boolean reached) {
    return new ConnectFailedException(
        reached ? noKafka(failure, servers) : notReached(failure, servers), failure);
  }

  private static String notReached(IOException failure, String servers) {
    if (failure instanceof UnknownHostException) {
      return "The host of " + servers + " is not known; check its name";
    }
    String why = String.valueOf(failure.getMessage());
    if (failure instanceof ConnectException && !why.contains("timed out")) {
      return "Nobody listens at " + servers + "; check the address, and that Kafka is up";
    }
    return "%s cannot be reached: %s; check the address, and the way to it: network, VPN, firewall"
        .formatted(servers, why);
  }

  private static String noKafka(IOException failure, String servers) {
    if (failure instanceof SocketTimeoutException) {
      return "Somebody listens at %s, but does not answer as a Kafka broker does; check the address, and whether it wants security-protocol=ssl"
          .formatted(servers);
    }
    // What closes at once, resets or speaks otherwise is there, and is something else.
    return "%s answers, but is not a Kafka broker that is spoken to without TLS; check host and port (9092 by default): it may be another kind of server, or want security-protocol=ssl or sasl_ssl"
        .formatted(servers);
  }

  /**
   * The failure of making a link's first native client, which looks at its options before it
   * connects.
   */
  static MessagingException clientFailure(KafkaException failure, String servers) {
    String why = KafkaErrors.reasons(failure);
    if (failure instanceof ApiException || why.contains(UNRESOLVED)) {
      return KafkaErrors.connectFailure(failure, servers);
    }
    return ConnectFailedException.lasting(
        "Cannot make a client from these options: %s; check %s"
            .formatted(why, why.contains("store") ? "trust-store and its password" : "the options"),
        failure);
  }
}
