package io.anymq.zeromq;

/**
 * What a consumer asks to be opened for, as OPEN_CONSUMER says it.
 *
 * @param kind the kind, without the marks
 * @param pattern whether the name is a pattern
 * @param keyOrdered whether messages of one key go out one after the other
 * @param withTerms whether more terms follow
 * @param name the queue, the topic or the pattern
 * @param subscription the subscription's name, or nothing
 */
record HubSource(
    int kind,
    boolean pattern,
    boolean keyOrdered,
    boolean withTerms,
    String name,
    String subscription) {

  private static final int MARKS = Wire.OF_PATTERN | Wire.KEY_ORDERED | Wire.WITH_TERMS;

  static HubSource read(WireReader in) throws MalformedFrameException {
    int source = in.u8();
    boolean pattern = (source & Wire.OF_PATTERN) != 0;
    boolean keyOrdered = (source & Wire.KEY_ORDERED) != 0;
    boolean withTerms = (source & Wire.WITH_TERMS) != 0;
    return new HubSource(source & ~MARKS, pattern, keyOrdered, withTerms, in.text(), in.text());
  }

  void check() throws Refusal {
    boolean known = kind >= Wire.FROM_QUEUE && kind <= Wire.FROM_SHARED_DURABLE_SUBSCRIPTION;
    if (!known || (pattern && kind == Wire.FROM_QUEUE)) {
      throw new Refusal(WireError.UNSUPPORTED, "This hub knows no such kind of source " + kind);
    }
    boolean hasName = kind != Wire.FROM_QUEUE && kind != Wire.FROM_SUBSCRIPTION;
    if (hasName == subscription.isEmpty()) {
      throw new Refusal(
          WireError.INVALID_ARGUMENT,
          "A durable or shared subscription has a name, and nothing else has");
    }
  }

  Subscription.Terms terms() {
    boolean durable =
        kind == Wire.FROM_DURABLE_SUBSCRIPTION || kind == Wire.FROM_SHARED_DURABLE_SUBSCRIPTION;
    return new Subscription.Terms(subscription, durable, isShared());
  }

  boolean isShared() {
    return kind == Wire.FROM_SHARED_SUBSCRIPTION || kind == Wire.FROM_SHARED_DURABLE_SUBSCRIPTION;
  }
}
