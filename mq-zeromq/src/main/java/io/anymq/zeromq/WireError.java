package io.anymq.zeromq;

/** The error codes of the hub protocol. A number, once given, keeps its meaning. */
enum WireError {
  MALFORMED(1),
  UNSUPPORTED_VERSION(2),
  UNKNOWN_SESSION(3),
  UNSUPPORTED(4),
  DESTINATION_NOT_FOUND(5),
  INVALID_DESTINATION(6),
  QUEUE_FULL(7),
  MESSAGE_TOO_LARGE(8),
  SUBSCRIPTION_IN_USE(9),
  ROLLED_BACK(10),
  SILENT(11),
  CLOSING(12),
  INVALID_ARGUMENT(13),
  NOT_OWNER(14),
  INVALID_SELECTOR(15),
  /** Stands for numbers that this version does not know. */
  OTHER(0xFFFF);

  private static final WireError[] ALL = values();

  private final int number;

  WireError(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static WireError of(int number) {
    for (WireError error : ALL) {
      if (error.number == number) {
        return error;
      }
    }
    return OTHER;
  }
}
