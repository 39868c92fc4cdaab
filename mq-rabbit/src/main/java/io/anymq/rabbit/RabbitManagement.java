package io.anymq.rabbit;

import io.anymq.spi.LinkRequest;
import io.anymq.spi.support.RareWarning;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the broker's management interface how many messages of a queue are unacknowledged. Each
 * question is one HTTP request on a connection of its own, so that nothing stays open. Safe for use
 * by several threads.
 *
 * <p>It asks for the list of queues, cut to the one, with {@code disable_stats} and {@code
 * enable_queue_totals}: that works with the plug-in's statistics switched off too, and has seen the
 * numbers of classic queues as they are (30 ms), where those of the page of a single queue come
 * with the next statistics, after up to 5 s. Quorum queues report every {@code
 * quorum_tick_interval}, 5 s by default, either way. (Seen on 3.10.8.)
 */
final class RabbitManagement {

  /** The answer's columns are cut to this number, so no name can look like it. */
  private static final Pattern UNACKNOWLEDGED =
      Pattern.compile("\"messages_unacknowledged\":(\\d+)");

  /** What the policies of a queue come to: an object without others in it. */
  private static final Pattern POLICY =
      Pattern.compile("\"effective_policy_definition\":\\{([^}]*)}");

  private static final String IN_FLIGHT = "messages_unacknowledged";
  private static final String DEFINITION = "effective_policy_definition";

  /** In each answer to a question for a list. */
  private static final String LIST = "\"items\"";

  /** Far more than an answer for one queue has. */
  private static final int LONGEST_ANSWER = 65_536;

  /** No queue has an empty name. */
  private static final String NO_QUEUE = "";

  private final URI base;
  private final String virtualHost;
  private final String credentials;
  private final Duration timeout;
  private final RareWarning silence = new RareWarning(NativeConnection.class);

  private RabbitManagement(URI base, LinkRequest request) {
    this.base = base;
    this.virtualHost = encode(RabbitAddress.of(request.url()).virtualHost());
    this.credentials = credentials(request);
    this.timeout =
        request.operationTimeout().compareTo(request.connectTimeout()) < 0
            ? request.operationTimeout()
            : request.connectTimeout();
  }

  /**
   * The interface that the options name, asked once whether it answers.
   *
   * @return the interface, or empty when none is named, or when it does not answer this user; that
   *     is logged, and no reason not to connect
   */
  static Optional<RabbitManagement> find(LinkRequest request) {
    return RabbitOptions.management(request.options())
        .map(base -> new RabbitManagement(base, request))
        .filter(RabbitManagement::answers);
  }

  private boolean answers() {
    try {
      if (!ask(NO_QUEUE, IN_FLIGHT).contains(LIST)) {
        throw new IOException("it does not answer as a management interface does");
      }
      return true;
    } catch (IOException | IllegalArgumentException e) {
      NativeConnection.LOG.warn(
          "The management interface {} cannot be used, so the number of messages in flight is not"
              + " told, and policies that lose messages are not seen: {}",
          place(),
          e.toString());
      return false;
    }
  }

  /**
   * How many messages of a queue are with consumers, unsettled.
   *
   * @param queue its native name
   * @return the number, which may be some seconds old; empty when it cannot be had now
   */
  OptionalLong inFlight(String queue) {
    try {
      Matcher found = UNACKNOWLEDGED.matcher(ask(queue, IN_FLIGHT));
      return found.find() ? OptionalLong.of(Long.parseLong(found.group(1))) : OptionalLong.empty();
    } catch (IOException | IllegalArgumentException e) {
      silence.warn("The management interface %s does not answer: %s".formatted(place(), e));
      return OptionalLong.empty();
    }
  }

  /**
   * What the policies for a queue come to.
   *
   * @param queue its native name
   * @return that, which may be some seconds old; {@link QueuePolicy#NONE} where none applies
   * @throws IOException when the interface does not tell now
   */
  QueuePolicy policy(String queue) throws IOException {
    Matcher policy = POLICY.matcher(ask(queue, DEFINITION));
    return policy.find() ? new QueuePolicy(policy.group(1)) : QueuePolicy.NONE;
  }

  private String ask(String queue, String columns) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) address(queue, columns).toURL().openConnection();
    try {
      connection.setConnectTimeout(millis());
      connection.setReadTimeout(millis());
      connection.setInstanceFollowRedirects(false); // the password is for this host alone
      connection.setRequestProperty("Authorization", credentials);
      connection.setRequestProperty("Connection", "close");
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new IOException("it answers with status " + connection.getResponseCode());
      }
      try (InputStream body = connection.getInputStream()) {
        return new String(body.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
      }
    } finally {
      connection.disconnect();
    }
  }

  /** A count is there without statistics, and a policy is with them alone. */
  private URI address(String queue, String columns) {
    boolean counts = columns.equals(IN_FLIGHT);
    return URI.create(
        base
            + "/api/queues/"
            + virtualHost
            + "?page=1&page_size=1&use_regex=true"
            + (counts ? "&disable_stats=true&enable_queue_totals=true" : "")
            + "&columns="
            + columns
            + "&name="
            + encode("^" + queue.replaceAll("[^A-Za-z0-9/_-]", "\\\\$0") + "$"));
  }

  /** Without its path, where a password is when somebody forgets the sign behind it. */
  private String place() {
    return base.getScheme() + "://" + base.getRawAuthority();
  }

  private int millis() {
    return (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
  }

  private static String credentials(LinkRequest request) {
    String user = given(request, RabbitOptions.MANAGEMENT_USER, request.user());
    String password = given(request, RabbitOptions.MANAGEMENT_PASSWORD, request.password());
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private static String given(
      LinkRequest request, io.anymq.Option<String> option, Optional<String> otherwise) {
    return request
        .options()
        .find(option)
        .or(() -> otherwise)
        .orElse(com.rabbitmq.client.ConnectionFactory.DEFAULT_USER);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
