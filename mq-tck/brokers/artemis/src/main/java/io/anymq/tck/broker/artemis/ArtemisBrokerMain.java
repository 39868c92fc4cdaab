package io.anymq.tck.broker.artemis;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/**
 * A persistent Artemis broker on one OpenWire acceptor, set by a properties file. For addresses it
 * has the settings that the broker's own {@code artemis create} writes down.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>key</th><th>meaning</th><th>default</th></tr>
 * <tr><td>{@code connector}</td><td>the acceptor's URI</td><td>none, must be there</td></tr>
 * <tr><td>{@code data}</td><td>the data directory</td><td>none, must be there</td></tr>
 * <tr><td>{@code user}, {@code password}</td><td>the only account; without them everybody may come in</td><td>none</td></tr>
 * <tr><td>{@code manage}</td><td>whether that account may ask the broker's management</td><td>{@code true}</td></tr>
 * </table>
 */
public final class ArtemisBrokerMain {

  private static final String ROLE = "users";

  private ArtemisBrokerMain() {}

  /**
   * Runs the broker until its process is ended; an ordinary end of the process stops it in an
   * orderly way.
   *
   * @param args the path of the properties file
   * @throws Exception when the file cannot be read or the broker cannot start
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new IllegalArgumentException("Give one argument: the broker's properties file");
    }
    // Or every message would be logged, with its properties.
    System.setProperty("org.slf4j.simpleLogger.log.org.apache.activemq.audit", "warn");
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]))) {
      settings.load(reader);
    }
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(configuration(settings));
    if (settings.containsKey("user")) {
      broker.setSecurityManager(onlyAccount(settings));
    }
    broker.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker), "broker-stop"));
    new CountDownLatch(1).await();
  }

  private static void stop(EmbeddedActiveMQ broker) {
    try {
      broker.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The broker did not stop in an orderly way", e);
    }
  }

  private static Configuration configuration(Properties settings) throws Exception {
    Path data = Path.of(required(settings, "data"));
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration
        .setName("anymq")
        .setPersistenceEnabled(true)
        .setJournalType(JournalType.NIO)
        .setJournalDirectory(data.resolve("journal").toString())
        .setBindingsDirectory(data.resolve("bindings").toString())
        .setLargeMessagesDirectory(data.resolve("large").toString())
        .setPagingDirectory(data.resolve("paging").toString())
        .setJMXManagementEnabled(false)
        .setSecurityEnabled(settings.containsKey("user"))
        .addAcceptorConfiguration(
            "openwire", required(settings, "connector") + "?protocols=OPENWIRE")
        .addAddressSetting("#", addresses())
        .putSecurityRoles("#", Set.of(role(settings)));
    return configuration;
  }

  private static AddressSettings addresses() {
    return new AddressSettings()
        .setDeadLetterAddress(SimpleString.of("DLQ"))
        .setExpiryAddress(SimpleString.of("ExpiryQueue"))
        .setAutoDeleteQueues(false)
        .setAutoDeleteAddresses(false);
  }

  private static Role role(Properties settings) {
    boolean manage = Boolean.parseBoolean(settings.getProperty("manage", "true"));
    return new Role(
        ROLE, true, true, true, true, true, true, manage, true, true, true, manage, manage);
  }

  private static ActiveMQJAASSecurityManager onlyAccount(Properties settings) {
    String user = required(settings, "user");
    return new ActiveMQJAASSecurityManager(
        InVMLoginModule.class.getName(),
        new SecurityConfiguration(
            Map.of(user, required(settings, "password")), Map.of(user, List.of(ROLE))));
  }

  private static String required(Properties settings, String key) {
    String value = settings.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("The setting " + key + " is missing");
    }
    return value;
  }
}
