package io.anymq.kafka;

import io.anymq.Destination;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A record that a share group has lent to one lane. The state is the lane's thread's own. */
final class ShareDelivery extends KafkaDelivery {

  private final ShareLane lane;
  private final int attempts;
  private final int earlier;
  private final Loans.Loan loan;
  private int seen;
  private boolean open = true;
  private boolean withApplication;
  private boolean parked;
  private volatile boolean seenByApplication;
  private KeptRecords.@Nullable Note note;

  /**
   * A record as it was lent.
   *
   * @param lane the lane that holds it
   * @param record the record
   * @param destination where the message was sent to
   * @param attempts how often the broker has delivered this record, this time included
   * @param earlier how often the message was delivered besides, as this consumer knows or as it was
   *     written into this copy
   * @param loan what this consumer remembers of it
   */
  ShareDelivery(
      ShareLane lane,
      ConsumerRecord<byte[], byte[]> record,
      Destination destination,
      int attempts,
      int earlier,
      Loans.Loan loan) {
    super(record, destination, attempts + earlier);
    this.lane = lane;
    this.attempts = attempts;
    this.earlier = earlier;
    this.loan = loan;
  }

  ShareLane lane() {
    return lane;
  }

  int attempts() {
    return attempts;
  }

  int earlier() {
    return earlier;
  }

  void handOut() {
    withApplication = true;
  }

  /** Keeps it out of the prefetch. Tells whether that is new. */
  boolean park() {
    boolean begins = withApplication && !parked;
    parked |= begins;
    return begins;
  }

  /** Ends that. Tells whether it was so. */
  boolean unpark() {
    boolean was = parked;
    parked = false;
    return was;
  }

  @Override
  public void handedOut() {
    seenByApplication = true;
    if (deliveryCount() > 1) {
      lane.note(this);
    }
  }

  /**
   * Whether the application has it, or has had it, which others are to know when it comes again.
   */
  boolean isSeen() {
    return seenByApplication;
  }

  @Override
  public int earlierHandOuts() {
    return lane.earlierHandOuts(this);
  }

  /** Takes the delivery back from the application. Tells whether it was there. */
  boolean takeBack() {
    boolean was = withApplication;
    withApplication = false;
    return was;
  }

  /** The application has had the message so often, all told. */
  void noteSeen(int times) {
    seen = times;
  }

  int seen() {
    return seen;
  }

  /** The same record, to be delivered once more from here; this one is closed. */
  ShareDelivery again() {
    ShareDelivery next =
        new ShareDelivery(lane, record(), destination(), attempts, seen + 1 - attempts, loan);
    next.note = note;
    next.seen = seen;
    close();
    return next;
  }

  /** Where the record is noted, because the group would lose it; null as a rule. */
  KeptRecords.@Nullable Note note() {
    return note;
  }

  void note(KeptRecords.Note kept) {
    note = kept;
  }

  Loans.Loan loan() {
    return loan;
  }

  /** Whether it is neither acknowledged nor lost. */
  boolean isOpen() {
    return open;
  }

  void close() {
    open = false;
  }
}
