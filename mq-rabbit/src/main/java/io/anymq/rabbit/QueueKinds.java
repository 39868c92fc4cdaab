package io.anymq.rabbit;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.HashMap;
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
          "inequivalent arg '(x-[a-z-]+)' .*but current is "
              + "(?:none|(?:the value )?'([^']*)'(?: of type '([a-z]+)')?)");

  private final NativeConnection connection;
  private final QueueKind ordinary;

  QueueKinds(NativeConnection connection, QueueKind ordinary) {
    this.connection = connection;
    this.ordinary = ordinary;
  }

  /** What a queue is that asks for nothing. */
  QueueKind ordinary() {
    return ordinary;
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
   */
  Optional<QueueKind> of(String queue) {
    Map<String, Object> arguments = new HashMap<>(ordinary.arguments());
    for (int question = 0; question < MOST_QUESTIONS; question++) {
      try {
        compare(queue, arguments);
        return Optional.of(new QueueKind(arguments));
      } catch (MessagingException e) {
        if (!mend(arguments, e)) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
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
          return channel.queueDeclare(queue, true, false, false, arguments);
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
    Object mended = value(value, type);
    return !mended.equals(arguments.put(name, mended));
  }

  /** The broker tells equal numbers of other widths not apart. */
  private static Object value(String value, @Nullable String type) {
    if (value.matches("\\d{1,9}")) {
      return Integer.valueOf(value);
    }
    if (value.matches("\\d{10,18}")) {
      return Long.valueOf(value);
    }
    return "bool".equals(type) ? (Object) Boolean.valueOf(value) : value;
  }
}
