package io.anymq.zeromq;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Messages that wait for their time before one queue or topic. They are not in it yet; when it is
 * deleted they go with it. For the hub's thread.
 */
final class WaitingRoom {

  /**
   * An entry with its two actions, its place in the agenda and its place here: an estimate for a
   * 64-bit JVM, not a measurement.
   */
  static final int COST_BYTES = 224;

  private final Agenda agenda;
  private final HubMemory memory;
  private final Set<Guest> guests = new HashSet<>();

  WaitingRoom(Agenda agenda, HubMemory memory) {
    this.agenda = agenda;
    this.memory = memory;
  }

  private final class Guest extends Agenda.Entry {

    private final Runnable whenDue;
    private final Runnable whenDropped;

    Guest(Runnable whenDue, Runnable whenDropped) {
      this.whenDue = whenDue;
      this.whenDropped = whenDropped;
    }

    @Override
    void due() {
      guests.remove(this);
      memory.give(COST_BYTES);
      whenDue.run();
    }
  }

  Agenda agenda() {
    return agenda;
  }

  /** How many wait. */
  int count() {
    return guests.size();
  }

  /** Keeps a message that was sent with a delay. */
  void hold(
      Payload payload, long millis, Consumer<Payload> whenDue, Consumer<Payload> whenDropped) {
    payload.hold(memory);
    hold(
        millis,
        () -> {
          whenDue.accept(payload);
          payload.letGo(memory);
        },
        () -> {
          whenDropped.accept(payload);
          payload.letGo(memory);
        });
  }

  /**
   * Waits.
   *
   * @param millis for how long
   * @param whenDue what comes then
   * @param whenDropped what is to be done instead when this is closed before
   */
  void hold(long millis, Runnable whenDue, Runnable whenDropped) {
    Guest guest = new Guest(whenDue, whenDropped);
    guests.add(guest);
    memory.take(COST_BYTES);
    agenda.add(guest, millis);
  }

  /** Drops all that wait. */
  void close() {
    for (Guest guest : guests) {
      agenda.remove(guest);
      memory.give(COST_BYTES);
      guest.whenDropped.run();
    }
    guests.clear();
  }
}
