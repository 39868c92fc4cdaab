package io.anymq.zeromq;

import java.time.Duration;
import java.util.Set;

/**
 * What the hub says of itself when a session begins.
 *
 * @param heartbeat how often it sends, at least
 * @param maxFrameBytes the largest frame it takes
 * @param maxMessageBytes the largest encoded message it takes
 * @param version its version
 * @param extensions what it can do beyond the first hub that spoke this version
 */
record Welcome(
    Duration heartbeat,
    int maxFrameBytes,
    int maxMessageBytes,
    String version,
    Set<String> extensions) {

  /** Reads the hub's first frame. */
  static Welcome read(byte[] frame) throws MalformedFrameException {
    WireReader in = new WireReader(frame);
    int opcode = in.u8();
    in.u8();
    WireReader command = in.slice(in.length());
    if (opcode == Wire.GOODBYE) {
      throw ZeroMqErrors.noWelcome(WireError.of(command.u16()), command.text());
    }
    if (opcode != Wire.WELCOME || command.i32() != Wire.MAGIC || command.u16() != Wire.VERSION) {
      throw new MalformedFrameException("no WELCOME");
    }
    return new Welcome(
        Duration.ofMillis(command.u32()),
        command.i32(),
        command.i32(),
        command.text(),
        Hello.extensions(command));
  }
}
