package io.anymq.tck.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker that runs as a process of this machine.
 *
 * <p>One lock guards everything; the state is {@code up}, {@code frozen}, {@code down} or {@code
 * closed}.
 */
final class ProcessBroker implements BrokerHandle {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessBroker.class);

  /** How often a starting broker is asked whether it is there yet. */
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(50);

  /**
   * An orderly stop of RabbitMQ takes two to three seconds and of Kafka one; ten times that means
   * that it hangs.
   */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private enum State {
    UP,
    FROZEN,
    DOWN,
    CLOSED
  }

  /**
   * All that makes one broker differ from another.
   *
   * @param name the backend's name
   * @param place its directory and ports
   * @param command the program and its arguments
   * @param environment the whole environment of the process
   * @param url the URL that goes straight to it
   * @param proxiedUrl the URL that goes through the proxy
   * @param managementUrl the URL of its management interface
   * @param proxiedPort the port that the proxy passes connections on to
   * @param probe asks whether it is there
   * @param startLimit how long it may take to answer
   */
  record Spec(
      String name,
      BrokerPlace place,
      List<String> command,
      Map<String, String> environment,
      String url,
      String proxiedUrl,
      Optional<String> managementUrl,
      int proxiedPort,
      BrokerProbe probe,
      Duration startLimit) {}

  private final Spec spec;
  private final OrphanGuard guard;
  private @Nullable ManagedProcess process;
  private State state = State.DOWN;
  private String version = "unknown";

  private ProcessBroker(Spec spec) {
    this.spec = spec;
    this.guard = OrphanGuard.over(spec.place().directory());
  }

  /**
   * Starts a broker in its place and returns when it answers. When it does not, the place is
   * closed.
   */
  static ProcessBroker start(Spec spec) {
    ProcessBroker broker;
    try {
      broker = new ProcessBroker(spec);
    } catch (RuntimeException e) {
      spec.place().close();
      throw e;
    }
    LiveBrokers.add(broker);
    try {
      broker.restart();
      return broker;
    } catch (RuntimeException | Error e) {
      broker.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public Provisioning provisioning() {
    return Provisioning.LOCAL_PROCESS;
  }

  @Override
  public synchronized String version() {
    return version;
  }

  @Override
  public String url() {
    return spec.url();
  }

  @Override
  public String proxiedUrl() {
    return spec.proxiedUrl();
  }

  @Override
  public Optional<String> managementUrl() {
    return spec.managementUrl();
  }

  @Override
  public Set<BrokerControl> controls() {
    return EnumSet.allOf(BrokerControl.class);
  }

  @Override
  public synchronized void kill() {
    requireNotClosed();
    end();
  }

  @Override
  public synchronized void stop() {
    requireNotClosed();
    resume();
    if (process != null && !process.terminate(STOP_LIMIT)) {
      String tail = logTail();
      end();
      throw new BrokerException(
          name()
              + " did not stop within "
              + STOP_LIMIT.toSeconds()
              + " s and was killed. Its log ends with:\n"
              + tail);
    }
    process = null;
    state = State.DOWN;
  }

  @Override
  public synchronized void pause() {
    requireNotClosed();
    running().freeze();
    state = State.FROZEN;
  }

  @Override
  public synchronized void resume() {
    requireNotClosed();
    if (state == State.FROZEN) {
      running().goOn();
      state = State.UP;
    }
  }

  @Override
  public synchronized void restart() {
    stop();
    spec.place().newRun();
    process =
        ManagedProcess.start(
            spec.command(),
            spec.environment(),
            spec.place().directory(),
            spec.place().log(),
            guard);
    version = awaitAnswer(process);
    spec.place().proxy().target(PortReservation.loopback(spec.proxiedPort()));
    state = State.UP;
  }

  @Override
  public synchronized void ensureUp() {
    if (state == State.DOWN) {
      restart();
    }
  }

  private String awaitAnswer(ManagedProcess started) {
    long deadline = System.nanoTime() + spec.startLimit().toNanos();
    String seen = "nothing was seen of it";
    while (System.nanoTime() < deadline) {
      try {
        return spec.probe().version();
      } catch (IOException e) {
        seen = e.toString();
      }
      if (started.awaitEnd(PROBE_INTERVAL)) {
        throw failure("ended while it started");
      }
    }
    throw failure("did not answer within " + spec.startLimit().toSeconds() + " s (" + seen + ")");
  }

  private BrokerException failure(String what) {
    String tail = logTail();
    end();
    return new BrokerException(name() + " " + what + ". Its log ends with:\n" + tail);
  }

  private ManagedProcess running() {
    ManagedProcess now = process;
    if (now == null || !now.isAlive()) {
      throw new BrokerException(name() + " is not running. Its log ends with:\n" + logTail());
    }
    return now;
  }

  private void end() {
    if (process != null) {
      process.kill();
      process = null;
    }
    state = State.DOWN;
  }

  private void requireNotClosed() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("This " + name() + " broker is closed");
    }
  }

  @Override
  public void cutNetwork() {
    spec.place().proxy().cut();
  }

  @Override
  public void swallowRequests() {
    spec.place().proxy().swallowRequests();
  }

  @Override
  public void swallowAnswers() {
    spec.place().proxy().swallowAnswers();
  }

  @Override
  public void restoreNetwork() {
    spec.place().proxy().restore();
  }

  @Override
  public String logTail() {
    return BrokerLog.tail(spec.place().log());
  }

  @Override
  public synchronized void close() {
    if (state == State.CLOSED) {
      return;
    }
    end();
    state = State.CLOSED;
    spec.place().close();
    guard.close();
    LiveBrokers.remove(this);
    LOG.debug("{} at {} is gone", name(), url());
  }

  @Override
  public String toString() {
    return name() + " " + version() + " at " + url();
  }
}
