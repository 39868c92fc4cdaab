package io.anymq.tck.broker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a broker that the kit starts is to be set up; immutable. The default is {@link #none()}. */
public final class BrokerOptions {

  private static final BrokerOptions NONE = new BrokerOptions(null, Map.of());

  /**
   * An account on the broker.
   *
   * @param user its name
   * @param password its password
   */
  public record Credentials(String user, String password) {
    /** Names the user alone. */
    @Override
    public String toString() {
      return "Credentials[user=" + user + "]";
    }
  }

  private final @Nullable Credentials credentials;
  private final Map<String, String> settings;

  private BrokerOptions(@Nullable Credentials credentials, Map<String, String> settings) {
    this.credentials = credentials;
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Nothing special: the broker's own defaults, made small and quick. */
  public static BrokerOptions none() {
    return NONE;
  }

  /**
   * The only account that the broker lets in; without it RabbitMQ has {@code guest} and ActiveMQ
   * lets everybody in. Kafka is set up without authentication and refuses this option.
   */
  public BrokerOptions withCredentials(String user, String password) {
    return new BrokerOptions(new Credentials(user, password), settings);
  }

  /**
   * A setting in the broker's own terms: a line of {@code rabbitmq.conf}, of Kafka's {@code
   * server.properties}, or of the properties that the ActiveMQ main class takes. It wins over what
   * the kit sets by itself.
   */
  public BrokerOptions withSetting(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new BrokerOptions(credentials, more);
  }

  /** The only account, or null where the default holds. */
  public @Nullable Credentials credentials() {
    return credentials;
  }

  /** The settings in the broker's own terms, in the order in which they were given. */
  public Map<String, String> settings() {
    return settings;
  }
}
