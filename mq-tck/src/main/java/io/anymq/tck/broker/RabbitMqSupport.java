package io.anymq.tck.broker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * RabbitMQ: one node on the loopback interface. Where the kit starts it as a process it has the
 * management plug-in, which costs one second of eight (seen).
 */
final class RabbitMqSupport implements BrokerSupport {

  static final String NAME = "rabbitmq";
  private static final String IMAGE = "rabbitmq:4.2-management";
  private static final int DEFAULT_PORT = 5672;
  private static final String DISTRIBUTION = "distribution";
  private static final String NO_PORT_MAPPER = "no port mapper";
  private static final String MANAGEMENT = "management";

  /**
   * When a message is passed on again that a queue did not confirm, such as one that is not up yet
   * after a restart; the default is three minutes.
   */
  private static final int DEAD_LETTER_RETRY_MILLIS = 2_000;

  /** How old a quorum queue's numbers get in the management interface; the default is 5 s. */
  private static final String FRESH_NUMBERS = "[{rabbit, [{quorum_tick_interval, 500}]}].\n";

  /** It takes six to seven seconds on two idle cores, and forty on busy ones (seen). */
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<BrokerStrategy> strategies() {
    return List.of(
        ExternalBroker.strategy(DEFAULT_PORT, AmqpProbe::new, true),
        new ContainerStrategy(IMAGE, RabbitMqSupport::container),
        new LocalNode());
  }

  /** The URL, with the account that the options name or the default one. */
  static String url(BrokerOptions options, String host, int port) {
    BrokerOptions.Credentials credentials = credentials(options);
    return "amqp://%s:%s@%s:%d/%%2F"
        .formatted(encode(credentials.user()), encode(credentials.password()), host, port);
  }

  private static BrokerOptions.Credentials credentials(BrokerOptions options) {
    BrokerOptions.Credentials asked = options.credentials();
    return asked != null ? asked : new BrokerOptions.Credentials("guest", "guest");
  }

  /**
   * Clients come in through Docker's bridge, so that "from the loopback interface only" would shut
   * all of them out.
   */
  private static ContainerBroker.Spec container(BrokerRequest request, BrokerPlace place) {
    Map<String, String> lines = configuration(request.options());
    lines.put("loopback_users", "none");
    lines.putAll(request.options().settings());
    return new ContainerBroker.Spec(
        NAME,
        place,
        Map.of(BrokerPlace.CLIENTS, DEFAULT_PORT),
        List.of(),
        Map.of("/etc/rabbitmq/conf.d/90-anymq.conf", lines(lines)),
        (host, port) -> url(request.options(), host, port),
        BrokerPlace.CLIENTS,
        (address, log) -> new AmqpProbe(address));
  }

  private static String lines(Map<String, String> settings) {
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
    return text.toString();
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The account in the terms of {@code rabbitmq.conf}. */
  static Map<String, String> configuration(BrokerOptions options) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("default_user", credentials(options).user());
    lines.put("default_pass", credentials(options).password());
    return lines;
  }

  /**
   * A node that any user can run, and several of which can run side by side.
   *
   * <p>Erlang nodes usually find each other through a port mapper that the first one starts and
   * that outlives it. This one is told its distribution port and given its name on Erlang's own
   * command line, before RabbitMQ looks at it, and so needs none: with {@code -start_epmd false}
   * alone, RabbitMQ's own check still asks the mapper and gives up, but it makes that check only
   * when it has to start the distribution itself. A minute later a monitor in RabbitMQ starts a
   * further Erlang only so that this brings up the mapper; {@code ERL_ZFLAGS} reaches that one too.
   * The mapper's port is one where nobody listens, so that a mapper of somebody else's is never
   * spoken to. (All seen with 3.10.8.)
   */
  private static final class LocalNode implements BrokerStrategy {

    @Override
    public Provisioning provisioning() {
      return Provisioning.LOCAL_PROCESS;
    }

    @Override
    public boolean choosesVersion() {
      return true;
    }

