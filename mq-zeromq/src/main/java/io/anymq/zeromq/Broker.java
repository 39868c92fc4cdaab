package io.anymq.zeromq;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zmq.Msg;

/**
 * The hub without its socket: takes frames, answers with frames. Sessions come and go here; what
 * they ask for is done by {@link BrokerCommands}. Whatever a peer sends, no exception leaves. For
 * the hub's thread; the time comes from outside.
 */
final class Broker {

  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

  /** The frame that the socket puts in when a peer's connection has ended. */
  static final byte[] PEER_GONE = {0};

  private static final List<String> EXTENSIONS =
      List.of(Wire.SELECTORS, Wire.EXPIRY, Wire.HAND_OUTS, Wire.PARKING);

  private final HubSettings settings;
  private final HubContent content;

  /** Where frames leave. */
  private final Outlet direct;

  /** Where frames leave behind what they depend on. */
  private final Outlet outlet;

  private final OutgoingFrames frames;
  private final BrokerCommands commands;
  private final HubSessions sessions = new HubSessions();

  /** Peers that fell silent: they may be told so until the next tick, and then are cut. */
  private final List<PeerId> silent = new ArrayList<>();

  Broker(HubSettings settings, HubContent content, Outlet outlet) {
    this.settings = settings;
    this.content = content;
    this.direct = outlet;
    this.outlet = this::sendWhenWritten;
    this.frames = new OutgoingFrames(HubSettings.outgoingBytes(), settings.maxFrameBytes());
    this.commands = new BrokerCommands(settings, content);
  }

  /**
   * Nothing leaves before what happened until now is in the journal. All that happened in a round
   * is, with the first frame that leaves.
   */
  private Outlet.Sent sendWhenWritten(PeerId peer, Msg frame) {
    return content.storage().write() ? direct.send(peer, frame) : Outlet.Sent.GONE;
  }

  /** Whether a frame says that the connection has ended. */
  static boolean isGone(byte[] frame) {
    return frame.length == PEER_GONE.length && frame[0] == PEER_GONE[0];
  }

  /** Whether it can go on; not when its journal cannot be written any more. */
  boolean works() {
    return content.storage().failure().isEmpty();
  }

  int sessionCount() {
    return sessions.all().size();
  }

  /** A frame of a peer had no room; what it held is not known, so the session cannot go on. */
  void refuseFrame(PeerId peer, long now) {
    HubSession session = sessions.get(peer);
    if (session != null) {
      dismiss(
          session,
          WireError.QUEUE_FULL,
          "The hub's memory for incoming frames is full: send again, and less at once, or give the hub a larger heap",
          now);
    }
  }

  /** Whether something waits for a peer to read what it was sent before. */
  boolean hasUnsent() {
    return sessions.hasUnsent();
  }

  /** Takes one frame of a peer. */
  void receive(PeerId peer, byte[] frame, long now) {
    content.agenda().advance(now);
    HubSession session = sessions.get(peer);
    if (isGone(frame)) {
      frames.forget(peer);
      if (session != null) {
        end(session);
      }
    } else if (session == null) {
      greet(peer, frame, now);
    } else {
      session.heartbeats().heard(now);
      obey(session, frame, now);
    }
  }

  private void greet(PeerId peer, byte[] frame, long now) {
    try {
      WireReader in = new WireReader(frame);
      if (in.remaining() > 0 && frame[0] != Wire.HELLO) {
        throw new Refusal(
            WireError.UNKNOWN_SESSION, "The hub has no session with you: begin with HELLO");
      }
      Hello hello = Hello.read(in, settings);
      if (!peer.isGenerated()) {
        throw new Refusal(
            WireError.INVALID_ARGUMENT,
            "Set no routing id: a session belongs to one connection, and the hub must notice another");
      }
      if (direct.isCrowded()) {
        throw new Refusal(
            WireError.QUEUE_FULL,
            "The hub has as many connections as it has memory for: close some, or give it more");
      }
      Heartbeats heartbeats = new Heartbeats(settings.heartbeat(), hello.heartbeat(), now);
      HubSession session = new HubSession(peer, outlet, frames, heartbeats);
      sessions.add(session);
      welcome(session);
      LOG.debug("Session of '{}' begins", hello.client());
    } catch (Refusal e) {
      rebuff(peer, e.error(), e.sentence());
    } catch (MalformedFrameException e) {
      rebuff(peer, WireError.MALFORMED, "This is no HELLO: " + e.getMessage());
    } catch (RuntimeException e) {
      fail(peer, e, now);
    }
  }

  private void welcome(HubSession session) {
    WireWriter out = session.begin(Wire.WELCOME);
    out.i32(Wire.MAGIC)
        .u16(Wire.VERSION)
        .i32((int) settings.heartbeat().toMillis())
        .i32(settings.maxFrameBytes())
        .i32(settings.maxMessageBytes())
        .text(Version.product());
    List<String> extensions = new ArrayList<>(EXTENSIONS);
    if (content.storage().isDurable()) {
      extensions.add(Wire.DURABLE);
    }
    if (content.histories().keepsAnything()) {
      extensions.add(Wire.REPLAY);
    }
    out.u16(extensions.size());
    extensions.forEach(name -> out.text(name).i32(0));
  }

