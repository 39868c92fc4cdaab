package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;

/**
 * Does what the commands of a session ask for. A request that makes no sense gets an ERROR; a frame
 * that cannot be taken apart, or a command whose failure could not be told otherwise, ends the
 * session. For the hub's thread.
 */
final class BrokerCommands {

  private final HubSettings settings;
  private final HubContent content;
  private final CommitCommands commits;
  private final ConsumerCommands consumers;

  BrokerCommands(HubSettings settings, HubContent content) {
    this.settings = settings;
    this.content = content;
    this.commits = new CommitCommands(settings, content);
    this.consumers = new ConsumerCommands(content);
  }

  /**
   * Runs all commands of a frame.
   *
   * @return whether the session goes on
   * @throws MalformedFrameException when it cannot go on
   * @throws Refusal when there are more answers than the peer reads
   */
  boolean run(HubSession session, byte[] frame) throws MalformedFrameException, Refusal {
    WireReader in = new WireReader(frame);
    if (in.remaining() == 0) {
      throw new MalformedFrameException("an empty frame");
    }
    while (in.remaining() > 0) {
      if (session.unread() > HubSession.MOST_UNREAD_BYTES) {
        throw new Refusal(WireError.QUEUE_FULL, "Read the answers before you ask for more");
      }
      int opcode = in.u8();
      int flags = in.u8();
      WireReader command = in.slice(in.length());
      if (flags != 0) {
        throw new MalformedFrameException("unknown flags 0x" + Integer.toHexString(flags));
      }
      if (!run(session, opcode, command)) {
        return false;
      }
    }
    return true;
  }

  private boolean run(HubSession session, int opcode, WireReader in)
      throws MalformedFrameException {
    switch (opcode) {
      case Wire.HEARTBEAT -> in.requireEnd();
      case Wire.SEND -> send(session, in);
      case Wire.STAGE -> commits.stage(session, in);
      case Wire.SETTLE -> consumers.settle(session, in);
      case Wire.HANDED_OUT -> consumers.forHeld(session, in, HubConsumer::handedOut);
      case Wire.PARK -> consumers.forHeld(session, in, HubConsumer::park);
      case Wire.UNPARK -> consumers.forHeld(session, in, HubConsumer::unpark);
      case Wire.RELEASE_LATER -> consumers.releaseLater(session, in);
      case Wire.BYE -> {
        int request = in.i32();
        in.requireEnd();
        session.ok(request);
        return false;
      }
      default -> answer(session, opcode, in);
    }
    return true;
  }

  private void send(HubSession session, WireReader in) throws MalformedFrameException {
    long first = in.i64();
    int kind = kind(in.u8());
    String name = in.text();
    int count = in.count(Integer.BYTES);
    session.expectSends(first, count);
    Target target = content.find(kind, name);
    for (int i = 0; i < count; i++) {
      WireReader message = in.slice(in.length());
      if (target == null) {
        session.refuse(first + i, 1, HubContent.missing(kind, name));
      } else {
        store(session, first + i, target, message);
      }
    }
    in.requireEnd();
  }

  private void store(HubSession session, long number, Target target, WireReader message)
      throws MalformedFrameException {
    int length = message.remaining();
    if (length > settings.maxMessageBytes() + Wire.DEAD_LETTER_BYTES) {
      session.refuse(number, 1, tooLarge(length, settings));
    } else {
      try {
        Payload payload = payload(message, settings);
        requireRoom(target, payload);
        target.take(payload);
        session.confirm(number);
      } catch (Refusal e) {
        session.refuse(number, 1, e);
      }
    }
  }

  /** A message; a dead letter may be longer than others by its marks. */
  static Payload payload(WireReader message, HubSettings settings)
      throws MalformedFrameException, Refusal {
    int length = message.remaining();
    byte[] bytes = message.copy(length);
    if (length > settings.maxMessageBytes() && !MessageCodec.isDeadLetter(bytes)) {
      throw tooLarge(length, settings);
    }
    return new Payload(bytes);
  }

  private void requireRoom(Target target, Payload payload) throws Refusal {
    target.requireRoom(1);
    if (!content.memory().fits(target.cost(payload) + content.storage().cost(payload))) {
      throw content.memory().full();
    }
    if (isKept(content.storage(), target, payload)) {
      content.storage().requireRoom(payload.bytes().length);
    }
  }

  /** Whether a message takes room on the disk. */
  static boolean isKept(Storage storage, Target target, Payload payload) {
    boolean temporary = target instanceof MessageQueue queue && queue.isTemporary();
    return !temporary && storage.cost(payload) > 0;
  }

  static Refusal tooLarge(int length, HubSettings settings) {
    return new Refusal(
        WireError.MESSAGE_TOO_LARGE,
        "The message has %d bytes, and the hub takes %d"
            .formatted(length, settings.maxMessageBytes()));
  }

