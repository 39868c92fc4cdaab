package io.anymq.tck.guide;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the post office carries.
 *
 * @param headers names and values; the office takes values of any type
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; it is never compared
record Letter(Map<String, Object> headers, byte[] body) {

  /** Keeps a copy of the headers. */
  Letter {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
