package io.anymq.zeromq;

import io.anymq.InvalidSelectorException;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What OPEN_CONSUMER says beyond the source and the prefetch, where the source is marked so.
 *
 * @param selector which messages it takes; null: all
 */
record OpenTerms(@Nullable Selector selector) {

  static final OpenTerms NONE = new OpenTerms(null);

  private static final int SELECTOR = 1;

  /** Long enough for a list of a thousand words, and read in no time. */
  private static final int MAX_SELECTOR_BYTES = 16 * 1024;

  static OpenTerms read(WireReader in) throws MalformedFrameException, Refusal {
    int bits = in.u8();
    if ((bits & ~SELECTOR) != 0) {
      throw new Refusal(
          WireError.UNSUPPORTED, "This hub knows no terms 0x" + Integer.toHexString(bits));
    }
    return new OpenTerms((bits & SELECTOR) == 0 ? null : selector(in));
  }

  private static Selector selector(WireReader in) throws MalformedFrameException, Refusal {
    WireReader text = in.slice(in.length());
    if (text.remaining() > MAX_SELECTOR_BYTES) {
      throw new Refusal(
          WireError.INVALID_SELECTOR,
          "The selector has %d bytes, and the hub takes %d"
              .formatted(text.remaining(), MAX_SELECTOR_BYTES));
    }
    try {
      return Selector.parse(text.text(text.remaining()));
    } catch (InvalidSelectorException e) {
      throw new Refusal(WireError.INVALID_SELECTOR, String.valueOf(e.getMessage()));
    }
  }

  /** What the hub is to read, of a consumer that asks for anything of this. */
  static void write(ConsumerRequest request, WireWriter out) {
    out.u8(SELECTOR);
    out.blob(request.selector().orElseThrow().getBytes(StandardCharsets.UTF_8));
  }

  static boolean areAskedFor(ConsumerRequest request) {
    return request.selector().isPresent();
  }
}
