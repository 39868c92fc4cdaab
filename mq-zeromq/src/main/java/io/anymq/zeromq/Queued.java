package io.anymq.zeromq;

import org.jspecify.annotations.Nullable;

/** One message's place in one queue. For the hub's thread. */
final class Queued implements Comparable<Queued> {

  /** This object, its slot in a queue, and the boxed tag and map entry while it is in flight. */
  static final int COST_BYTES = 96;

  /** The entry of the agenda, and its place there. */
  private static final int EXPIRY_COST_BYTES = 88;

  private static final int MOST_HAND_OUTS = 0xFFFF;
  private static final int IN_DOUBT_SHIFT = 16;
  private static final int MOST_IN_DOUBT = 0x7FFF;
  private static final int OUT = 1 << 31;

  /** A place before all messages. */
  static final Queued BEFORE_ALL = place(Integer.MAX_VALUE, -1);

  private final Payload payload;
  private final long position;
  private final int rank;
  private final @Nullable String topic;
  private final long expiresAtMillis;
  private Agenda.@Nullable Entry watchedBy;

  /** How often it was handed to an application, as far as the clients have told. */
  private int handOuts;

  /** Whether it is with a consumer that will tell whether it handed it out, and has not yet. */
  private boolean out;

  /** How often it was with one that could not tell any more. */
  private int inDoubt;

  /** Which log knows of this place, if any does, and where its message keeps it. */
  private int log;

  private int slot;

  Queued(Payload payload, int rank, long position, @Nullable String topic) {
    this.payload = payload;
    this.position = position;
    this.rank = rank;
    this.topic = topic;
    this.expiresAtMillis = payload.expiresAtMillis();
  }

  /** A place, to compare others with, and no message. */
  static Queued place(int rank, long position) {
    return new Queued(Payload.NONE, rank, position, null);
  }

  /** Where it stands, without what it holds. */
  Queued place() {
    return place(rank, position);
  }

  int rank() {
    return rank;
  }

  long position() {
    return position;
  }

  Payload payload() {
    return payload;
  }

  /** The topic it was sent to, where a consumer of its queue cannot know. */
  @Nullable String topic() {
    return topic;
  }

  boolean expires() {
    return expiresAtMillis > 0;
  }

  /** How long until it expires; zero or less when it has. Of one that never does, for ever. */
  long millisLeft() {
    return expires() ? expiresAtMillis - System.currentTimeMillis() : Long.MAX_VALUE;
  }

  /** What takes it away when it expires, as long as it is ready. */
  Agenda.@Nullable Entry watchedBy() {
    return watchedBy;
  }

  void watchedBy(Agenda.@Nullable Entry expiry) {
    watchedBy = expiry;
  }

  /** What its place costs, in bytes. */
  int cost() {
    return expires() ? COST_BYTES + EXPIRY_COST_BYTES : COST_BYTES;
  }

  /** How often it was handed out, or may have been, with the delivery that is under way. */
  int deliveryCount() {
    return handOuts + (out ? 1 : 0) + inDoubt;
  }

  /** How many of those nobody knows of. */
  int inDoubt() {
    return inDoubt;
  }

  /** It goes to a consumer; of one that does not tell hand-outs, it counts as handed out. */
  void goesOut(boolean told) {
    if (told) {
      out = true;
    } else {
      handOuts++;
    }
  }

  /** An application gets it; tells whether that was news. */
  boolean handedOut() {
    boolean news = out;
    out = false;
    handOuts += news ? 1 : 0;
    return news;
  }

  /**
   * Its consumer has gone, and did not tell that it handed it out. A consumer that ends in order
   * would have told. One that was killed may have had no time to, once: of a message that has been
   * in doubt, consumers wait until their word is here.
   *
   * @return whether that changes what is to be written down
   */
  boolean comesBack(boolean inOrder) {
    boolean wasOut = out;
    inDoubt += out && !inOrder && inDoubt == 0 ? 1 : 0;
    out = false;
    return wasOut;
  }

  /** The hub has ended while it was with a consumer, whose word may have been lost with it. */
  void comesBackFromBefore() {
    inDoubt += out ? 1 : 0;
    out = false;
  }

  /** Its counts in one number, to be written down. */
  int counts() {
    return Math.min(handOuts, MOST_HAND_OUTS)
        | Math.min(inDoubt, MOST_IN_DOUBT) << IN_DOUBT_SHIFT
        | (out ? OUT : 0);
  }

  /** These were its counts when they were written down. */
  void counts(int written) {
    handOuts = written & MOST_HAND_OUTS;
    inDoubt = written >> IN_DOUBT_SHIFT & MOST_IN_DOUBT;
    out = (written & OUT) != 0;
  }

  void stored(int newLog, int newSlot) {
    log = newLog;
    slot = newSlot;
  }

  /** The number of the log that knows of it; 0 when none does. */
  int log() {
    return log;
  }

  int slot() {
    return slot;
  }

  @Override
  public int compareTo(Queued other) {
    return rank == other.rank
        ? Long.compare(position, other.position)
        : Integer.compare(other.rank, rank);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(position);
  }
}
