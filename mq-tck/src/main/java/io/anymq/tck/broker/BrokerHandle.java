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

  /**
   * From now on nothing reaches the broker of what clients send through {@link #proxiedUrl()},
   * their goodbyes included, until {@link #cutNetwork()} or {@link #restoreNetwork()}. Connections
   * stay open, and nobody notices before a heart-beat is missed, or an answer. What the broker
   * sends goes on to the clients. A stream that has lost bytes never goes on: its connection is
   * reset in the end. Default: throws {@link UnsupportedOperationException}.
   */
  default void swallowRequests() {
    throw new UnsupportedOperationException("This broker's network swallows no requests");
  }

  /**
   * The same for what the broker sends: nothing of it comes to the clients, and what they send goes
   * on to the broker. Default: throws {@link UnsupportedOperationException}.
   */
  default void swallowAnswers() {
    throw new UnsupportedOperationException("This broker's network swallows no answers");
  }

  /**
   * Ends a {@link #cutNetwork()}, {@link #swallowRequests()} or {@link #swallowAnswers()}. Every
   * connection that lost bytes is reset, and no other one.
   */
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
