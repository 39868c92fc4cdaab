package io.anymq.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The backends that there is a native contender for. The number of messages is chosen so that a
 * case lasts a second or two on a small machine, which is enough for the start of a consumer not to
 * show.
 */
enum BenchBackend {
  ZEROMQ("zeromq", 100_000),
  RABBITMQ("rabbitmq", 40_000),
  ACTIVEMQ("activemq", 40_000),
  KAFKA("kafka", 150_000);

  private final String label;
  private final int messages;

  BenchBackend(String label, int messages) {
    this.label = label;
    this.messages = messages;
  }

  /** Its name on the command line, in reports, and for the provisioner. */
  String label() {
    return label;
  }

  /** How many messages a case has, where the user does not say. */
  int messages() {
    return messages;
  }

  /** Connects with the native client. */
  Contender raw(String url) throws Exception {
    return switch (this) {
      case ZEROMQ -> new RawZeroMq();
      case RABBITMQ -> new RawRabbitMq(url);
      case ACTIVEMQ -> new RawActiveMq(url);
      case KAFKA -> new RawKafka(url);
    };
  }

  /** All names. */
  static List<String> labels() {
    return Arrays.stream(values()).map(BenchBackend::label).toList();
  }

  /**
   * The backend of that name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those that there are
   */
  static BenchBackend of(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no backend called '" + label + "'; known are " + labels()));
  }
}
