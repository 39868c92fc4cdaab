package io.anymq.zeromq;

import io.anymq.Message;

/** Properties to bytes and back, each with its type. */
final class PropertyCodec {

  /** Name length, a name of one byte, type, a value of one byte. */
  static final int LEAST_BYTES = 5;

  private static final int STRING = 1;
  private static final int BOOLEAN = 2;
  private static final int BYTE = 3;
  private static final int SHORT = 4;
  private static final int INTEGER = 5;
  private static final int LONG = 6;
  private static final int FLOAT = 7;
  private static final int DOUBLE = 8;
  private static final int BYTES = 9;

  private PropertyCodec() {}

  static void encode(String name, Object value, WireWriter out) {
    byte[] utf8 = MessageCodec.utf8(name);
    out.u16(utf8.length).raw(utf8, 0, utf8.length);
    if (value instanceof String text) {
      out.u8(STRING).blob(MessageCodec.utf8(text));
    } else if (value instanceof Boolean flag) {
      out.u8(BOOLEAN).u8(flag ? 1 : 0);
    } else if (value instanceof byte[] bytes) {
      out.u8(BYTES).blob(bytes);
    } else {
      number((Number) value, out);
    }
  }

  private static void number(Number value, WireWriter out) {
    if (value instanceof Byte number) {
      out.u8(BYTE).u8(number);
    } else if (value instanceof Short number) {
      out.u8(SHORT).u16(number);
    } else if (value instanceof Integer number) {
      out.u8(INTEGER).i32(number);
    } else if (value instanceof Long number) {
      out.u8(LONG).i64(number);
    } else if (value instanceof Float number) {
      out.u8(FLOAT).i32(Float.floatToRawIntBits(number));
    } else if (value instanceof Double number) {
      out.u8(DOUBLE).i64(Double.doubleToRawLongBits(number));
    } else {
      throw new IllegalArgumentException("a property of " + value.getClass());
    }
  }

  static void decode(WireReader in, Message.Builder message) throws MalformedFrameException {
    String name = in.text();
    message.property(name, value(in.u8(), in));
  }

  private static Object value(int type, WireReader in) throws MalformedFrameException {
    return switch (type) {
      case STRING -> in.longText();
      case BOOLEAN -> flag(in.u8());
      case BYTE -> (byte) in.u8();
      case SHORT -> (short) in.u16();
      case INTEGER -> in.i32();
      case LONG -> in.i64();
      case FLOAT -> Float.intBitsToFloat(in.i32());
      case DOUBLE -> Double.longBitsToDouble(in.i64());
      case BYTES -> in.copy(in.length());
      default -> throw new MalformedFrameException("property type " + type);
    };
  }

  private static boolean flag(int value) throws MalformedFrameException {
    if (value > 1) {
      throw new MalformedFrameException("a truth value of " + value);
    }
    return value == 1;
  }
}