    @Override
    public BrokerHandle start(BrokerRequest request) {
      RabbitMqInstallation installation = RabbitMqInstallation.get(request);
      BrokerPlace place = BrokerPlace.create(NAME);
      ProcessBroker.Spec spec;
      try {
        spec = spec(request, installation, place);
      } catch (RuntimeException e) {
        place.close();
        throw e;
      }
      return ProcessBroker.start(spec);
    }

    private static ProcessBroker.Spec spec(
        BrokerRequest request, RabbitMqInstallation installation, BrokerPlace place) {
      int port = place.port(BrokerPlace.CLIENTS);
      writeConfiguration(request.options(), place, port);
      return new ProcessBroker.Spec(
          NAME,
          place,
          installation.command(),
          environment(installation, place),
          url(request.options(), "127.0.0.1", port),
          url(request.options(), "127.0.0.1", place.proxyPort()),
          Optional.of("http://127.0.0.1:" + place.port(MANAGEMENT)),
          port,
          new AmqpProbe(PortReservation.loopback(port)),
          START_LIMIT);
    }

    private static void writeConfiguration(BrokerOptions options, BrokerPlace place, int port) {
      Map<String, String> lines = new LinkedHashMap<>();
      lines.put("listeners.tcp.1", "127.0.0.1:" + port);
      lines.put("management.tcp.ip", "127.0.0.1");
      lines.put("management.tcp.port", Integer.toString(place.port(MANAGEMENT)));
      lines.put("log.file", "false");
      lines.put("log.console", "true");
      lines.put("log.console.level", "info");
      lines.putAll(configuration(options));
      lines.putAll(options.settings());
      place.write("rabbitmq.conf", lines(lines));
      place.write("advanced.config", FRESH_NUMBERS);
      place.write("enabled_plugins", "[rabbitmq_management].\n");
    }

    private static Map<String, String> environment(
        RabbitMqInstallation installation, BrokerPlace place) {
      Path home = place.directory();
      int distribution = place.port(DISTRIBUTION);
      String node = "anymq-" + place.port(BrokerPlace.CLIENTS) + "@localhost";
      Map<String, String> environment = new TreeMap<>(installation.environment());
      environment.put("HOME", home.toString());
      environment.put("LANG", "C.UTF-8");
      environment.put("TMPDIR", home.toString());
      environment.put("ERL_CRASH_DUMP", home.resolve("erl_crash.dump").toString());
      environment.put("ERL_ZFLAGS", "-start_epmd false");
      environment.put("ERL_EPMD_PORT", Integer.toString(place.port(NO_PORT_MAPPER)));
      // Makes the start script become the node in place of watching over it, so that the process we
      // started is the node.
      environment.put("RUNNING_UNDER_SYSTEMD", "true");
      environment.put("RABBITMQ_NODENAME", node);
      environment.put("RABBITMQ_CONF_ENV_FILE", home.resolve("no-environment-file").toString());
      environment.put("RABBITMQ_CONFIG_FILE", home.resolve("rabbitmq.conf").toString());
      environment.put("RABBITMQ_ADVANCED_CONFIG_FILE", home.resolve("advanced.config").toString());
      environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", home.resolve("enabled_plugins").toString());
      environment.put("RABBITMQ_FEATURE_FLAGS_FILE", home.resolve("feature_flags").toString());
      environment.put("RABBITMQ_PID_FILE", home.resolve("pid").toString());
      environment.put("RABBITMQ_MNESIA_BASE", home.resolve("mnesia").toString());
      environment.put("RABBITMQ_LOG_BASE", home.resolve("log").toString());
      environment.put("RABBITMQ_LOGS", "-");
      environment.put("RABBITMQ_DIST_PORT", Integer.toString(distribution));
      environment.put(
          "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
          "-sname %s -start_epmd false -erl_epmd_port %d -kernel inet_dist_use_interface {127,0,0,1} -rabbit dead_letter_worker_publisher_confirm_timeout %d"
              .formatted(node, distribution, DEAD_LETTER_RETRY_MILLIS));
      return environment;
    }
  }
}
