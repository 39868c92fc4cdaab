package io.anymq;

import static java.util.Objects.requireNonNull;

import io.anymq.core.Bootstrap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one broker. The URL's scheme chooses the adapter among those on the class
 * path: {@code zeromq:inproc://demo}, {@code amqp://host}, {@code activemq:tcp://host:61616},
 * {@code kafka://host:9092}. Options may follow the URL as a query: {@code
 * amqp://host?prefetch=10}.
 *
 * <p>A factory is immutable and may be shared between threads.
 */
public interface ConnectionFactory {

  /** The URL that is used where configuration names none: a hub inside this JVM. */
  String DEFAULT_URL = "zeromq:inproc://default";

  /**
   * Connects.
   *
   * @return an open connection
   * @throws ConnectFailedException when nobody answers there
   * @throws AuthenticationException when the broker refuses the credentials
   * @throws UnsupportedCapabilityException when the broker lacks a {@linkplain Builder#require
   *     required} capability
   */
  default Connection connect() {
    return connect((connection, state, cause) -> {});
  }

  /**
   * Connects, and watches the connection from its first state on.
   *
   * @param listener is told of every change of state
   * @return an open connection
   * @throws MessagingException as {@link #connect()} does
   */
  Connection connect(ConnectionListener listener);

  /** The URL, without its password. */
  String url();

  /**
   * The same factory, whose {@code connect} fails early when the broker, as it is configured, lacks
   * one of these: for a program that gets its URL from outside, and would lose something elsewhere.
   *
   * @param capabilities what the program cannot do without
   * @return another factory
   */
  ConnectionFactory require(Capability... capabilities);

  /**
   * A factory for a URL.
   *
   * @param url the URL, options in its query
   * @return the factory
   * @throws InvalidOptionException when the URL, its scheme or an option is wrong; names all faults
   */
  static ConnectionFactory of(String url) {
    requireNonNull(url, "url must not be null");
    return builder().url(url).build();
  }

  /** Begins a factory. */
  static Builder builder() {
    return new Builder();
  }

  /**
   * A factory from the configuration's unnamed connection: {@code anymq.url}, and {@code
   * anymq.<option>} for its options, each looked up as a system property, an environment variable
   * ({@code ANYMQ_URL}), in {@code mq.properties} in the working directory, then on the class path.
   * Without a URL: {@link #DEFAULT_URL}.
   *
   * @return the factory
   * @throws InvalidOptionException when something in the configuration is wrong; names all faults
   */
  static ConnectionFactory fromConfig() {
    return Bootstrap.fromConfig(null);
  }

  /**
   * As {@link #fromConfig()}, for a named connection: {@code anymq.<name>.url}, {@code
   * anymq.<name>.<option>}.
   *
   * @param name the connection's name in the configuration
   * @return the factory
   * @throws InvalidOptionException when there is no such connection, or something in it is wrong
   */
  static ConnectionFactory fromConfig(String name) {
    requireNonNull(name, "name must not be null");
    return Bootstrap.fromConfig(name);
  }

  private static ConnectionFactory make(String url, Builder builder) {
    return Bootstrap.factory(url, builder.texts, builder.options, builder.required);
  }

  /** Builds a {@link ConnectionFactory}. Not for sharing between threads. */
  final class Builder {

    private @Nullable String url;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private Options options = Options.none();
    private final Set<Capability> required = EnumSet.noneOf(Capability.class);

    private Builder() {}

    /**
     * Sets the URL.
     *
     * @throws InvalidOptionException when it has been set to something else
     */
    public Builder url(String url) {
      requireNonNull(url, "url must not be null");
      if (this.url != null && !this.url.equals(url)) {
        throw new InvalidOptionException("The URL is given twice, with different values");
      }
      this.url = url;
      return this;
    }

    /**
     * Sets an option by its key, as text. It wins over the URL's query.
     *
     * @throws InvalidOptionException when it has been set to something else
     */
    public Builder option(String key, String value) {
      requireNonNull(key, "key must not be null");
      requireNonNull(value, "value must not be null");
      String before = texts.put(key, value);
      requireSame(key, before, value);
      return this;
    }

    /**
     * Sets an option. It wins over the same option given as text.
     *
     * @throws InvalidOptionException when it has been set to something else, or is out of range
     */
    public <T> Builder option(Option<T> option, T value) {
      requireNonNull(option, "option must not be null");
      requireNonNull(value, "value must not be null");
      Object before = options.set().contains(option) ? options.get(option) : null;
      requireSame(option.key(), before, value);
      options = options.with(option, value);
      return this;
    }

    /** Of two values one would be ignored. */
    private static void requireSame(String key, @Nullable Object before, Object value) {
      if (before != null && !before.equals(value)) {
        throw new InvalidOptionException(
            "The option '%s' is set twice, to different values".formatted(key));
      }
    }

    /**
     * Makes {@code connect} fail early when the broker, as it is configured, lacks one of these.
     */
    public Builder require(Capability... capabilities) {
      requireNonNull(capabilities, "capabilities must not be null");
      for (Capability capability : capabilities) {
        requireNonNull(capability, "capability must not be null");
      }
      required.addAll(Set.of(capabilities));
      return this;
    }

    /**
     * Makes the factory; no connection is made.
     *
     * @return the factory
     * @throws InvalidOptionException when the URL, its scheme or an option is wrong; names all
     *     faults
     */
    public ConnectionFactory build() {
      if (url == null) {
        throw new InvalidOptionException(
            "No URL is set: call url, or use ConnectionFactory.fromConfig; DEFAULT_URL is a hub in memory");
      }
      return ConnectionFactory.make(url, this);
    }
  }
}
