package io.anymq.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.AMQBasicProperties;
import com.rabbitmq.client.impl.Frame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Takes native properties through their bytes on the wire. */
final class NativeBytes {

  /** Of a frame: type, channel, size. */
  private static final int FRAME_HEADER = 1 + 2 + 4;

  private static final int CLASS_ID = 2;

  private NativeBytes() {}

  static BasicProperties reread(AMQBasicProperties properties) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Frame frame = properties.toFrame(1, 0);
      frame.writeTo(new DataOutputStream(bytes));
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      in.skipNBytes(FRAME_HEADER + CLASS_ID);
      return new BasicProperties(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
