package io.anymq.tck.broker;

import java.util.Optional;
import java.util.Set;

/**
 * A running broker, and the means to hurt it.
 *
 * <p>Every method may be called from any thread; calls are carried out one after the other. Each is
 * bounded in time and throws a {@link BrokerException} with the tail of the broker's log when the
 * broker does not comply. What is not among {@link #controls()} throws {@link
 * UnsupportedOperationException}. After {@link #close()} only the getters work.
 */
public interface BrokerHandle extends AutoCloseable {

  /**
   * The backend's name: {@code zeromq}, {@code rabbitmq}, {@code activemq}, {@code kafka} or what
   * an extension calls itself.
   */
  String name();

  /** Where it came from. */
  Provisioning provisioning();

  /** The broker's own version, as it says itself. */
  String version();

  /**
   * The URL that a {@code ConnectionFactory} takes, with credentials where the broker wants them.
   * It stays the same over a {@link #restart()}.
   */
  String url();

  /**
   * The URL that leads through the proxy, which {@link #cutNetwork()} cuts. It stays the same over
   * a {@link #restart()}; the proxy passes bytes on and adds some microseconds to each trip, so do
   * not measure through it.
   *
   * @throws UnsupportedOperationException when {@link BrokerControl#CUT_NETWORK} is not among the
   *     controls
   */
  String proxiedUrl();

  /**
   * The URL of the broker's management interface over HTTP, where it has one that the kit knows;
   * the account is that of {@link #url()}. Default: empty.
   */
  default Optional<String> managementUrl() {
    return Optional.empty();
  }

  /** What this broker allows. */
  Set<BrokerControl> controls();

  /**
   * Ends it at once (SIGKILL), with no chance to write or to say goodbye. Its data stays. Does
   * nothing when it is down.
   */
  void kill();

  /**
   * Asks it to shut down in an orderly way and waits until it has. Its data stays. Does nothing
   * when it is down.
   */
  void stop();

  /**
   * Freezes it (SIGSTOP): connections stay open and nobody answers on them, as with a stalled
   * machine. Does nothing when it is frozen already.
   */
  void pause();

  /** Lets a frozen broker run on. Does nothing when it is not frozen. */
  void resume();

  /**
   * Starts it again on the same data and the same port, and returns when it answers; a broker that
   * still runs is stopped in an orderly way first.
   */
  void restart();

  /** Starts it, as {@link #restart()} does, if it is down. Does nothing when it runs. */
  void ensureUp();

  /**
   * Resets every connection that goes through {@link #proxiedUrl()} and every new one, until {@link
   * #restoreNetwork()}. Connections through {@link #url()} do not notice. For a network that
   * swallows everything in silence use {@link #pause()}.
   */
  void cutNetwork();

  /** Ends a {@link #cutNetwork()}. */
  void restoreNetwork();

  /**
   * The last lines of the broker's log (some hundred at most), to attach to a failure; empty when
   * there is none to see.
   */
  String logTail();

  /**
   * Ends the broker and takes away all that came with it: processes, ports, directories, threads.
   * Closing again does nothing. For a {@linkplain BrokerProvisioner#shared(String) shared} broker
   * it does nothing at all.
   */
  @Override
  void close();
}
