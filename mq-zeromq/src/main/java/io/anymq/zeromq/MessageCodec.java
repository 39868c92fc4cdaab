package io.anymq.zeromq;

import io.anymq.DeadLetter;
import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message to bytes and back: chapter "Message encoding" of the protocol page. What the hub may
 * have to know (persistence, priority, time to live, delay) comes first, at places that need no
 * decoding of the rest.
 */
final class MessageCodec {

  static final int ENCODING = 1;

  /** Where the fields are named, behind encoding, flags and priority. */
  static final int FIELDS_AT = 3;

  /** The flag of a message that is to survive its broker. */
  static final int PERSISTENT = 1;

  /** The flag of a message that its sender has sent before, and does not know what became of it. */
  private static final int REPEATED = 1 << 1;

  /** Where the flags are, behind the encoding. */
  private static final int FLAGS_AT = 1;

  private static final int TIME_TO_LIVE = 1;
  private static final int EXPIRES_AT = 1 << 1;
  private static final int DELIVERY_DELAY = 1 << 2;
  private static final int TIMESTAMP = 1 << 3;
  private static final int ID = 1 << 4;
  private static final int CORRELATION_ID = 1 << 5;
  private static final int CONTENT_TYPE = 1 << 6;
  private static final int TYPE = 1 << 7;
  private static final int KEY = 1 << 8;
  private static final int REPLY_TO = 1 << 9;
  private static final int ALL_TIMES = TIME_TO_LIVE | EXPIRES_AT | DELIVERY_DELAY | TIMESTAMP;
  private static final int TEXTS_BEFORE_KEY = ID | CORRELATION_ID | CONTENT_TYPE | TYPE;
  private static final int ALL_FIELDS = (1 << 10) - 1;

  private MessageCodec() {}

  /**
   * Appends the encoded message.
   *
   * @throws InvalidMessageException when a text of it is no Unicode (half of a surrogate pair), so
   *     that it could not arrive as it is
   */
  static void encode(Message message, WireWriter out) {
    out.u8(ENCODING).u8(message.persistent() ? PERSISTENT : 0).u8(message.priority());
    int fieldsAt = out.size();
    out.u16(0);
    int fields = times(message, out) | texts(message, out) | replyTo(message, out);
    out.patchShort(fieldsAt, fields);
    out.i32(message.properties().size());
    message.properties().forEach((name, value) -> PropertyCodec.encode(name, value, out));
    out.raw(message.bodyBuffer());
  }

  private static int times(Message message, WireWriter out) {
    return number(TIME_TO_LIVE, message.timeToLive().map(Duration::toMillis), out)
        | number(EXPIRES_AT, message.expiresAt().map(Instant::toEpochMilli), out)
        | number(DELIVERY_DELAY, message.deliveryDelay().map(Duration::toMillis), out)
        | number(TIMESTAMP, message.timestamp().map(Instant::toEpochMilli), out);
  }

  private static int texts(Message message, WireWriter out) {
    return text(ID, message.id(), out)
        | text(CORRELATION_ID, message.correlationId(), out)
        | text(CONTENT_TYPE, message.contentType(), out)
        | text(TYPE, message.type(), out)
        | text(KEY, message.key(), out);
  }

  private static int number(int bit, Optional<Long> value, WireWriter out) {
    if (value.isEmpty()) {
      return 0;
    }
    out.i64(value.get());
    return bit;
  }

  private static int text(int bit, Optional<String> value, WireWriter out) {
    if (value.isEmpty()) {
      return 0;
    }
    out.blob(utf8(value.get()));
    return bit;
  }

  private static int replyTo(Message message, WireWriter out) {
    if (message.replyTo().isEmpty()) {
      return 0;
    }
    Destination destination = message.replyTo().get();
    out.u8(kind(destination)).text(destination.name());
    return REPLY_TO;
  }

  static int kind(Destination destination) {
    return destination instanceof Queue ? Wire.QUEUE : Wire.TOPIC;
  }

