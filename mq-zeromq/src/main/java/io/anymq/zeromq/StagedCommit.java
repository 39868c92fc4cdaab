package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sends of a commit that has not come yet. Their memory is counted from now on. The first
 * reason not to take them is kept, and told when the commit comes. For the hub's thread.
 */
final class StagedCommit {

  private final List<Send> sends = new ArrayList<>();
  private @Nullable Refusal refusal;

  /** One send. Its destination is looked up at the commit, for it may be deleted until then. */
  record Send(int kind, String name, Payload payload) {}

  void add(Send send, HubMemory memory) {
    send.payload().hold(memory);
    sends.add(send);
  }

  void refuse(Refusal why) {
    if (refusal == null) {
      refusal = why;
    }
  }

  void requireAll() throws Refusal {
    if (refusal != null) {
      throw refusal;
    }
  }

  List<Send> sends() {
    return sends;
  }

  void discard(HubMemory memory) {
    sends.forEach(send -> send.payload().letGo(memory));
    sends.clear();
  }
}
