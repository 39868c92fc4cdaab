package io.anymq.rabbit;

import io.anymq.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in hexadecimal; no I/O. */
final class Digests {

  private Digests() {}

  /** The digest of a text. */
  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The digest of some bytes and a message's body. */
  static String sha256(byte[] first, Message message) {
    MessageDigest digest = sha256();
    digest.update(first);
    digest.update(message.bodyBuffer());
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
