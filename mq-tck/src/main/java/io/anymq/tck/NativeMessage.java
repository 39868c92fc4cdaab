package io.anymq.tck;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * A message as a native client sees it.
 *
 * @param body the native body
 * @param correlationId the native correlation id, or on backends without one the native header that
 *     the adapter's package documentation names
 * @param headers native headers that hold text
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; it is never compared
public record NativeMessage(
    byte[] body, Optional<String> correlationId, Map<String, String> headers) {

  /** Keeps a copy of the headers. */
  public NativeMessage {
    headers = Map.copyOf(headers);
  }

  /** A message with a text in UTF-8 and nothing else. */
  public static NativeMessage text(String text) {
    return new NativeMessage(text.getBytes(StandardCharsets.UTF_8), Optional.empty(), Map.of());
  }

  /** The body as text in UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