  /** Answers somebody who has no session. Whether it arrives is his affair. */
  private void rebuff(PeerId peer, WireError error, String sentence) {
    WireWriter out = new WireWriter();
    out.begin(Wire.GOODBYE).u16(error.number()).text(sentence);
    outlet.send(peer, new Msg(out.take()));
  }

  private void obey(HubSession session, byte[] frame, long now) {
    try {
      if (!commands.run(session, frame)) {
        end(session, true);
        if (session.flush(now) && session.hasUnsent()) {
          sessions.leaves(session);
        }
      } else if (session.unread() > Wire.FRAME_TARGET_BYTES) {
        sessions.leastReading().ifPresent(this::giveUp);
      }
    } catch (Refusal e) {
      giveUp(session);
    } catch (MalformedFrameException e) {
      dismiss(session, WireError.MALFORMED, "Malformed frame: " + e.getMessage(), now);
    } catch (RuntimeException e) {
      fail(session.peer(), e, now);
    }
  }

  /** The loop serves others too: a fault of ours must cost no more than this session. */
  private void fail(PeerId peer, RuntimeException fault, long now) {
    LOG.error("A fault of the hub ends a session", fault);
    String sentence = "A fault of the hub: " + fault;
    HubSession session = sessions.get(peer);
    if (session != null) {
      dismiss(session, WireError.OTHER, sentence, now);
    } else {
      rebuff(peer, WireError.OTHER, sentence);
    }
  }

  private void dismiss(HubSession session, WireError error, String sentence, long now) {
    if (error == WireError.CLOSING) {
      LOG.debug("A session is ended: {}", sentence);
    } else {
      LOG.info("A session is ended: {}", sentence);
    }
    session.goodbye(error, sentence);
    session.flush(now);
    end(session);
    session.dropUnsent();
  }

  /** Ends a session without a word, for its peer does not read, and what waits for it with it. */
  private void giveUp(HubSession session) {
    LOG.info("A session is ended: its peer is gone or does not read");
    end(session);
    session.dropUnsent();
    if (!session.isGone()) {
      cut(session.peer());
    }
  }

  private void cut(PeerId peer) {
    direct.cut(peer);
    frames.forget(peer);
  }

  /** A peer takes nothing, and others wait for the memory of what is on its way to it. */
  private void cutOff(PeerId peer) {
    HubSession session = sessions.get(peer);
    if (session != null) {
      giveUp(session);
    } else {
      cut(peer);
    }
  }

  private void end(HubSession session) {
    end(session, false);
  }

  /** Ends a session; in order, its client has told which deliveries it handed out. */
  private void end(HubSession session, boolean inOrder) {
    sessions.remove(session);
    session.consumers().values().forEach(consumer -> consumer.close(inOrder));
    session.consumers().clear();
    commands.deleteTemporaries(session);
    session.staged().values().forEach(staged -> staged.discard(content.memory()));
    session.staged().clear();
  }

  /** How long until something is to be done without a frame, in nanoseconds. */
  long untilDue(long now) {
    return Math.min(content.agenda().untilNext(now), frames.untilLook());
  }

  /** Hands out messages, and sends what has been collected for all peers. */
  void flush(long now) {
    content.agenda().advance(now);
    do {
      content.dispatch();
      flushSessions(now);
    } while (content.wantsDispatch());
  }

  private void flushSessions(long now) {
    if (!content.storage().write()) {
      giveUp();
      return;
    }
    frames.beginRound(now);
    sessions.flush(now).forEach(this::giveUp);
    frames.stalled(direct::canCut).ifPresent(this::cutOff);
  }

  /**
   * Sends heartbeats, and ends sessions whose peers are silent. A connection that nobody uses any
   * more may never end by itself, and takes memory. To be called often in an interval.
   */
  void tick(long now) {
    silent.stream().filter(peer -> sessions.get(peer) == null).forEach(this::cut);
    silent.clear();
    for (HubSession session : List.copyOf(sessions.all())) {
      Heartbeats heartbeats = session.heartbeats();
      if (heartbeats.silent(now)) {
        dismiss(
            session,
            WireError.SILENT,
            "Nothing was heard from you for " + Await.text(heartbeats.patience()),
            now);
        silent.add(session.peer());
      } else if (heartbeats.sendDue(now)) {
        session.heartbeat();
      }
    }
    content.storage().sync();
    flush(now);
  }

  /** Nothing is confirmed any more: what was under way is in doubt, and its senders are told so. */
  private void giveUp() {
    WireWriter out = new WireWriter();
    for (HubSession session : sessions.all()) {
      out.begin(Wire.GOODBYE).u16(WireError.CLOSING.number()).text(content.storage().failure());
      direct.send(session.peer(), new Msg(out.take()));
    }
    sessions.clear();
  }

  /** Ends all sessions, and tells the peers. What they held goes back to the queues. */
  void close(long now) {
    for (HubSession session : List.copyOf(sessions.all())) {
      dismiss(session, WireError.CLOSING, "The hub closes", now);
    }
  }
}
