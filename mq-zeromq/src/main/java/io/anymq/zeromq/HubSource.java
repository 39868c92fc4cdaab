package io.anymq.zeromq;

/**
 * What a consumer asks to be opened for, as OPEN_CONSUMER says it.
 *
 * @param kind the kind, without the mark of a pattern
 * @param pattern whether the name is a pattern
 * @param name the queue, the topic or the pattern
 * @param subscription the subscription's name, or nothing
 */
record HubSource(int kind, boolean pattern, String name, String subscription) {

  static HubSource read(WireReader in) throws MalformedFrameException {
    int source = in.u8();
    boolean pattern = (source & Wire.OF_PATTERN) != 0;
    return new HubSource(source & ~Wire.OF_PATTERN, pattern, in.text(), in.text());
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
    boolean shared =
        kind == Wire.FROM_SHARED_SUBSCRIPTION || kind == Wire.FROM_SHARED_DURABLE_SUBSCRIPTION;
    boolean durable =
        kind == Wire.FROM_DURABLE_SUBSCRIPTION || kind == Wire.FROM_SHARED_DURABLE_SUBSCRIPTION;
    return new Subscription.Terms(subscription, durable, shared);
  }
}
