package io.anymq.kafka;

/** Record headers of this library. All of them are UTF-8 text. */
final class KafkaHeaders {

  /** Begins all of them; a property never begins so. */
  static final String PREFIX = "x-anymq-";

  static final String ID = PREFIX + "id";
  static final String CONTENT_TYPE = PREFIX + "content-type";
  static final String CORRELATION_ID = PREFIX + "correlation-id";
  static final String REPLY_TO = PREFIX + "reply-to";
  static final String TYPE = PREFIX + "type";

  /** The priority, when it is not the default. */
  static final String PRIORITY = PREFIX + "priority";

  /** {@code false} for a message that is not persistent. */
  static final String PERSISTENT = PREFIX + "persistent";

  /** The time to live in milliseconds. */
  static final String TIME_TO_LIVE = PREFIX + "time-to-live";

  /** When the message expires, in milliseconds since 1970. */
  static final String EXPIRES_AT = PREFIX + "expires-at";

  /** The delivery delay in milliseconds. */
  static final String DELIVERY_DELAY = PREFIX + "delivery-delay";

  /**
   * The timestamp in milliseconds since 1970, when the record's own timestamp cannot hold it:
   * before 1970, so far ahead that a broker would refuse it, or on a topic whose broker stamps
   * records itself.
   */
  static final String TIMESTAMP = PREFIX + "timestamp";

  /**
   * The types of those properties that are not strings, as {@code name=type,name=type}; in names
   * {@code %}, {@code =} and {@code ,} are written as {@code %25}, {@code %3D} and {@code %2C}.
   */
  static final String TYPES = PREFIX + "types";

  /** How often the message had been delivered before this copy of it was written. */
  static final String DELIVERIES = PREFIX + "deliveries";

  /** Which record this copy of a message was written first as. */
  static final String FIRST = PREFIX + "first";

  /**
   * Begins the names under which a dead letter keeps headers of this library that could not be
   * read, with their bytes.
   */
  static final String ORIGINAL = PREFIX + "original-";

  /** That an earlier attempt to send the message may have stored it, too. The last header. */
  static final String REPEATED = PREFIX + "repeated";

  /** The one share group that this copy of a message is meant for. */
  static final String ONLY_FOR = PREFIX + "only-for";

  /** What foreign programs commonly name the content type. */
  static final String FOREIGN_CONTENT_TYPE = "content-type";

  private KafkaHeaders() {}
}
