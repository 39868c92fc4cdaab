package io.anymq.zeromq;

import static java.util.Objects.requireNonNull;

import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.Option;
import io.anymq.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQException;

/**
 * A hub inside this JVM: what the ZeroMQ adapter's connections talk to. It keeps queues and topics
 * in memory, and, with {@link Builder#data}, what is to survive it on the disk too.
 *
 * <p>Nobody needs this class to use {@code zeromq:inproc://name}, where the first connection starts
 * the hub. It is for programs that offer a hub to others over TCP, and for tests that want one with
 * limits of its own, gone with all it keeps when it is closed:
 *
 * <pre>{@code
 * try (ZeroMqHub hub = ZeroMqHub.builder().bind("tcp://127.0.0.1:0").start();
 *     Connection connection = ConnectionFactory.of(hub.url()).connect()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>May be used by several threads at once.
 */
public final class ZeroMqHub implements AutoCloseable {

  private final HubServer server;
  private final SharedContext context;
  private final List<String> inprocNames;
  private boolean closed;

  private ZeroMqHub(HubServer server, SharedContext context, List<String> inprocNames) {
    this.server = server;
    this.context = context;
    this.inprocNames = inprocNames;
  }

  /**
   * Begins to describe a hub.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The URL of the first address, for {@link io.anymq.ConnectionFactory#of}.
   *
   * @return the URL, with the port that was taken
   */
  public String url() {
    return urls().get(0);
  }

  /**
   * The URLs of all addresses, in the order in which they were given.
   *
   * @return the URLs, with the ports that were taken
   */
  public List<String> urls() {
    return server.addresses().stream().map(address -> "zeromq:" + address).toList();
  }

  /**
   * Ends the hub: connections are told and lose it, and what it kept in memory alone is gone.
   * Returns when its threads have ended, its ports are free and another hub may have its data
   * directory, within a second unless the machine is overloaded. Closing again does nothing.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      inprocNames.forEach(InprocHubs::unregister);
      boolean unused =
          Uninterrupted.call(
              () -> {
                server.close();
                context.release();
                return true;
              });
    }
  }

  /** Completes when the hub has ended, with what was wrong with its journal, or with nothing. */
  CompletableFuture<String> ended() {
    return server.ended();
  }

  static HubSettings settings(Options options) {
    return new HubSettings(
        options.get(HubOptions.MEMORY_LIMIT),
        options.get(HubOptions.MAX_MESSAGE_BYTES),
        options.get(HubOptions.HEARTBEAT),
        new ReplayBounds(
            options.get(HubOptions.REPLAY_MESSAGES).intValue(),
            options.get(HubOptions.REPLAY_MEMORY)),
        options.find(HubOptions.DATA));
  }

  /** Describes a {@link ZeroMqHub}. Not for sharing between threads. */
  public static final class Builder {

    private final List<HubAddress> addresses = new ArrayList<>();
    private Options options = Options.none();

    private Builder() {}

    /**
     * Adds an address: {@code tcp://127.0.0.1:5555}, {@code tcp://127.0.0.1:0} for a free port,
     * {@code ipc:///path} or {@code inproc://name}. Without any it is {@code tcp://127.0.0.1:5555}.
     *
     * @param address the address
     * @return this
     * @throws InvalidOptionException when it is of none of these forms
     */
    public Builder bind(String address) {
      addresses.add(HubAddress.parse(requireNonNull(address, "address must not be null")));
      return this;
    }

    /**
     * Allows addresses that other machines can reach. Whoever reaches them may read and write
     * everything. The default is false.
     */
    public Builder open(boolean open) {
      return with(HubOptions.OPEN, open);
    }

    /**
     * Sets how many bytes of messages the hub keeps; a send that does not fit is refused with
     * {@link io.anymq.QueueFullException}. The default is half of this JVM's maximum heap.
     */
    public Builder memoryLimit(long bytes) {
      return with(HubOptions.MEMORY_LIMIT, HubOptions.MEMORY_LIMIT.parse(Long.toString(bytes)));
    }

    /**
     * Sets the largest message, encoded; at least 1024 bytes. The default is 32 MiB, or a sixteenth
     * of this JVM's maximum heap where that is less.
     */
    public Builder maxMessageBytes(int bytes) {
      return with(
          HubOptions.MAX_MESSAGE_BYTES,
          HubOptions.MAX_MESSAGE_BYTES.parse(Integer.toString(bytes)));
    }

