package io.anymq.tck.scenario;

import io.anymq.Delivery;
import io.anymq.MessageListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A listener that notes the order in each key, and whether two of one key were handled at once. The
 * very first message stays in hand until those of the other keys are done: whoever handles them
 * would get the next of its key on the way, if he could.
 */
final class KeyWatch implements MessageListener {

  /** Where one consumer at a time has its turn, nobody may handle the others meanwhile. */
  private static final Duration IN_TURN = Duration.ofSeconds(1);

  private final int others;
  private final Duration longestStay;
  private final Map<String, List<String>> order = new HashMap<>();
  private final Map<String, String> inHand = new HashMap<>();
  private final List<String> overlaps = new ArrayList<>();
  private boolean begun;
  private int handled;

  /**
   * Watches.
   *
   * @param others how many messages have another key than the first one
   * @param othersCome whether somebody is sure to handle them while the first one is in hand
   */
  KeyWatch(int others, boolean othersCome) {
    this.others = others;
    this.longestStay = othersCome ? Check.LIMIT : IN_TURN;
  }

  @Override
  public synchronized void onMessage(Delivery delivery) throws InterruptedException {
    String key = delivery.message().key().orElse("");
    String text = delivery.message().text();
    order.computeIfAbsent(key, absent -> new ArrayList<>()).add(text);
    String other = inHand.putIfAbsent(key, text);
    if (other != null) {
      overlaps.add(text + " with " + other);
    } else {
      stay();
      inHand.remove(key);
    }
    handled++;
    notifyAll();
  }

  private void stay() throws InterruptedException {
    if (begun) {
      return;
    }
    begun = true;
    long deadline = System.nanoTime() + longestStay.toNanos();
    long left = longestStay.toMillis();
    while (overlaps.isEmpty() && handled < others && left > 0) {
      wait(left);
      left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }

  synchronized int handled() {
    return handled;
  }

  synchronized List<String> overlaps() {
    return List.copyOf(overlaps);
  }

  synchronized List<String> of(String key) {
    return List.copyOf(order.getOrDefault(key, List.of()));
  }
}
