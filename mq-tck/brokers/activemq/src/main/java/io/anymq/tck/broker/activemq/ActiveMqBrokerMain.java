package io.anymq.tck.broker.activemq;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.activemq.broker.BrokerPlugin;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.plugin.StatisticsBrokerPlugin;
import org.apache.activemq.security.AuthenticationUser;
import org.apache.activemq.security.SimpleAuthenticationPlugin;

/**
 * A persistent broker on one OpenWire connector, set by a properties file:
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>key</th><th>meaning</th><th>default</th></tr>
 * <tr><td>{@code connector}</td><td>the transport connector's URI</td><td>none, must be there</td></tr>
 * <tr><td>{@code data}</td><td>the data directory, with KahaDB's journal in it</td><td>none, must be there</td></tr>
 * <tr><td>{@code persistent}</td><td>whether there is a journal at all</td><td>{@code true}</td></tr>
 * <tr><td>{@code scheduler}</td><td>whether delayed messages are supported</td><td>{@code true}</td></tr>
 * <tr><td>{@code statistics}</td><td>whether the statistics plug-in answers</td><td>{@code true}</td></tr>
 * <tr><td>{@code user}, {@code password}</td><td>the only account; without them everybody may come in</td><td>none</td></tr>
 * </table>
 */
public final class ActiveMqBrokerMain {

  /**
   * Messages may fill this share of the heap before producers are held back; the rest is the
   * broker's own.
   */
  private static final int MESSAGE_MEMORY_PERCENT = 60;

  private ActiveMqBrokerMain() {}

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
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]))) {
      settings.load(reader);
    }
    BrokerService broker = create(settings);
    broker.start();
    broker.waitUntilStopped();
  }

  private static BrokerService create(Properties settings) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setBrokerName("anymq");
    broker.setUseJmx(false);
    broker.setDataDirectory(required(settings, "data"));
    broker.setPersistent(flag(settings, "persistent"));
    broker.setSchedulerSupport(flag(settings, "scheduler"));
    broker.setPlugins(plugins(settings).toArray(BrokerPlugin[]::new));
    broker.addConnector(required(settings, "connector"));
    broker.getSystemUsage().getMemoryUsage().setPercentOfJvmHeap(MESSAGE_MEMORY_PERCENT);
    return broker;
  }

  private static List<BrokerPlugin> plugins(Properties settings) {
    List<BrokerPlugin> plugins = new ArrayList<>();
    if (flag(settings, "statistics")) {
      plugins.add(new StatisticsBrokerPlugin());
    }
    if (settings.containsKey("user")) {
      AuthenticationUser only =
          new AuthenticationUser(
              required(settings, "user"), required(settings, "password"), "users");
      plugins.add(new SimpleAuthenticationPlugin(List.of(only)));
    }
    return plugins;
  }

  private static String required(Properties settings, String key) {
    String value = settings.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("The setting " + key + " is missing");
    }
    return value;
  }

  private static boolean flag(Properties settings, String key) {
    return Boolean.parseBoolean(settings.getProperty(key, "true"));
  }
}
