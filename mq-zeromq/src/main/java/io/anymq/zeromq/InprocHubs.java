package io.anymq.zeromq;

import io.anymq.InvalidOptionException;
import io.anymq.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The hubs inside this JVM, by name. The first connection to a name starts its hub; with the last
 * one its thread and its sockets end. What it keeps stays in memory, so that the next connection of
 * this JVM finds it: nothing that was confirmed is lost while the JVM lives. For all threads.
 */
final class InprocHubs {

  private static final Map<String, InprocHub> HUBS = new HashMap<>();

  private InprocHubs() {}

  /** A hub of this JVM. Guarded by the lock of {@link InprocHubs}. */
  private static final class InprocHub {
    private final @Nullable SharedContext ofItsOwner;
    private final HubContent content;
    private @Nullable SharedContext context;
    private @Nullable HubServer server;
    private int leases;

    InprocHub(@Nullable SharedContext ofItsOwner) {
      this.ofItsOwner = ofItsOwner;
      HubSettings settings = ZeroMqHub.settings(Options.none());
      this.content = new HubContent(settings.memoryLimit());
      content.histories().keep(settings.replay());
    }
  }

  /** One connection's share in a hub. */
  static final class Lease {
    private final InprocHub hub;
    private final SharedContext context;
    private boolean released;

    private Lease(InprocHub hub, SharedContext context) {
      this.hub = hub;
      this.context = context;
    }

    /** Where the hub can be reached; retained for the caller. */
    SharedContext context() {
      return context;
    }

    /** Gives it back; the hub's thread may end now. The caller has closed its sockets. */
    void release() {
      synchronized (HUBS) {
        if (!released) {
          released = true;
          leave(hub);
        }
      }
    }
  }

  /** Takes a share in the hub of that name, which is started when it does not run. */
  static Lease lease(String name) {
    synchronized (HUBS) {
      InprocHub hub = HUBS.computeIfAbsent(name, absent -> new InprocHub(null));
      SharedContext context = hub.ofItsOwner == null ? started(name, hub) : hub.ofItsOwner;
      hub.leases++;
      return new Lease(hub, context.retain());
    }
  }

  /** One that a fault has ended is started again, though others still have a share in it. */
  private static SharedContext started(String name, InprocHub hub) {
    if (hub.server != null && hub.server.ended().isDone()) {
      end(hub);
    }
    if (hub.context == null) {
      SharedContext context = new SharedContext();
      HubServer server =
          new HubServer(
              context,
              ZeroMqHub.settings(Options.none()),
              hub.content,
              List.of(HubAddress.parse("inproc://" + name)),
              name);
      server.start();
      hub.context = context;
      hub.server = server;
    }
    return hub.context;
  }

  private static void leave(InprocHub hub) {
    hub.leases--;
    if (hub.leases == 0) {
      end(hub);
    }
  }

  private static void end(InprocHub hub) {
    if (hub.server != null && hub.context != null) {
      hub.server.close();
      hub.context.release();
      hub.server = null;
      hub.context = null;
    }
  }

  /** For tests that end it while it is used. */
  static @Nullable HubServer server(String name) {
    synchronized (HUBS) {
      InprocHub hub = HUBS.get(name);
      return hub == null ? null : hub.server;
    }
  }

  /** Makes a name lead to a hub that somebody has started by himself. */
  static void register(String name, SharedContext context) {
    synchronized (HUBS) {
      if (HUBS.containsKey(name)) {
        throw new InvalidOptionException(
            "This JVM has a hub 'inproc://%s' already: use another name".formatted(name));
      }
      HUBS.put(name, new InprocHub(context));
    }
  }

  /** Undoes {@link #register}. */
  static void unregister(String name) {
    synchronized (HUBS) {
      HUBS.remove(name);
    }
  }
}
