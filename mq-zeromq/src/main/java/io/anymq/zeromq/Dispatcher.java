package io.anymq.zeromq;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Has queues give messages to their consumers where both have come together. What takes a look
 * through backlogs is done in slices that all queues share; between them the hub does other work.
 * For the hub's thread.
 */
final class Dispatcher {

  private final Agenda agenda;
  private final Set<MessageQueue> wanting = new LinkedHashSet<>();

  /** Those which have more to look through, in the order of their turns. */
  private final Set<MessageQueue> unfinished = new LinkedHashSet<>();

  /** Whether those wait until others have had their time. */
  private boolean paused;

  Dispatcher(Agenda agenda) {
    this.agenda = agenda;
  }

  /** In a queue, messages may have met a consumer that can take them. */
  void wants(MessageQueue queue) {
    wanting.add(queue);
  }

  /** Whether something has happened since it was all dispatched. */
  boolean isWanted() {
    return !wanting.isEmpty();
  }

  /** Gives out what can be given, as far as one slice goes. */
  void dispatch() {
    Slice slice = paused ? Slice.none() : Slice.whole();
    Deque<MessageQueue> line = line();
    while (!line.isEmpty()) {
      MessageQueue queue = line.removeFirst();
      boolean late = slice.isOver();
      slice.beginTurn();
      queue.dispatch(slice);
      if (slice.wasCutShort() && late) {
        unfinished.add(queue);
      } else if (slice.wasCutShort()) {
        line.addLast(queue); // behind those which have had nothing of this slice
      }
    }
    if (!unfinished.isEmpty() && !paused) {
      pause(slice.pauseMillis());
    }
  }

  private Deque<MessageQueue> line() {
    Set<MessageQueue> line = new LinkedHashSet<>();
    if (!paused) {
      line.addAll(unfinished);
      unfinished.clear();
    }
    line.addAll(wanting);
    wanting.clear();
    return new ArrayDeque<>(line);
  }

  private void pause(long millis) {
    paused = true;
    agenda.add(
        new Agenda.Entry() {
          @Override
          void due() {
            paused = false;
          }
        },
        millis);
  }
}
