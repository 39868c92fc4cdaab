package io.anymq.zeromq;

import io.anymq.selector.Selector;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer selects, and how far it has looked through its queue: each message is looked at
 * once, and again only when it has come back. For the hub's thread.
 */
final class Selection {

  /**
   * So many places are remembered one by one; instead of more, it looks again from the first on.
   */
  private static final int MOST_BEHIND = 1_024;

  private final Selector selector;
  private final boolean dropsTheRest;

  /** What became ready, at places that have been looked at already. */
  private final NavigableSet<Queued> behind = new TreeSet<>();

  private Queued lookedAt = Queued.BEFORE_ALL;

  /** From this position on, messages were screened before they were kept. */
  private long screenedFrom = Long.MAX_VALUE;

  private Selection(Selector selector, boolean dropsTheRest) {
    this.selector = selector;
    this.dropsTheRest = dropsTheRest;
  }

  /** Of a queue: what is not selected stays for others. */
  static Selection ofQueue(Selector selector) {
    return new Selection(selector, false);
  }

  /** Of a subscription, whose only consumer it is: what is not selected is for nobody. */
  static Selection ofSubscription(Selector selector) {
    return new Selection(selector, true);
  }

  boolean dropsTheRest() {
    return dropsTheRest;
  }

  void screenedFrom(long position) {
    screenedFrom = position;
  }

  /**
   * Whether a message is selected. What cannot be read is not, and stays in its queue for those who
   * take everything; a subscription has nobody else, and its consumer finds out.
   */
  boolean selects(Payload payload) {
    try {
      return selector.matches(MessageCodec.decodeHead(payload.bytes()));
    } catch (MalformedFrameException e) {
      return dropsTheRest;
    }
  }

  /** A message is ready, in a place of its own and not necessarily as the last one. */
  void isReady(Queued message) {
    if (message.compareTo(lookedAt) <= 0) {
      behind.add(message);
      if (behind.size() > MOST_BEHIND) {
        Queued first = behind.first();
        lookedAt = Queued.place(first.rank(), first.position() - 1);
        behind.clear();
      }
    }
  }

  void isGone(Queued message) {
    behind.remove(message);
  }

  /**
   * The first message that is selected; it stays where it is.
   *
   * @param ready what there is
   * @param slice how long it may take; when that is over, it can be asked again
   * @param unselected is told of each that is not selected; may take it away
   */
  @Nullable Queued next(ReadyMessages ready, Slice slice, Consumer<Queued> unselected) {
    Queued message = candidate(ready);
    while (message != null && !selects(message)) {
      unselected.accept(message);
      message = slice.goesOn() ? candidate(ready) : null;
    }
    return message;
  }

  private @Nullable Queued candidate(ReadyMessages ready) {
    Queued again = behind.pollFirst();
    if (again != null) {
      return again;
    }
    Queued next = ready.after(lookedAt);
    if (next != null) {
      lookedAt = next.place();
    }
    return next;
  }

  private boolean selects(Queued message) {
    return message.position() >= screenedFrom || selects(message.payload());
  }
}
