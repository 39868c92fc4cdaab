package io.anymq.zeromq;

import org.jspecify.annotations.Nullable;

/** One message's place in one queue. For the hub's thread. */
final class Queued implements Comparable<Queued> {

  /** This object, its slot in a queue, and the boxed tag and map entry while it is in flight. */
  static final int COST_BYTES = 96;

  /** The entry of the agenda, and its place there. */
  private static final int EXPIRY_COST_BYTES = 88;

  /** A place before all messages. */
  static final Queued BEFORE_ALL = place(Integer.MAX_VALUE, -1);

  private final Payload payload;
  private final long position;
  private final int rank;
  private final @Nullable String topic;
  private final long expiresAtMillis;
  private Agenda.@Nullable Entry watchedBy;
  private int deliveries;

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

  /** How often it has been delivered. */
  int deliveries() {
    return deliveries;
  }

  void delivered() {
    deliveries++;
  }

  /** It had been delivered so often when it was written down. */
  void delivered(int times) {
    deliveries = times;
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
