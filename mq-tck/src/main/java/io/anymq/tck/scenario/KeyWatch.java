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

  /** Where one consumer at a time has its turn, nobody handles the others meanwhile. */
  private static final Duration LONGEST_STAY = Duration.ofSeconds(1);

  private final int others;
  private final Map<String, List<String>> order = new HashMap<>();
  private final Map<String, String> inHand = new HashMap<>();
  private final List<String> overlaps = new ArrayList<>();
  private boolean begun;
  private int handled;

  /**
   * Watches.
   *
   * @param others how many messages have another key than the first one
   */
  KeyWatch(int others) {
    this.others = others;
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
    long deadline = System.nanoTime() + LONGEST_STAY.toNanos();
    long left = LONGEST_STAY.toMillis();
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
