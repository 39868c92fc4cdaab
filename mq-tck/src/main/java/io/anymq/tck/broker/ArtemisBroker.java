package io.anymq.tck.broker;

import java.util.regex.Pattern;

/**
 * ActiveMQ Artemis: a persistent broker on one OpenWire acceptor, from the jars of its release. It
 * is no backend of its own but another broker for ActiveMQ's adapter, so that {@link
 * BrokerProvisioner} does not list it: who wants it, asks here.
 */
public final class ArtemisBroker {

  private static final String NAME = "artemis";
  private static final String MAIN = "io.anymq.tck.broker.artemis.ArtemisBrokerMain";

  /**
   * Its last word when it starts; in the protocol it tells another version, that of its OpenWire.
   */
  private static final Pattern VERSION = Pattern.compile("Message Broker version (\\S+) ");

  private ArtemisBroker() {}

  /**
   * Starts one in a JVM of its own, with this JVM's settings.
   *
   * @param options the only account, and settings of its main class
   * @return the broker, which answers; close it
   * @throws BrokerUnavailableException when its jars are not there and cannot be fetched
   * @throws BrokerException when it does not come up
   */
  public static BrokerHandle start(BrokerOptions options) {
    BrokerRequest request =
        new BrokerRequest(NAME, options, BrokerSettings.system(), ArtemisBroker::announce);
    BrokerHandle broker =
        ActiveMqSupport.local(NAME, MAIN, request, place -> JvmBroker.logLine(place, VERSION));
    announce("%s %s (%s)".formatted(NAME, broker.version(), broker.provisioning().label()));
    return broker;
  }

  private static void announce(String sentence) {
    System.err.println("anymq: " + sentence);
  }
}
