package io.anymq.core.script;

import io.anymq.Destination;
import io.anymq.InvalidMessageException;
import io.anymq.Message;
import io.anymq.spi.InboundDelivery;
import java.time.Duration;
import java.util.Optional;

/** A message in the hands of a consumer. */
public final class ScriptedDelivery implements InboundDelivery {

  /** What the application has made of it. */
  public enum Fate {
    UNSEEN,
    HELD,
    ACCEPTED,
    RELEASED,
    REJECTED
  }

  private final Entry entry;
  private final Visit visit;
  private final long tag;
  private final int count;
  private final boolean redelivered;
  private final int known;
  boolean settled;
  boolean parked;
  boolean wasParked;
  private int reportedBefore;
  private boolean handed;
  private boolean recorded;

  // The model's.
  public Fate fate = Fate.UNSEEN;
  public boolean reported;
  public boolean buried;
  public String reason = "";
  public long due;

  /** How long it waits when it is given back, and whether the application has said so. */
  public Duration delay = Duration.ZERO;

  public boolean delayAsked;

  /** Orders what was given back. */
  public long givenBack;

  public int again;
  public int counted;
  public Object unit;
  public Object holder;

  ScriptedDelivery(Entry entry, Visit visit, long tag, int count, boolean redelivered) {
    this.entry = entry;
    this.visit = visit;
    this.tag = tag;
    this.count = count;
    this.redelivered = redelivered;
    this.known = entry.reported;
  }

  public Entry entry() {
    return entry;
  }

  public Visit visit() {
    return visit;
  }

  /** How often the application had had the message when the broker sent this, as it knew. */
  public int known() {
    return known;
  }

  public long tag() {
    return tag;
  }

  /** Whether the core has settled it. */
  public boolean isSettled() {
    return settled;
  }

  /** Whether it waited for a while out of the way of others. */
  public boolean wasParked() {
    return wasParked;
  }

  public boolean isParked() {
    return parked;
  }

  @Override
  public Message message() {
    return entry.message();
  }

  @Override
  public Destination destination() {
    return entry.sentTo();
  }

  @Override
  public boolean redelivered() {
    return redelivered;
  }

  @Override
  public int deliveryCount() {
    return count;
  }

  @Override
  public void handedOut() {
    visit.link().broker().observer().reported(this);
    reportedBefore = entry.reported;
    entry.handed++;
    handed = true;
    if (!visit.link().broker().profile().forgets()) {
      record();
    }
  }

  /** It goes back in order, or its broker keeps all. */
  void record() {
    if (handed && !recorded) {
      recorded = true;
      entry.reported++;
    }
  }

  @Override
  public int earlierHandOuts() {
    return reported ? reportedBefore : entry.reported;
  }

  @Override
  public Optional<InvalidMessageException> undecodable() {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "delivery %d (count %d, %s) of %s".formatted(tag, count, fate, entry);
  }
}
