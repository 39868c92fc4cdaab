package io.anymq.tck.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker that somebody else runs: nothing of it can be killed, but a proxy can stand in front of
 * it.
 */
final class ExternalBroker implements BrokerHandle {

  private static final Logger LOG = LoggerFactory.getLogger(ExternalBroker.class);

  /** What is before the last {@code @} is no part of an address, and may be a password. */
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<head>[^/]*//(?:[^?]*@)?)(?<first>[^/?,]*)(?:,[^/?]*)?(?<tail>.*)", Pattern.DOTALL);

  private final String name;
  private final String url;
  private final String version;
  private final @Nullable TcpProxy proxy;

  private ExternalBroker(String name, String url, String version, @Nullable TcpProxy proxy) {
    this.name = name;
    this.url = url;
    this.version = version;
    this.proxy = proxy;
  }

  /**
   * The strategy that takes a broker whose URL is set.
   *
   * @param probe asks the broker at an address for its version
   * @param canBeProxied whether clients stay on the connection that they opened; those that are
   *     sent on to an advertised address go past a proxy
   */
  static BrokerStrategy strategy(
      int defaultPort, Function<InetSocketAddress, BrokerProbe> probe, boolean canBeProxied) {
    return new BrokerStrategy() {
      @Override
      public Provisioning provisioning() {
        return Provisioning.EXTERNAL;
      }

      @Override
      public boolean choosesVersion() {
        return true;
      }

      @Override
      public BrokerHandle start(BrokerRequest request) {
        String url =
            request
                .setting("url")
                .orElseThrow(
                    () ->
                        new BrokerUnavailableException(
                            "anymq.tck." + request.name() + ".url is not set"));
        InetSocketAddress address = address(url, defaultPort);
        String version = ask(request.name(), probe.apply(address), address);
        return new ExternalBroker(
            request.name(), url, version, canBeProxied ? proxy(request, address) : null);
      }
    };
  }

  private static TcpProxy proxy(BrokerRequest request, InetSocketAddress address) {
    try {
      TcpProxy proxy = TcpProxy.open(request.name());
      proxy.target(address);
      return proxy;
    } catch (IOException e) {
      throw new BrokerException(
          "No proxy in front of " + request.name() + ": " + e.getMessage(), e);
    }
  }

  /** Somebody wants this broker and no other, so its silence is no reason to take another way. */
  private static String ask(String name, BrokerProbe probe, InetSocketAddress address) {
    try {
      return probe.version();
    } catch (IOException e) {
      throw new BrokerException(
          "anymq.tck."
              + name
              + ".url is set, but no broker of that kind answers at "
              + address
              + ": "
              + e,
          e);
    }
  }

  /**
   * The first host and port of a URL such as {@code activemq:tcp://host:61616?…} or {@code
   * kafka://h1:9092,h2:9092}.
   */
  static InetSocketAddress address(String url, int defaultPort) {
    Matcher parts = PARTS.matcher(url);
    if (parts.matches()) {
      try {
        URI uri = new URI("any://" + parts.group("first"));
        if (uri.getHost() != null && uri.getUserInfo() == null) {
          return new InetSocketAddress(
              uri.getHost(), uri.getPort() < 0 ? defaultPort : uri.getPort());
        }
      } catch (URISyntaxException e) {
        LOG.debug("The broker's URL has no host that can be read"); // the cause would print it
      }
    }
    throw new IllegalArgumentException(
        "There is no host in the broker's URL; in a user or a password write / as %2F, ? as %3F and @ as %40");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Provisioning provisioning() {
    return Provisioning.EXTERNAL;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public String proxiedUrl() {
    return proxied(url, inFront().port());
  }

  /** The URL with a proxy on this machine in the place of the broker's address. */
  static String proxied(String url, int port) {
    Matcher parts = PARTS.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException("There is no address in the broker's URL");
    }
    return parts.group("head") + "127.0.0.1:" + port + parts.group("tail");
  }

  @Override
  public Set<BrokerControl> controls() {
    return proxy == null
        ? EnumSet.noneOf(BrokerControl.class)
        : EnumSet.of(BrokerControl.CUT_NETWORK, BrokerControl.SWALLOW);
  }

  private TcpProxy inFront() {
    if (proxy == null) {
      throw new UnsupportedOperationException(
          "No proxy can stand in front of an external " + name + " broker");
    }
    return proxy;
  }

  private UnsupportedOperationException notOurs() {
    return new UnsupportedOperationException(
        "This " + name + " broker is somebody else's; the kit only connects to it");
  }

  @Override
  public void kill() {
    throw notOurs();
  }

  @Override
  public void stop() {
    throw notOurs();
  }

  @Override
  public void pause() {
    throw notOurs();
  }

  @Override
  public void resume() {
    throw notOurs();
  }

  @Override
  public void restart() {
    throw notOurs();
  }

  @Override
  public void ensureUp() {
    // The kit has not taken it down.
  }

  @Override
  public void cutNetwork() {
    inFront().cut();
  }

  @Override
  public void swallowRequests() {
    inFront().swallowRequests();
  }

  @Override
  public void swallowAnswers() {
    inFront().swallowAnswers();
  }

  @Override
  public void restoreNetwork() {
    inFront().restore();
  }

  @Override
  public String logTail() {
    return "";
  }

  @Override
  public void close() {
    if (proxy != null) {
      proxy.close();
    }
  }
}
