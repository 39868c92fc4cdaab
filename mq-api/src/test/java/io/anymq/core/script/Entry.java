package io.anymq.core.script;

import io.anymq.Destination;
import io.anymq.Message;

/** One copy of a message in a store: what the broker knows of it, and what really became of it. */
public final class Entry {

  private final Store store;
  private final long place;
  private final Message message;
  private final Destination sentTo;
  private final boolean repeated;

  /** How often a consumer got it, seen or not. */
  int given;

  /** How often an adapter reported that the application got it. */
  int handed;

  /** What the broker keeps of that. */
  int reported;

  /** How often the application really got it; the model's. */
  public int seen;

  boolean mayBeKnown;
  long notBefore;

  Entry(Store store, long place, Message message, Destination sentTo, boolean repeated) {
    this.store = store;
    this.place = place;
    this.message = message;
    this.sentTo = sentTo;
    this.repeated = repeated;
  }

  public Message message() {
    return message;
  }

  Destination sentTo() {
    return sentTo;
  }

  public Store store() {
    return store;
  }

  long place() {
    return place;
  }

  /** Whether the producer said that there may be two of it. */
  public boolean isRepeated() {
    return repeated;
  }

  @Override
  public String toString() {
    return "'%s' #%d of %s".formatted(message.text(), place, store);
  }
}
