package io.anymq.zeromq;

/** One subscription and its backlog. For the hub's thread. */
final class Subscription {

  /** The terms on which a consumer asks for one; plain ones have an empty name. */
  record Terms(String name, boolean durable, boolean shared) {}

  private final MessageQueue backlog;
  private final boolean durable;
  private boolean shared;

  Subscription(MessageQueue backlog, Terms terms) {
    this.backlog = backlog;
    this.durable = terms.durable();
    this.shared = terms.shared();
  }

  MessageQueue backlog() {
    return backlog;
  }

  /** Whether nothing is left that keeps it: nobody consumes, and it need not wait for anybody. */
  boolean isOver() {
    return !durable && !backlog.hasConsumers();
  }

  /** Lets one more consumer in. One without consumers may change between shared and not. */
  void admit(Terms terms) throws Refusal {
    if (durable != terms.durable()) {
      throw inUse(
          terms.name(), durable ? "it is durable" : "consumers share one that is not durable");
    }
    if (backlog.hasConsumers() && !(shared && terms.shared())) {
      throw inUse(terms.name(), shared ? "it is shared" : "another consumer holds it");
    }
    shared = terms.shared();
  }

  void requireUnused(String name) throws Refusal {
    if (backlog.hasConsumers()) {
      throw inUse(name, "a consumer holds it: close it first");
    }
  }

  private static Refusal inUse(String name, String why) {
    return new Refusal(
        WireError.SUBSCRIPTION_IN_USE, "The subscription '%s' is in use: %s".formatted(name, why));
  }
}
