package io.anymq.rabbit;

import com.rabbitmq.client.Connection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often quorum queues of one broker take a message back before they drop it, or dead-letter it
 * natively. A consumer that closes or crashes gives back all of its prefetch, and brokers before
 * 4.3 count that for each message, whether an application received it or not. So each limit that
 * messages can reach loses a backlog to consumers that only come and go. From 4.3 on the broker
 * counts what it takes for a failure, and what is given back by {@code basic.nack} is none. A limit
 * is small when it is below that of the queues that this adapter makes. No I/O.
 */
final class DeliveryLimits {

  /** The broker's limit where neither the queue nor a policy has one. */
  private static final long DEFAULT = 20;

  /** The first version with that default; there a negative limit is none. */
  private static final int FIRST_WITH_DEFAULT = 4;

  /**
   * The first version that counts failures alone, by its documentation: {@code basic.reject} is
   * one, and {@code basic.nack} none.
   */
  private static final int FIRST_OF_FAILURES = 4_003;

  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,3})\\b.*");

  private final boolean limitedByDefault;
  private final boolean countsFailures;

  /**
   * For one broker.
   *
   * @param version as it tells it
   */
  DeliveryLimits(String version) {
    Matcher known = VERSION.matcher(version);
    int major = known.matches() ? Integer.parseInt(known.group(1)) : 0;
    int minor = known.matches() ? Integer.parseInt(known.group(2)) : 0;
    limitedByDefault = major >= FIRST_WITH_DEFAULT;
    countsFailures = major * 1_000 + minor >= FIRST_OF_FAILURES;
  }

  /** For the broker at the other end. */
  static DeliveryLimits of(Connection connection) {
    return new DeliveryLimits(String.valueOf(connection.getServerProperties().get("version")));
  }

  /**
   * Whether a queue drops what consumers give back.
   *
   * @param kind what it is
   * @param policy what the policies for it come to; {@link QueuePolicy#NONE} where none is known
   * @return how, in words; empty where it does not, or is no quorum queue
   */
  Optional<String> loss(QueueKind kind, QueuePolicy policy) {
    if (!kind.isQuorum()) {
      return Optional.empty();
    }
    OptionalLong own = kind.deliveryLimit();
    OptionalLong others = policy.deliveryLimit();
    if (own.isEmpty() && others.isEmpty()) {
      return limitedByDefault
          ? Optional.of(describe(DEFAULT, "the broker's default, where no policy sets another"))
          : Optional.empty();
    }
    long limit = effective(own, others);
    boolean small = limit < QueueKind.DELIVERY_LIMIT && !(limit < 0 && limitedByDefault);
    String source = own.equals(OptionalLong.of(limit)) ? "x-delivery-limit" : "by a policy";
    return small ? Optional.of(describe(limit, source)) : Optional.empty();
  }

  /** As the broker combines the two; one of them is there. */
  private long effective(OptionalLong own, OptionalLong others) {
    long first = own.orElseGet(others::getAsLong);
    long second = others.orElse(first);
    boolean unlimited = limitedByDefault && (first < 0 || second < 0);
    return unlimited ? Math.max(first, second) : Math.min(first, second);
  }

  private String describe(long limit, String source) {
    String counted =
        countsFailures
            ? "the broker counts as failed more than %,d times, which it need not do for what is"
                + " given back"
            : "consumers have given back more than %,d times, even if no application received it";
    return ("drops, or dead-letters natively, each message that "
            + counted
            + " (delivery limit, %s)")
        .formatted(Math.max(0, limit), source);
  }
}