  static List<TagRange> ranges(WireReader in) throws MalformedFrameException {
    int count = in.count(TagRange.WIRE_BYTES);
    List<TagRange> ranges = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ranges.add(TagRange.read(in));
    }
    return ranges;
  }

  /** Commands that have a request number, and an answer. */
  private void answer(HubSession session, int opcode, WireReader in)
      throws MalformedFrameException {
    int request = in.i32();
    try {
      answer(session, request, opcode, in);
    } catch (Refusal e) {
      session.error(request, e.error(), e.sentence());
    } catch (MalformedFrameException e) {
      session.error(request, WireError.MALFORMED, "Malformed command: " + e.getMessage());
    }
  }

  private void answer(HubSession session, int request, int opcode, WireReader in)
      throws MalformedFrameException, Refusal {
    switch (opcode) {
      case Wire.OPEN_CONSUMER -> consumers.open(session, in);
      case Wire.CLOSE_CONSUMER -> consumers.close(session, in);
      case Wire.COMMIT -> commits.commit(session, in);
      case Wire.DECLARE -> content.declare(kind(in.u8()), lastText(in));
      case Wire.DECLARE_QUEUE -> {
        String name = in.text();
        QueueTerms terms = QueueTerms.read(in);
        in.requireEnd();
        content.declareQueue(name, terms);
      }
      case Wire.DELETE -> delete(kind(in.u8()), lastText(in));
      case Wire.UNSUBSCRIBE -> content.unsubscribe(in.text(), lastText(in));
      case Wire.UNSUBSCRIBE_PATTERN -> content.unsubscribePattern(in.text(), lastText(in));
      case Wire.DECLARE_TEMPORARY -> declareTemporary(session, lastText(in));
      default -> {
        query(session, request, opcode, in);
        return;
      }
    }
    session.ok(request);
  }

  private void query(HubSession session, int request, int opcode, WireReader in)
      throws MalformedFrameException, Refusal {
    switch (opcode) {
      case Wire.EXISTS -> {
        boolean exists = content.find(kind(in.u8()), lastText(in)) != null;
        session.ok(request).u8(exists ? 1 : 0);
      }
      case Wire.PURGE -> {
        int purged = content.requireQueue(lastText(in)).purge();
        content.storage().await();
        session.ok(request).i64(purged);
      }
      case Wire.BROWSE -> {
        String name = in.text();
        BrowsePlace from = BrowsePlace.read(in);
        in.requireEnd();
        MessageQueue queue = content.requireQueue(name);
        queue.browse(from, session.largeOk(request));
      }
      case Wire.DEPTH -> {
        MessageQueue queue = content.requireQueue(lastText(in));
        session.ok(request).i64(queue.ready()).i64(queue.inFlight());
      }
      default ->
          throw new Refusal(
              WireError.UNSUPPORTED, "This hub knows no command 0x" + Integer.toHexString(opcode));
    }
  }

  /**
   * Makes a temporary queue. One of that name which another session has left behind goes: a client
   * whose connection was lost is here again before the hub knows of the loss.
   */
  private void declareTemporary(HubSession session, String name) throws Refusal {
    Target there = content.find(Wire.QUEUE, name);
    if (there instanceof MessageQueue queue) {
      if (queue.isOwnedBy(session)) {
        return;
      }
      if (!queue.isTemporary()) {
        throw new Refusal(
            WireError.NOT_OWNER, "'" + name + "' is a queue already, and no temporary one");
      }
      delete(Wire.QUEUE, name);
    }
    content.declareTemporary(name).ownedBy(session);
    session.temporaryQueues().add(name);
  }

  /** Deletes what goes with a session. Its consumers are closed. */
  void deleteTemporaries(HubSession session) {
    for (String name : List.copyOf(session.temporaryQueues())) {
      if (content.find(Wire.QUEUE, name) instanceof MessageQueue queue
          && queue.isOwnedBy(session)) {
        delete(Wire.QUEUE, name);
      }
    }
  }

  private void delete(int kind, String name) {
    if (content.find(kind, name) instanceof MessageQueue queue) {
      queue.disown(name);
    }
    for (HubConsumer orphan : content.delete(kind, name)) {
      orphan.orphan();
      orphan.session().consumers().remove(orphan.id());
      orphan.session().consumerEnded(orphan, HubContent.missing(kind, name));
    }
  }

  private static String lastText(WireReader in) throws MalformedFrameException {
    String text = in.text();
    in.requireEnd();
    return text;
  }

  static int kind(int kind) throws MalformedFrameException {
    if (kind != Wire.QUEUE && kind != Wire.TOPIC) {
      throw new MalformedFrameException("destination kind " + kind);
    }
    return kind;
  }
}
