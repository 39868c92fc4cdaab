package io.anymq.zeromq;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

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
          "A heartbeat interval is 50 ms to 10 minutes, not %d ms".formatted(heartbeat.toMillis()));
    }
    String client = hello.text();
    Set<String> ignored = extensions(hello);
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

  /**
   * The names of the extensions to the end. Of those that this version does not know it makes
   * nothing.
   */
  static Set<String> extensions(WireReader in) throws MalformedFrameException {
    Set<String> names = new HashSet<>();
    for (int left = in.u16(); left > 0; left--) {
      names.add(in.text());
      in.slice(in.length());
    }
    in.requireEnd();
    return names;
  }
}
