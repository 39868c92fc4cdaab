package io.anymq.zeromq;

/**
 * Where a hub puts down what is to outlive its process: destinations, durable subscriptions,
 * persistent messages. What is put down is durable when {@link #write} has returned true, and no
 * frame that depends on it may leave before. For the hub's thread.
 */
sealed interface Storage permits Storage.None, HubJournal {

  /** Nothing outlives the process. */
  Storage NONE = new None();

  /** A hub in memory alone. */
  final class None implements Storage {

    private None() {}

    @Override
    public boolean isDurable() {
      return false;
    }

    @Override
    public DestinationLog queue(String name, QueueTerms terms) {
      return DestinationLog.NONE;
    }

    @Override
    public DestinationLog topic(String name) {
      return DestinationLog.NONE;
    }

    @Override
    public DestinationLog subscription(int kind, String source, String name) {
      return DestinationLog.NONE;
    }

    @Override
    public long cost(Payload payload) {
      return 0;
    }

    @Override
    public void requireRoom(long bytes) {}

    @Override
    public void beginTogether() {}

    @Override
    public void endTogether() {}

    @Override
    public void await() {}

    @Override
    public boolean write() {
      return true;
    }

    @Override
    public void sync() {}

    @Override
    public String failure() {
      return "";
    }

    @Override
    public void close() {}

    @Override
    public void abandon() {}
  }

  /** Whether it is more than memory. */
  boolean isDurable();

  /** A queue is declared. */
  DestinationLog queue(String name, QueueTerms terms);

  /** A topic is declared. */
  DestinationLog topic(String name);

  /**
   * A durable subscription is made.
   *
   * @param kind {@link Wire#TOPIC}, or {@link Wire#OF_PATTERN} for a pattern
   * @param source the topic's name, or the pattern
   * @param name its name
   */
  DestinationLog subscription(int kind, String source, String name);

  /** What remembering a message costs in memory, beside the message. */
  long cost(Payload payload);

  /**
   * Sees to it that there is room for so many bytes more.
   *
   * @throws Refusal when there is none
   */
  void requireRoom(long bytes) throws Refusal;

  /** What is put down from now on is put down whole or not at all. */
  void beginTogether();

  /** Ends what {@link #beginTogether} began. */
  void endTogether();

  /** Somebody is to be told of what has happened: it must be durable before. */
  void await();

  /**
   * Writes what was put down.
   *
   * @return whether it is written; when not, nothing will be any more
   */
  boolean write();

  /** Makes durable what nobody waits for; to be called now and then. */
  void sync();

  /** Why nothing can be written any more; empty when it can. */
  String failure();

  /** Ends in order. */
  void close();

  /** Ends as a crash would; harmless after {@link #close}. */
  void abandon();
}
