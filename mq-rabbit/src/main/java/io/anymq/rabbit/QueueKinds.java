package io.anymq.rabbit;

import io.anymq.ErrorCode;
import io.anymq.InvalidDestinationException;
import io.anymq.MessagingException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what native queues are. Passive declaration does not tell; but a declaration with other
 * arguments than the queue has is refused with 406, and the broker's sentence names the first that
 * differs and what the queue has for it. So the queue is declared as it would be made, and then
 * with one argument mended after the other, until the broker agrees and does nothing. An ordinary
 * queue takes one question, a prioritized one two, a bounded one three. Safe for use by several
 * threads.
 */
final class QueueKinds {

  /** More arguments than a queue can have. */
  private static final int MOST_QUESTIONS = 20;

  /**
   * The broker's sentence, the same from 3.10 to 4.3: "inequivalent arg 'x-max-length' for queue
   * 'q' in vhost '/': received none but current is the value '5' of type 'long'", or "… received
   * 'quorum' but current is 'classic'" where the types agree.
   */
  private static final Pattern DIFFERENCE =
      Pattern.compile(
          "inequivalent arg '(x-[a-z-]+|durable|auto_delete)' .*but current is "
              + "(?:none|(?:the value )?'([^']*)'(?: of type '([a-z]+)')?)");

  /** How the broker ends a sentence that it has cut: to 252 bytes, and with this behind them. */
  private static final String CUT = "...";

  /**
   * How many bytes a queue's name and its virtual host's may have together, so that the longest of
   * the sentences that matter, that of an {@code x-max-length} of 19 digits, is told up to that
   * number: 140 bytes without the two names.
   */
  static final int LONGEST_NAMES = 110;

  /** What queues with longer names can be known as: by asking whether they are just that. */
  private static final List<QueueKind> KNOWN_AT_ONCE =
      List.of(QueueKind.QUORUM, QueueKind.CLASSIC, new QueueKind(Map.of("x-queue-type", "quorum")));

  private final NativeConnection connection;
  private final QueueKind ordinary;
  private final String virtualHost;

  QueueKinds(NativeConnection connection, QueueKind ordinary, String virtualHost) {
    this.connection = connection;
    this.ordinary = ordinary;
    this.virtualHost = virtualHost;
  }

  /** What a queue is that asks for nothing. */
  QueueKind ordinary() {
    return ordinary;
  }

  /**
   * Sees to it that a queue which is not ordinary can be told from one that is.
   *
   * @param queue its native name
   * @throws InvalidDestinationException when its name is too long for that
   */
  void requireRecognizable(String queue) {
    int length = (queue + virtualHost).getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_NAMES) {
      throw new InvalidDestinationException(
          "The prioritized or bounded queue '%s' cannot be made: its name and that of the virtual host '%s' have %d bytes, and RabbitMQ tells what kind a queue is up to %d alone; choose a shorter name"
              .formatted(queue, virtualHost, length, LONGEST_NAMES));
    }
  }

  /** Whether a declaration failed because the queue exists with other arguments. */
  static boolean isOfAnotherKind(MessagingException failure) {
    return String.valueOf(failure.getMessage()).contains("inequivalent arg");
  }

  /**
   * What kind a queue is.
   *
   * @param queue its native name
   * @return the kind, or empty when that cannot be found out: it is an exclusive queue, or this
   *     user may not declare it
   * @throws io.anymq.DestinationNotFoundException when it does not exist
   * @throws InvalidDestinationException when it is not ordinary, and its name too long for the
   *     broker to tell what it is
   */
  Optional<QueueKind> of(String queue) {
    Map<String, Object> arguments = new HashMap<>(ordinary.arguments());
    for (int question = 0; question < MOST_QUESTIONS; question++) {
      try {
        compare(queue, arguments);
        return Optional.of(new QueueKind(arguments));
      } catch (MessagingException e) {
        if (!mend(arguments, e)) {
          return isCut(e) ? Optional.of(knownAtOnce(queue, e)) : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the broker's sentence may end before what the queue has. */
  private static boolean isCut(MessagingException failure) {
    return isOfAnotherKind(failure) && String.valueOf(failure.getMessage()).endsWith(CUT);
  }

  private QueueKind knownAtOnce(String queue, MessagingException cut) {
    for (QueueKind kind : KNOWN_AT_ONCE) {
      try {
        compare(queue, kind.arguments());
        return kind;
      } catch (MessagingException e) {
        if (!isOfAnotherKind(e)) {
          throw e;
        }
      }
    }
    throw new InvalidDestinationException(
        "What kind the queue '%s' is cannot be found out: its name is so long that RabbitMQ cuts the sentence that tells; use a queue with a shorter name"
            .formatted(queue),
        cut);
  }

  /** Makes a queue that stays; one that exists with just these arguments is left as it is. */
  void declare(String queue, QueueKind kind, String doing) {
    connection.ask(
        doing, channel -> channel.queueDeclare(queue, true, false, false, kind.arguments()));
  }

  /** Sees that the queue exists before it declares it, so that it does not make it. */
  private void compare(String queue, Map<String, Object> arguments) {
    connection.ask(
        "Comparing " + queue,
        channel -> {
          channel.queueDeclarePassive(queue);
          Map<String, Object> own = new HashMap<>(arguments);
          boolean durable = !Boolean.FALSE.equals(own.remove(QueueKind.DURABLE));
          boolean autoDelete = Boolean.TRUE.equals(own.remove(QueueKind.AUTO_DELETE));
          return channel.queueDeclare(queue, durable, false, autoDelete, own);
        });
  }

  private static boolean mend(Map<String, Object> arguments, MessagingException failure) {
    Matcher difference = DIFFERENCE.matcher(String.valueOf(failure.getMessage()));
    if (difference.find()) {
      return mend(arguments, difference.group(1), difference.group(2), difference.group(3));
    }
    if (failure.code() == ErrorCode.BACKEND_FAILURE || failure.code() == ErrorCode.ACCESS_REFUSED) {
      return false;
    }
    throw failure;
  }

  /** Takes over what the queue has for an argument; false where that changes nothing. */
  private static boolean mend(
      Map<String, Object> arguments, String name, @Nullable String value, @Nullable String type) {
    if (value == null) {
      return arguments.remove(name) != null;
    }
    boolean flag = name.equals(QueueKind.DURABLE) || name.equals(QueueKind.AUTO_DELETE);
    Object mended = flag ? (Object) Boolean.valueOf(value) : value(value, type);
    return !mended.equals(arguments.put(name, mended));
  }

  /** As our own arguments are: compared by equality. */
  private static Object number(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.bitLength() < Long.SIZE ? value.longValue() : value.toString();
  }

  /** The broker tells equal numbers of other widths not apart. */
  private static Object value(String value, @Nullable String type) {
    if (!"longstr".equals(type) && value.matches("-?\\d+")) {
      return number(new BigInteger(value));
    }
    return "bool".equals(type) ? (Object) Boolean.valueOf(value) : value;
  }
}
