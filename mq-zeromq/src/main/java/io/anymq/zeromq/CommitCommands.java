package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Commits: sends are staged, in as many frames as they need, and then done together with
 * acceptances, all or none. For the hub's thread.
 */
final class CommitCommands {

  private final HubSettings settings;
  private final HubContent content;

  /** What a commit asks to accept; of a consumer that may have ended. */
  private record Accept(int consumer, List<TagRange> ranges) {}

  CommitCommands(HubSettings settings, HubContent content) {
    this.settings = settings;
    this.content = content;
  }

  void stage(HubSession session, WireReader in) throws MalformedFrameException {
    StagedCommit staged = session.staged().computeIfAbsent(in.i32(), absent -> new StagedCommit());
    int kind = BrokerCommands.kind(in.u8());
    String name = in.text();
    for (int left = in.count(Integer.BYTES); left > 0; left--) {
      stage(staged, kind, name, in.slice(in.length()));
    }
    in.requireEnd();
  }

  private void stage(StagedCommit staged, int kind, String name, WireReader message)
      throws MalformedFrameException {
    int length = message.remaining();
    if (length > settings.maxMessageBytes() + Wire.DEAD_LETTER_BYTES) {
      staged.refuse(BrokerCommands.tooLarge(length, settings));
    } else if (!content.memory().fits(Payload.cost(length))) {
      staged.refuse(content.memory().full());
    } else {
      try {
        Payload payload = BrokerCommands.payload(message, settings);
        staged.add(new StagedCommit.Send(kind, name, payload), content.memory());
      } catch (Refusal e) {
        staged.refuse(e);
      }
    }
  }

  void commit(HubSession session, WireReader in) throws MalformedFrameException, Refusal {
    int number = in.i32();
    List<Accept> accepts = new ArrayList<>();
    for (int left = in.u16(); left > 0; left--) {
      accepts.add(new Accept(in.i32(), BrokerCommands.ranges(in)));
    }
    in.requireEnd();
    StagedCommit staged = session.staged().remove(number);
    StagedCommit commit = staged == null ? new StagedCommit() : staged;
    try {
      commit(session, commit, accepts);
    } finally {
      commit.discard(content.memory());
    }
  }

  private void commit(HubSession session, StagedCommit commit, List<Accept> accepts)
      throws Refusal {
    commit.requireAll();
    List<Target> targets = new ArrayList<>();
    for (StagedCommit.Send send : commit.sends()) {
      targets.add(content.require(send.kind(), send.name()));
    }
    requireRoom(targets, commit.sends());
    for (Accept accept : accepts) {
      requireHeld(session, accept);
    }
    Storage storage = content.storage();
    storage.beginTogether();
    for (int i = 0; i < targets.size(); i++) {
      targets.get(i).take(commit.sends().get(i).payload());
    }
    accepts.forEach(accept -> accept(session, accept));
    storage.endTogether();
    storage.await();
  }

  /** The bytes are counted already; places in queues are not. */
  private void requireRoom(List<Target> targets, List<StagedCommit.Send> what) throws Refusal {
    long places = 0;
    long bytes = 0;
    for (int i = 0; i < targets.size(); i++) {
      Payload payload = what.get(i).payload();
      places += targets.get(i).costOfPlaces(payload) + content.storage().cost(payload);
      boolean kept = BrokerCommands.isKept(content.storage(), targets.get(i), payload);
      bytes += kept ? payload.bytes().length : 0;
    }
    if (!content.memory().fits(places)) {
      throw content.memory().full();
    }
    if (bytes > 0) {
      content.storage().requireRoom(bytes);
    }
    Map<Target, Integer> sends = new HashMap<>();
    targets.forEach(target -> sends.merge(target, 1, Integer::sum));
    for (Map.Entry<Target, Integer> each : sends.entrySet()) {
      each.getKey().requireRoom(each.getValue());
    }
  }

  private static void requireHeld(HubSession session, Accept accept) throws Refusal {
    HubConsumer consumer = session.consumers().get(accept.consumer());
    if (consumer == null || !accept.ranges().stream().allMatch(consumer::holds)) {
      throw new Refusal(
          WireError.ROLLED_BACK,
          "Nothing was done: a delivery to accept has gone back to its queue meanwhile");
    }
  }

  private static void accept(HubSession session, Accept accept) {
    HubConsumer consumer = session.consumers().get(accept.consumer());
    if (consumer != null) {
      accept.ranges().forEach(range -> consumer.accept(range));
    }
  }
}
