package io.anymq.zeromq;

import java.time.Duration;

/**
 * What a peer says of itself.
 *
 * @param heartbeat how often it sends, at least
 * @param client its name, for logs
 */
record Hello(Duration heartbeat, String client) {

  /** Reads a frame that holds a HELLO and nothing else. */
  static Hello read(WireReader in, HubSettings settings) throws MalformedFrameException, Refusal {
    if (in.u8() != Wire.HELLO) {
      throw new MalformedFrameException("another opcode");
    }
    in.u8();
    WireReader hello = in.slice(in.length());
    if (hello.i32() != Wire.MAGIC) {
      throw new MalformedFrameException("another magic number");
    }
    requireVersion(hello.u16(), hello.u16());
    Duration heartbeat = Duration.ofMillis(hello.u32());
    if (!settings.allowsHeartbeat(heartbeat)) {
      throw new Refusal(
          WireError.INVALID_ARGUMENT,
          "A heartbeat interval is %s to %s, not %s"
              .formatted(HubSettings.MIN_HEARTBEAT, HubSettings.MAX_HEARTBEAT, heartbeat));
    }
    String client = hello.text();
    skipExtensions(hello);
    return new Hello(heartbeat, client);
  }

  private static void requireVersion(int lowest, int highest) throws Refusal {
    if (lowest > Wire.VERSION || highest < Wire.VERSION) {
      throw new Refusal(
          WireError.UNSUPPORTED_VERSION,
          "This hub speaks version %d of its protocol, and you speak %d to %d"
              .formatted(Wire.VERSION, lowest, highest));
    }
  }

  /** Later versions may say more; what this one does not know it passes over. */
  static void skipExtensions(WireReader in) throws MalformedFrameException {
    for (int left = in.u16(); left > 0; left--) {
      in.text();
      in.slice(in.length());
    }
    in.requireEnd();
  }
}