  static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSurrogatePair(
            text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
          throw new InvalidMessageException(
              "A text of the message holds half of a surrogate pair at index "
                  + i
                  + "; it cannot be encoded as UTF-8");
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Marks an encoded message as one that may be there twice. */
  static void markRepeated(byte[] encoded) {
    encoded[FLAGS_AT] |= REPEATED;
  }

  /** Whether an encoded message is marked as one that may be there twice. */
  static boolean isRepeated(byte[] bytes, int offset, int length) {
    return length > FLAGS_AT && (bytes[offset + FLAGS_AT] & REPEATED) != 0;
  }

  /** Decodes a message that fills the reader to its end. */
  static Message decode(WireReader in) throws MalformedFrameException {
    try {
      return decodeFields(in).wrapBody(in.copy(in.remaining())).build();
    } catch (MessagingException e) {
      throw new MalformedFrameException(String.valueOf(e.getMessage()));
    }
  }

  /** Decodes all of a message but its body. */
  static Message decodeHead(byte[] encoded) throws MalformedFrameException {
    try {
      return decodeFields(new WireReader(encoded)).build();
    } catch (MessagingException e) {
      throw new MalformedFrameException(String.valueOf(e.getMessage()));
    }
  }

  /** Whether an encoded message is marked as a dead letter; one that cannot be read is not. */
  static boolean isDeadLetter(byte[] encoded) {
    try {
      return decodeHead(encoded).properties().containsKey(DeadLetter.REASON_PROPERTY);
    } catch (MalformedFrameException e) {
      return false;
    }
  }

  private static Message.Builder decodeFields(WireReader in) throws MalformedFrameException {
    int encoding = in.u8();
    if (encoding != ENCODING) {
      throw new MalformedFrameException(
          "message encoding " + encoding + ", and this is " + ENCODING);
    }
    Message.Builder message = Message.builder();
    int flags = bits(in.u8(), PERSISTENT | REPEATED, "flag");
    message.persistent((flags & PERSISTENT) != 0).priority(in.u8());
    int fields = bits(in.u16(), ALL_FIELDS, "field");
    if (has(fields, TIME_TO_LIVE)) {
      message.timeToLive(Duration.ofMillis(in.i64()));
    }
    if (has(fields, EXPIRES_AT)) {
      message.expiresAt(Instant.ofEpochMilli(in.i64()));
    }
    if (has(fields, DELIVERY_DELAY)) {
      message.deliveryDelay(Duration.ofMillis(in.i64()));
    }
    if (has(fields, TIMESTAMP)) {
      message.timestamp(Instant.ofEpochMilli(in.i64()));
    }
    decodeTexts(fields, message, in);
    for (int left = in.count(PropertyCodec.LEAST_BYTES); left > 0; left--) {
      PropertyCodec.decode(in, message);
    }
    return message;
  }

  private static void decodeTexts(int fields, Message.Builder message, WireReader in)
      throws MalformedFrameException {
    if (has(fields, ID)) {
      message.id(in.longText());
    }
    if (has(fields, CORRELATION_ID)) {
      message.correlationId(in.longText());
    }
    if (has(fields, CONTENT_TYPE)) {
      message.contentType(in.longText());
    }
    if (has(fields, TYPE)) {
      message.type(in.longText());
    }
    if (has(fields, KEY)) {
      message.key(in.longText());
    }
    if (has(fields, REPLY_TO)) {
      message.replyTo(destination(in.u8(), in.text()));
    }
  }

  private static Destination destination(int kind, String name) throws MalformedFrameException {
    return switch (kind) {
      case Wire.QUEUE -> Queue.of(name);
      case Wire.TOPIC -> Topic.of(name);
      default -> throw new MalformedFrameException("destination kind " + kind);
    };
  }

  /** The delivery delay of a message that nobody has checked; what cannot be one is none. */
  static long peekDelay(byte[] encoded) {
    try {
      WireReader in = new WireReader(encoded, FIELDS_AT, encoded.length - FIELDS_AT);
      int fields = in.u16();
      if (!has(fields, DELIVERY_DELAY)) {
        return 0;
      }
      in.slice(Long.BYTES * Integer.bitCount(fields & (TIME_TO_LIVE | EXPIRES_AT)));
      return Math.max(0, in.i64());
    } catch (MalformedFrameException e) {
      return 0;
    }
  }

  /** The timestamp of a message that nobody has checked, in milliseconds since 1970; 0: none. */
  static long peekTimestamp(byte[] encoded) {
    try {
      WireReader in = new WireReader(encoded, FIELDS_AT, encoded.length - FIELDS_AT);
      int fields = in.u16();
      if (!has(fields, TIMESTAMP)) {
        return 0;
      }
      in.slice(Long.BYTES * Integer.bitCount(fields & (ALL_TIMES & ~TIMESTAMP)));
      return in.i64();
    } catch (MalformedFrameException e) {
      return 0;
    }
  }

  /** When a message that nobody has checked expires, in milliseconds since 1970; 0: never. */
  static long peekExpiry(byte[] encoded) {
    try {
      WireReader in = new WireReader(encoded, FIELDS_AT, encoded.length - FIELDS_AT);
      int fields = in.u16();
      if (!has(fields, EXPIRES_AT)) {
        return 0;
      }
      in.slice(Long.BYTES * Integer.bitCount(fields & TIME_TO_LIVE));
      return Math.max(0, in.i64());
    } catch (MalformedFrameException e) {
      return 0;
    }
  }

  /** The key of a message that nobody has checked; null when it has none, or is broken before. */
  static @Nullable ByteBuffer peekKey(byte[] encoded) {
    try {
      WireReader in = new WireReader(encoded, FIELDS_AT, encoded.length - FIELDS_AT);
      int fields = in.u16();
      if (!has(fields, KEY)) {
        return null;
      }
      in.slice(Long.BYTES * Integer.bitCount(fields & ALL_TIMES));
      for (int left = Integer.bitCount(fields & TEXTS_BEFORE_KEY); left > 0; left--) {
        in.slice(in.length());
      }
      int length = in.length();
      return ByteBuffer.wrap(encoded, in.position(), length);
    } catch (MalformedFrameException e) {
      return null;
    }
  }

  private static boolean has(int fields, int bit) {
    return (fields & bit) != 0;
  }

  private static int bits(int value, int known, String what) throws MalformedFrameException {
    if ((value & ~known) != 0) {
      throw new MalformedFrameException(
          "unknown " + what + " bits 0x" + Integer.toHexString(value));
    }
    return value;
  }
}
