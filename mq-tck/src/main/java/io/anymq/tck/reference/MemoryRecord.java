package io.anymq.tck.reference;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message as the broker in memory keeps it, and as its "native client" writes and reads it.
 *
 * @param headers names and values; a value of any type can be written, as with many brokers
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; it is never compared
public record MemoryRecord(Map<String, Object> headers, byte[] body) {

  /** Keeps a copy of the headers. */
  public MemoryRecord {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
