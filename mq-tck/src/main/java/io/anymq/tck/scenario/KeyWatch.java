package io.anymq.tck.scenario;

import io.anymq.Delivery;
import io.anymq.MessageListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A listener that notes the order in each key, and whether two of one key were handled at once. The
 * first of each key waits a while for another one to come, which must not.
 */
final class KeyWatch implements MessageListener {

  private final Map<String, List<String>> order = new HashMap<>();
  private final Map<String, String> inHand = new HashMap<>();
  private final List<String> overlaps = new ArrayList<>();
  private int handled;

  @Override
  public synchronized void onMessage(Delivery delivery) throws InterruptedException {
    String key = delivery.message().key().orElse("");
    String text = delivery.message().text();
    List<String> before = order.computeIfAbsent(key, absent -> new ArrayList<>());
    before.add(text);
    String other = inHand.putIfAbsent(key, text);
    if (other != null) {
      overlaps.add(text + " with " + other);
      notifyAll();
    } else {
      if (before.size() == 1) {
        awaitOverlap();
      }
      inHand.remove(key);
    }
    handled++;
  }

  private void awaitOverlap() throws InterruptedException {
    long deadline = System.nanoTime() + ScenarioContext.SILENCE.toNanos();
    long left = ScenarioContext.SILENCE.toMillis();
    while (overlaps.isEmpty() && left > 0) {
      wait(left);
      left = java.time.Duration.ofNanos(deadline - System.nanoTime()).toMillis();
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
