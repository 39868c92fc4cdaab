package io.anymq.zeromq;

import io.anymq.InvalidOptionException;
import io.anymq.InvalidSelectorException;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.selector.Selector;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.Source;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What OPEN_CONSUMER says beyond the source and the prefetch, where the source is marked so.
 *
 * @param selector which messages it takes; null: all
 * @param replayFromMillis the moment in the past when it begins, in milliseconds since 1970
 * @param replayAfter the position in the past behind which it begins
 * @param withPositions whether deliveries tell their positions
 * @param tellsHandOuts whether the client tells which deliveries its application gets
 */
record OpenTerms(
    @Nullable Selector selector,
    @Nullable Long replayFromMillis,
    @Nullable Long replayAfter,
    boolean withPositions,
    boolean tellsHandOuts) {

  static final OpenTerms NONE = new OpenTerms(null, null, null, false, false);

  private static final int SELECTOR = 1;
  private static final int REPLAY_FROM = 1 << 1;
  private static final int REPLAY_AFTER = 1 << 2;
  private static final int POSITIONS = 1 << 3;
  private static final int HAND_OUTS = 1 << 4;
  private static final int ALL = (1 << 5) - 1;

  private static final long NANOS_BELOW_A_MILLI = 999_999;

  /** Short enough for 64 bits. */
  private static final Pattern POSITION = Pattern.compile("[1-9][0-9]{0,17}|[1-8][0-9]{18}");

  /** Long enough for a list of a thousand words, and read in no time. */
  private static final int MAX_SELECTOR_BYTES = 16 * 1024;

  static OpenTerms read(WireReader in) throws MalformedFrameException, Refusal {
    int bits = in.u8();
    if ((bits & ~ALL) != 0) {
      throw new Refusal(
          WireError.UNSUPPORTED, "This hub knows no terms 0x" + Integer.toHexString(bits));
    }
    return new OpenTerms(
        (bits & SELECTOR) == 0 ? null : selector(in),
        (bits & REPLAY_FROM) == 0 ? null : in.i64(),
        (bits & REPLAY_AFTER) == 0 ? null : in.i64(),
        (bits & POSITIONS) != 0,
        (bits & HAND_OUTS) != 0);
  }

  boolean replays() {
    return replayFromMillis != null || replayAfter != null;
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

  /**
   * What a consumer asks for beyond a source and a prefetch.
   *
   * @throws InvalidOptionException when it names a position that no hub has given
   * @throws UnsupportedCapabilityException when it begins in the past, and the hub keeps none: it
   *     may have been started anew with other options
   */
  static Asked asked(ConsumerRequest request, Set<String> hubKnows) {
    boolean hubRemembers = hubKnows.contains(Wire.REPLAY);
    boolean tellsHandOuts = hubKnows.contains(Wire.HAND_OUTS);
    Source.Terms terms =
        request.source() instanceof Source.OfTopic of
            ? of.terms()
            : request.source() instanceof Source.OfPattern all ? all.terms() : null;
    if (terms == null || !hubRemembers) {
      requireNoPast(terms);
      return new Asked(
          request.selector(), Optional.empty(), Optional.empty(), false, tellsHandOuts);
    }
    return new Asked(
        request.selector(),
        terms.replayFrom().map(OpenTerms::wholeMillis),
        terms.replayAfter().map(OpenTerms::position),
        terms.name().isEmpty(),
        tellsHandOuts);
  }

  private static void requireNoPast(Source.@Nullable Terms terms) {
    if (terms != null && (terms.replayFrom().isPresent() || terms.replayAfter().isPresent())) {
      throw new UnsupportedCapabilityException(
          "The subscription begins in the past, and this hub keeps none");
    }
  }

  /** Rounded up, for timestamps are whole: what was sent before the moment is not meant. */
  private static long wholeMillis(Instant moment) {
    try {
      return moment.plusNanos(NANOS_BELOW_A_MILLI).toEpochMilli();
    } catch (ArithmeticException | DateTimeException e) {
      return moment.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private static long position(String text) {
    if (!POSITION.matcher(text).matches()) {
      throw new InvalidOptionException(
          "'%s' is no position of a hub, which is a number as Delivery.position() tells it"
              .formatted(text));
    }
    return Long.parseLong(text);
  }

  /** The same, as a client says it. */
  record Asked(
      Optional<String> selector,
      Optional<Long> replayFromMillis,
      Optional<Long> replayAfter,
      boolean withPositions,
      boolean tellsHandOuts) {

    private int bits() {
      return (selector.isPresent() ? SELECTOR : 0)
          | (replayFromMillis.isPresent() ? REPLAY_FROM : 0)
          | (replayAfter.isPresent() ? REPLAY_AFTER : 0)
          | (withPositions ? POSITIONS : 0)
          | (tellsHandOuts ? HAND_OUTS : 0);
    }

    boolean isAnything() {
      return bits() != 0;
    }

    void write(WireWriter out) {
      out.u8(bits());
      selector.ifPresent(text -> out.blob(text.getBytes(StandardCharsets.UTF_8)));
      replayFromMillis.ifPresent(out::i64);
      replayAfter.ifPresent(out::i64);
    }
  }
}
