package io.anymq.bench;

import java.util.Arrays;
import java.util.List;

/** The backends that there is a native contender for. */
enum BenchBackend {
  ZEROMQ("zeromq"),
  RABBITMQ("rabbitmq"),
  ACTIVEMQ("activemq"),
  KAFKA("kafka");

  private final String label;

  BenchBackend(String label) {
    this.label = label;
  }

  /** Its name on the command line, in reports, and for the provisioner. */
  String label() {
    return label;
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
