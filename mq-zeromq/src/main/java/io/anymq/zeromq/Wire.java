package io.anymq.zeromq;

/**
 * The constants of the hub protocol, as {@code docs/zeromq-hub-protocol.md} numbers them. Both ends
 * use this one list.
 */
final class Wire {

  /** "AMQH": the first bytes of HELLO and WELCOME. */
  static final int MAGIC = 0x414D5148;

  /** The only version there is. */
  static final int VERSION = 1;

  /** Opcode, flags, length of the payload. */
  static final int HEADER_BYTES = 6;

  /**
   * A sender begins another frame when this one has grown past it. Large enough for the cost of a
   * frame not to matter (60 messages of 1 KiB), small enough to keep latency and memory down.
   */
  static final int FRAME_TARGET_BYTES = 64 * 1024;

  /** What a frame may need beside its largest message. */
  static final int FRAME_MARGIN_BYTES = 256 * 1024;

  /**
   * So much longer than others may a message be that is marked as a dead letter: whatever is taken
   * can be one, with its marks.
   */
  static final int DEAD_LETTER_BYTES = 16 * 1024;

  /** The longest name of a destination. */
  static final int MAX_NAME_CHARS = 255;

  /** A peer that has been silent for this many of its own heartbeat intervals is gone. */
  static final int MISSED_HEARTBEATS = 5;

  // Both ways.
  static final int HEARTBEAT = 0x02;

  // Client to hub.
  static final int HELLO = 0x01;
  static final int BYE = 0x03;
  static final int SEND = 0x10;
  static final int STAGE = 0x11;
  static final int COMMIT = 0x12;
  static final int OPEN_CONSUMER = 0x20;
  static final int CLOSE_CONSUMER = 0x21;
  static final int SETTLE = 0x22;
  static final int RELEASE_LATER = 0x23;
  static final int HANDED_OUT = 0x24;
  static final int PARK = 0x25;
  static final int UNPARK = 0x26;
  static final int DECLARE = 0x30;
  static final int DELETE = 0x31;
  static final int EXISTS = 0x32;
  static final int PURGE = 0x33;
  static final int DEPTH = 0x34;
  static final int UNSUBSCRIBE = 0x35;
  static final int DECLARE_TEMPORARY = 0x36;
  static final int BROWSE = 0x37;
  static final int UNSUBSCRIBE_PATTERN = 0x38;
  static final int DECLARE_QUEUE = 0x39;

  // Hub to client.
  static final int WELCOME = 0x41;
  static final int GOODBYE = 0x43;
  static final int OK = 0x44;
  static final int ERROR = 0x45;
  static final int CONFIRM = 0x50;
  static final int REFUSED = 0x51;
  static final int DELIVER = 0x52;
  static final int CONSUMER_ENDED = 0x53;

  /** Kinds of destination. */
  static final int QUEUE = 1;

  static final int TOPIC = 2;

  /** Kinds of source. */
  static final int FROM_QUEUE = 1;

  static final int FROM_SUBSCRIPTION = 2;
  static final int FROM_DURABLE_SUBSCRIPTION = 3;
  static final int FROM_SHARED_SUBSCRIPTION = 4;
  static final int FROM_SHARED_DURABLE_SUBSCRIPTION = 5;

  /** Added to a kind of subscription: the name is a pattern. */
  static final int OF_PATTERN = 0x10;

  /** Added to any kind of source: messages of one key go out one after the other. */
  static final int KEY_ORDERED = 0x20;

  /** Added to any kind of source: more terms follow the prefetch. */
  static final int WITH_TERMS = 0x40;

  /** What a hub says in WELCOME that it can do beyond the first hub of this version. */
  static final String SELECTORS = "selectors";

  static final String EXPIRY = "expiry";
  static final String REPLAY = "replay";

  /** Consumers may park what they keep for a while. */
  static final String PARKING = "parking";

  /** It counts what clients hand out, if they tell. */
  static final String HAND_OUTS = "hand-outs";

  /** What it confirms of persistent messages survives its end, also a crash. */
  static final String DURABLE = "durable";

  /** Outcomes. */
  static final int ACCEPT = 1;

  static final int RELEASE = 2;

  /** Flag of a delivered message: it may have been delivered before. */
  static final int REDELIVERED = 1;

  /** Flag of a delivered message: its topic is named, for the consumer is a pattern's. */
  static final int TOPIC_NAMED = 2;

  /** Flag of a delivered message: its position follows. */
  static final int POSITION_TOLD = 4;

  /** Flag of a delivered message: how many in its count nobody knows of follows. */
  static final int COUNT_IN_DOUBT = 8;

  private Wire() {}
}
