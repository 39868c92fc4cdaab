package io.anymq.zeromq;

import io.anymq.zeromq.Histories.Remembered;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The last messages of one topic, the oldest first. For the hub's thread. */
final class TopicHistory {

  private final Histories histories;
  private final Deque<Remembered> messages = new ArrayDeque<>();

  TopicHistory(Histories histories) {
    this.histories = histories;
  }

  int size() {
    return messages.size();
  }

  Remembered oldest() {
    return messages.getFirst();
  }

  void add(Remembered message) {
    messages.addLast(message);
  }

  /** The oldest of all goes first, so it is the first here. */
  void forget(Remembered message) {
    messages.remove(message);
  }

  /** A message was sent. */
  void sent(Payload payload) {
    histories.remember(this, payload);
  }

  /** Gives what the terms ask for of the past, in order. */
  void replay(OpenTerms terms, Consumer<Payload> taker) {
    Predicate<Remembered> begins = beginning(terms);
    Iterator<Remembered> past = messages.iterator();
    boolean begun = false;
    while (past.hasNext()) {
      Remembered next = past.next();
      begun = begun || begins.test(next);
      if (begun) {
        taker.accept(next.payload());
      }
    }
  }

  private Predicate<Remembered> beginning(OpenTerms terms) {
    Long moment = terms.replayFromMillis();
    if (moment != null) {
      return message -> message.sentAtMillis() >= moment;
    }
    Long position = terms.replayAfter();
    if (position != null) {
      // What another hub gave says nothing here: all that there is may be new.
      boolean ours = histories.knows(position);
      return message -> !ours || message.payload().position() > position;
    }
    return message -> false;
  }

  /** The topic is deleted. */
  void clear() {
    while (!messages.isEmpty()) {
      histories.forget(messages.getFirst());
    }
  }
}
