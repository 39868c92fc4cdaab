package io.anymq.spi;

import io.anymq.Option;
import java.util.List;
import java.util.Set;

/**
 * An adapter's entry, found by {@link java.util.ServiceLoader}. Stateless, with a public
 * constructor without parameters; called by any thread.
 *
 * <p>An adapter translates and moves. Argument checks, the capability gate, life cycle, recovery,
 * the send window, listener dispatch, the redelivery limit, dead-lettering and transactions by
 * buffering are the core's.
 */
public interface Backend {

  /** The backend's name, as in reports: {@code rabbitmq}. */
  String name();

  /** The URL schemes that mean this backend, in lower case. */
  Set<String> schemes();

  /** The options that this adapter has beside those of every connection. */
  List<Option<?>> options();

  /**
   * Checks a URL and options, before anything is connected.
   *
   * @param url the URL; the scheme is one of {@link #schemes()}
   * @throws io.anymq.InvalidOptionException when the rest of the URL is not of this backend's form;
   *     says which form
   */
  void validate(BrokerUrl url);

  /**
   * Makes one native connection. Native recovery is switched off: the core asks for a new link when
   * one is lost.
   *
   * <p>Blocks, at most for the connect time-out of the request and little more; leaves nothing open
   * when it throws.
   *
   * @param request what to connect to, and how
   * @return a live link
   * @throws io.anymq.ConnectFailedException when nobody answers there, or not such a broker
   * @throws io.anymq.AuthenticationException when the broker refuses the credentials
   */
  Link connect(LinkRequest request);
}