    /**
     * Sets how often the hub sends to each peer, at least; a peer that hears nothing for five times
     * as long gives it up. 50 ms to 10 minutes; the default is 2 s.
     */
    public Builder heartbeat(Duration interval) {
      return with(HubOptions.HEARTBEAT, interval);
    }

    /**
     * Sets how much the hub keeps of what was sent to topics, for subscriptions that begin in the
     * past. It never takes memory from queues and subscriptions: where that is wanted, the oldest
     * is forgotten first. The default is 10,000 messages, and a sixteenth of this JVM's maximum
     * heap.
     *
     * @param messages of each topic, at most; 0: none, and {@link io.anymq.Capability#REPLAY} is
     *     not there
     * @param bytes of all topics together, at most
     */
    public Builder replay(int messages, long bytes) {
      return with(
              HubOptions.REPLAY_MESSAGES,
              HubOptions.REPLAY_MESSAGES.parse(Integer.toString(messages)))
          .with(HubOptions.REPLAY_MEMORY, HubOptions.REPLAY_MEMORY.parse(Long.toString(bytes)));
    }

    /**
     * Sets the directory where the hub keeps destinations, durable subscriptions and persistent
     * messages: what it confirms of them survives its end, also a crash of its process or of the
     * machine. The directory is made if it is not there, and one hub at a time may have it. Without
     * it, which is the default, all is in memory.
     *
     * <p>If the disk becomes full, sends are refused with {@link io.anymq.QueueFullException}. If a
     * write fails all the same, the hub tells its connections and ends: what was under way is in
     * doubt, and nothing is confirmed that is not on the disk.
     */
    public Builder data(Path directory) {
      return with(HubOptions.DATA, directory);
    }

    <T> Builder with(Option<T> option, T value) {
      options = options.with(option, value);
      return this;
    }

    /**
     * Binds and starts.
     *
     * @return the running hub
     * @throws InvalidOptionException when the options do not go together, or an address leads
     *     beyond this machine and {@link #open} was not said
     * @throws MessagingException when an address cannot be bound, or the data directory cannot be
     *     used: another hub has it, it is damaged, or a newer hub has written it
     */
    public ZeroMqHub start() {
      List<HubAddress> where =
          addresses.isEmpty() ? List.of(options.get(HubOptions.BIND)) : List.copyOf(addresses);
      HubSettings settings = settings(options);
      settings.check();
      where.forEach(this::requireLocalOrOpen);
      return Uninterrupted.call(() -> start(where, settings));
    }

    private void requireLocalOrOpen(HubAddress address) {
      if (!address.isLocal() && !options.get(HubOptions.OPEN)) {
        throw new InvalidOptionException(
            "'%s' can be reached from other machines, and the hub knows no users: bind to 127.0.0.1, or say open=true if everybody there may read and write"
                .formatted(address));
      }
    }

    private static ZeroMqHub start(List<HubAddress> where, HubSettings settings) {
      List<String> names =
          where.stream()
              .filter(address -> address.transport() == HubAddress.Transport.INPROC)
              .map(HubAddress::rest)
              .toList();
      SharedContext context = new SharedContext();
      List<String> registered = new ArrayList<>();
      HubContent content = null;
      boolean started = false;
      try {
        for (String name : names) {
          InprocHubs.register(name, context);
          registered.add(name);
        }
        content = content(settings);
        content.histories().keep(settings.replay());
        HubServer server =
            new HubServer(context, settings, content, where, where.get(0).toString());
        server.start();
        started = true;
        return new ZeroMqHub(server, context, names);
      } catch (ZMQException e) {
        throw ZeroMqErrors.bindFailed(where, e);
      } finally {
        if (!started) {
          release(content, registered, context);
        }
      }
    }

    private static void release(
        @Nullable HubContent content, List<String> registered, SharedContext context) {
      if (content != null) {
        content.storage().abandon();
      }
      registered.forEach(InprocHubs::unregister);
      context.release();
    }

    private static HubContent content(HubSettings settings) {
      return settings
          .data()
          .map(data -> HubJournal.open(JournalSettings.of(data), settings.memoryLimit()))
          .orElseGet(() -> new HubContent(settings.memoryLimit()));
    }
  }
}
