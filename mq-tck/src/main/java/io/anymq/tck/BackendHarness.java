package io.anymq.tck;

import io.anymq.Destination;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.time.Duration;
import java.util.Map;

/**
 * The one class that an adapter's author implements to have the adapter judged. Found by {@link
 * java.util.ServiceLoader} where several backends are compared. Stateless, with a public
 * constructor without parameters; called by any thread.
 *
 * <p>A harness never says what the adapter can do: that the connection declares itself, and the kit
 * tests both what is declared and what is not.
 */
public interface BackendHarness {

  /** The backend's name, as {@link io.anymq.BackendInfo#name()} says it. */
  String name();

  /**
   * What reports call it. Default: its name; another one where a backend is compared with itself.
   */
  default String label() {
    return name();
  }

  /**
   * Gets a broker to test against. Default: the one that all tests of this JVM share, from {@link
   * BrokerProvisioner}. The kit closes it at the end of a run.
   *
   * @return a broker that answers
   * @throws io.anymq.tck.broker.BrokerException when there is none to be had; no rule is run then,
   *     and the report says so
   */
  default BrokerHandle startBroker() {
    return startBroker(name());
  }

  /**
   * As {@link #startBroker()}, of a version that is asked for. Default: the one that all tests of
   * this JVM share.
   *
   * @param nameAndVersion such as {@code rabbitmq} or {@code rabbitmq@4}
   */
  default BrokerHandle startBroker(String nameAndVersion) {
    return BrokerProvisioner.shared(nameAndVersion);
  }

  /**
   * Options for every connection of the kit, as text. Default: none. They are shown in no report,
   * so they must not change what a rule means.
   */
  default Map<String, String> options() {
    return Map.of();
  }

  /**
   * Options with which a connection notices soon that a broker has fallen silent, so that the kit
   * need not wait for the defaults. Default: none.
   */
  default Map<String, String> attentive() {
    return Map.of();
  }

  /**
   * The URL of a running broker, as the adapter takes it. Default: what the handle says.
   *
   * @param broker the broker
   */
  default String url(BrokerHandle broker) {
    return broker.url();
  }

  /**
   * The URL of a broker of this kind that would listen on a port of this machine's loopback; the
   * kit uses it with ports where nobody listens, or something else does.
   *
   * @param port the port
   * @return the URL
   */
  String urlOfPort(int port);

  /**
   * A URL that is this backend's by its scheme, and malformed behind it. Default: what {@link
   * #urlOfPort} gives, with a port that is none.
   */
  default String malformedUrl() {
    return urlOfPort(1).replace(":1", ":no-port");
  }

  /**
   * Whether the broker of {@link #startBroker} asks for a user and a password. Default: true. Where
   * it does not, credentials that it cannot check must be refused in some other way.
   */
  default boolean authenticates() {
    return true;
  }

  /**
   * How long the backend may take at most to give a lost consumer's messages to another one, and to
   * notice that a link is gone. Default: 5 seconds.
   */
  default Duration patience() {
    return Duration.ofSeconds(5);
  }

  /**
   * The native name behind a destination, by the adapter's own mapping.
   *
   * @param destination the destination
   * @return the name that native tools show
   */
  String nativeName(Destination destination);

  /**
   * A client of the broker that has nothing to do with AnyMQ's adapter.
   *
   * @param broker the broker
   * @return the client; the kit closes it
   */
  NativeClient openNativeClient(BrokerHandle broker);

  /**
   * Sends bytes to the broker that are not of its protocol, as a port scanner does. Default: over
   * TCP to the host and port in the broker's URL.
   *
   * @param broker the broker
   */
  default void sendGarbage(BrokerHandle broker) {
    Garbage.sendTo(broker.url());
  }
}
